package maskingprocessor

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What a configuration says of values that stay, of keys and of detectors of the
// user's is what the processor does.
func TestConfiguredPolicy(t *testing.T) {
	c := newContestant(t, NewFactory(), map[string]any{
		"detectors": []any{"ids", "secrets", "email"},
		"actions":   map[string]any{"ids": map[string]any{"action": "mask"}},
		"allow":     map[string]any{"cidrs": []any{"10.1.2.3/8", "fd00::/8"}, "regex": []any{"AKIA.*TEST", "bob@shop"}},
		"key_rules": []any{
			map[string]any{"regex": []any{`^app\.(pin|cvc)$`, "card_?no"}, "action": "partial", "keep_last": 1},
			map[string]any{"keys": []any{"*.cvc2"}, "regex": []any{"^iban$"}, "action": "drop_attribute"},
		},
		"custom": []any{
			map[string]any{"name": "either", "pattern": `ref=(\w+)|no (\d+)`},
			map[string]any{"name": "badge", "pattern": `(?:(emp)-)?E\d{5}`},
			map[string]any{"name": "checked", "pattern": `n(\d{4})`, "luhn": true},
		},
	})
	for _, test := range []struct{ key, value, want string }{
		{"a", "10.200.0.1 11.0.0.1", "10.200.0.1 ***ipv4***"},
		{"a", "fd00::17 2001:db8::17", "fd00::17 ***ipv6***"},
		{"a", "AKIAABCDEFGHIJKLTEST AKIAABCDEFGHIJKLPROD", "AKIAABCDEFGHIJKLTEST ***aws_access_key_id***"},
		{"a", "bob@shop.example", "***email***"},
		{"App.Pin", "1234", "***4"},
		{"my_cardno", "1234", "***4"},
		{"app.pin2", "1234", "1234"},
		{"x.cvc2", "123", ""},
		{"IBAN", "x", ""},
		{"a", "ref=abc no 77", "ref=***either*** no ***either***"},
		{"a", "E12345", "***badge***"},
		{"a", "n1230 n1231", "n***checked*** n1231"},
	} {
		require.Equal(t, test.want, maskedValue(t, c, test.key, test.value), "%s=%q", test.key, test.value)
	}
}
