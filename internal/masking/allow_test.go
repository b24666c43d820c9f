package masking

import (
	"net/netip"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// Each kind of allow list lets findings stay, and what is around them protects
// nothing.
func TestAllow(t *testing.T) {
	prefixes := func(texts ...string) (out []netip.Prefix) {
		for _, text := range texts {
			out = append(out, netip.MustParsePrefix(text))
		}
		return out
	}
	patterns := func(texts ...string) (out []*regexp.Regexp) {
		for _, text := range texts {
			out = append(out, regexp.MustCompile(`^(?:`+text+`)$`)) // as the processor compiles them
		}
		return out
	}
	for _, c := range []struct {
		name     string
		allow    Allow
		in, want string
	}{
		{"networks", Allow{Prefixes: prefixes("10.0.0.0/8", "192.0.2.0/25")}, "10.255.0.1 192.0.2.127 192.0.2.128 11.0.0.1", "10.255.0.1 192.0.2.127 ***ipv4*** ***ipv4***"},
		{"one address", Allow{Prefixes: prefixes("192.0.2.1/32")}, "192.0.2.1,192.0.2.11", "192.0.2.1,***ipv4***"},
		{"networks of IPv6", Allow{Prefixes: prefixes("fd00::/8")}, "[fd12::9] 2001:db8::9 FD00::1", "[fd12::9] ***ipv6*** FD00::1"},
		{"IPv4 in IPv6", Allow{Prefixes: prefixes("10.0.0.0/8")}, "::ffff:10.1.2.3 ::ffff:11.1.2.3", "::ffff:10.1.2.3 ***ipv6***"},
		{"networks are for addresses", Allow{Prefixes: prefixes("0.0.0.0/0")}, "192.0.2.1 a@b.example", "192.0.2.1 ***email***"},
		{"regex", Allow{Patterns: patterns(`AKIA.*TEST`)}, "AKIAABCDEFGHIJKLTEST AKIAABCDEFGHIJKLPROD", "AKIAABCDEFGHIJKLTEST ***aws_access_key_id***"},
		{"regex on the match as a whole", Allow{Patterns: patterns(`bob@corp`)}, "bob@corp.example", "***email***"},
		{"regex not on the text around", Allow{Patterns: patterns(`.*allowed.*`)}, "allowed jane@shop.example", "allowed ***email***"},
		{"the second of two", Allow{Patterns: patterns(`x@y\.example`, `jane@.*`)}, "jane@shop.example bob@shop.example", "jane@shop.example ***email***"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := policyWith(func(o *Options) { o.Allow = c.allow })
			require.Equal(t, c.want, maskText(p, c.in))
		})
	}
}

// Patterns of rules are matched against the key in lower case, wherever they are
// not anchored, in the order of the rules and before keys that are denied.
func TestKeyRulePatterns(t *testing.T) {
	rule := func(a Action, patterns ...string) (r Rule) {
		for _, p := range patterns {
			r.Patterns = append(r.Patterns, regexp.MustCompile(p))
		}
		r.Action = a
		return r
	}
	p := policyWith(func(o *Options) {
		o.Rules = []Rule{
			rule(Action{Kind: Partial, KeepLast: 1}, `^app\.(pin|cvc)$`),
			rule(Action{Kind: DropAttribute}, `^never$`, `card_?no`),
			rule(Action{Kind: Tag}, `^app\.password$`),
			rule(Action{}, `^app\.pin$`), // comes too late
		}
	})
	for key, want := range map[string]any{
		"app.pin": "*******8", "APP.CVC": "*******8", "app.pin2": "12345678", "my.app.pin": "12345678",
		"x.cardno": nil, "Card_No.y": nil, "card-no": "12345678", "app.password": "12345678", "other.password": "***key_rule***",
	} {
		require.Equal(t, want, maskValue(p, key, "12345678"), key)
	}
}

// Bytes that are no UTF-8 neither hide what is beside them nor are lost.
func TestInvalidUTF8(t *testing.T) {
	p := policyWith(func(o *Options) { withCustom(o, Action{}, `ref-(\d{4})`, `a\x{FFFD}b`) })
	for _, c := range []struct{ in, want string }{
		{"\xff jane@shop.example \xfe", "\xff ***email*** \xfe"},
		{"\xff4111111111111111\xff", "\xff***credit_card***\xff"},
		{"\xc3 AKIAABCDEFGHIJKLMNOP\x80", "\xc3 ***aws_access_key_id***\x80"},
		{"password=\xff\xfehunter2 next", "password=***url_query_secret*** next"},
		{`{"token":"` + "\x80\xffx" + `"}`, `{"token":"***json_field***"}`},
		{"\xed\xa0\x80ref-1234\xff", "\xed\xa0\x80ref-***custom_0***\xff"},
		{"x a\xffb", "x ***custom_1***"},
		{"\xff\xfe\xfd", "\xff\xfe\xfd"},
	} {
		require.Equal(t, c.want, maskText(p, c.in), "%q", c.in)
		require.Equal(t, c.want, maskText(p, c.want), "%q", c.want)
		require.Equal(t, []byte(c.want), maskValue(p, "payload", []byte(c.in)), "%q", c.in)
	}
}
