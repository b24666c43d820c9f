package masking

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/detect"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/samples"
)

// customPatterns are of custom detectors of all kinds, and match no replacement.
var customPatterns = []string{
	`E\d{5}`, `order=([A-Z]{3}-\d{6})`, `key=(\w+)|token=(\w+)`, `(?:(emp)-)?P\d{3}`, `^\d{6}$`, `(?i)kontonr\.? (\S+)`, `a\x{FFFD}b`, ` ref (\S+) `, `(?m)^pin (.+)$`, `(?:^|,)(\d{3})(?:,|$)`,
}

// testPolicies are policies with different actions, by name.
func testPolicies() map[string]*Policy {
	with := func(set func(*Options)) *Policy {
		o := testOptions()
		set(&o)
		return NewPolicy(o)
	}
	each := func(a Action) func(*Options) {
		return func(o *Options) {
			for id := range o.Actions {
				o.Actions[id] = a
			}
			o.Actions[detect.SQLLiteral] = Action{}
			o.DenyAction = a
			withCustom(o, a, customPatterns...)
		}
	}
	return map[string]*Policy{
		"mask":        NewPolicy(testOptions()),
		"custom":      with(func(o *Options) { withCustom(o, Action{}, customPatterns...) }),
		"plain text":  with(func(o *Options) { o.Text = "<gone>" }),
		"hash":        with(each(Action{Kind: Hash})),
		"hash domain": with(each(Action{Kind: Hash, KeepDomain: true})),
		"partial":     with(each(Action{Kind: Partial, KeepFirst: 2, KeepLast: 2, KeepDomain: true})),
		"truncate": with(func(o *Options) {
			a := Action{Kind: TruncateIP, IPv4Bits: 24, IPv6Bits: 48}
			o.Actions[detect.IPv4], o.Actions[detect.IPv6] = a, a
		}),
	}
}

// Masking twice is masking once, whatever the text and the action, and what is
// left holds nothing that a detector finds but replacements.
func FuzzMaskTwice(f *testing.F) {
	r := samples.New(4)
	for _, kind := range samples.Kinds() {
		f.Add(r.Positive(kind).Text, r.Positive("email").Text)
		f.Add(r.Positive(kind).Text+r.Positive("api_token").Text, r.Benign("log"))
	}
	for _, text := range []string{"E12345", "order=ABC-123456", "key=v token=w", "emp-P123 P456", "123456", "KONTONR. a@b.example", "a\xffb", " ref a ref b ref c ", "pin 4111111111111111", "111,222,333,4444"} {
		f.Add(text, text)
	}
	policies := testPolicies()
	for name, p := range policies {
		detector, unstable := p.Unstable()
		require.False(f, unstable, "%s: %s", name, detector)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		for name, p := range policies {
			once := maskText(p, a+" "+b)
			require.Equal(t, once, maskText(p, once), "%s: %q", name, a+" "+b)
		}
	})
}

// What is allowed protects nothing but itself.
func FuzzAllowedNeighbor(f *testing.F) {
	const allowed = "friend@partner.example"
	for seed := range uint64(8) {
		f.Add(seed, " ", "")
		f.Add(seed, ",", "x")
	}
	o := testOptions()
	o.Allow = Allow{Values: []string{allowed}, EmailDomains: []string{"partner.example"}}
	p := NewPolicy(o)
	require.Equal(f, allowed, maskText(p, allowed))
	f.Fuzz(func(t *testing.T, seed uint64, between, after string) {
		r := samples.New(seed)
		kinds := samples.Kinds()
		s := r.Positive(kinds[r.IntN(len(kinds))])
		if s.Key != "" || strings.Contains(between+after, s.Secret) || !isSeparated(between) || after != "" && !isSeparated(after) {
			t.Skip()
		}
		text := allowed + between + s.Text + after
		require.NotContains(t, maskText(p, text), s.Secret, text)
		text = s.Text + between + allowed + after
		require.NotContains(t, maskText(p, text), s.Secret, text)
	})
}

// isSeparated reports whether text keeps what is before it apart from what is
// behind it, and is no context for it.
func isSeparated(text string) bool {
	const separators = " ,\t\n"
	return text != "" && strings.ContainsAny(text[:1], separators) && strings.ContainsAny(text[len(text)-1:], separators) &&
		!strings.ContainsAny(text, "@.-_:/\\%'\"+=0123456789")
}
