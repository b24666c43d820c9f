package masking

import (
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/detect"
)

// withCustom adds detectors of the user's, called custom_0 and so on, with one
// action.
func withCustom(o *Options, a Action, patterns ...string) {
	for i, pattern := range patterns {
		c, err := detect.NewCustom(pattern)
		if err != nil {
			panic(err)
		}
		o.Custom = append(o.Custom, c)
		o.CustomNames = append(o.CustomNames, "custom_"+strconv.Itoa(i))
		o.Actions = append(o.Actions, a)
	}
}

// maskValue returns what is left of an attribute's value, nil if nothing is.
func maskValue(p *Policy, key string, value any) any {
	ld := plog.NewLogs()
	m := ld.ResourceLogs().AppendEmpty().Resource().Attributes()
	if err := m.PutEmpty(key).FromRaw(value); err != nil {
		panic(err)
	}
	NewMasker(p).Logs(ld)
	return m.AsRaw()[key]
}

// Custom detectors find in numbers what they find in text, and what is left of a
// number is masked again to the same.
func TestCustomDetectorsReadNumbers(t *testing.T) {
	partial := func(last int) Action { return Action{Kind: Partial, KeepLast: last} }
	for _, c := range []struct {
		name     string
		patterns []string
		action   Action
		in, want any
	}{
		{"six digits as text", []string{`^\d{6}$`}, Action{}, "123456", "***custom_0***"},
		{"six digits", []string{`^\d{6}$`}, Action{}, int64(123456), int64(0)},
		{"five digits are left", []string{`^\d{6}$`}, Action{}, int64(12345), int64(12345)},
		{"one digit", []string{`^7$`}, Action{}, int64(7), int64(0)},
		{"negative", []string{`^-\d{6}$`}, Action{}, int64(-123456), int64(0)},
		{"negative and large", []string{`\d{16}`}, Action{}, int64(-4000000000000000), int64(0)},
		{"least", []string{`808$`}, Action{}, int64(math.MinInt64), int64(0)},
		{"whole double", []string{`^\d{6}$`}, Action{}, float64(123456), float64(0)},
		{"negative double", []string{`^-\d{6}$`}, Action{}, float64(-123456), float64(0)},
		{"fraction", []string{`^\d+\.\d{2}$`}, Action{}, 48.25, float64(0)},
		{"fraction of another form", []string{`^\d+\.\d{2}$`}, Action{}, 48.125, 48.125},
		{"large double", []string{`^1\d{20}$`}, Action{}, 1.5e20, float64(0)},
		{"infinite", []string{`Inf`}, Action{}, math.Inf(1), math.Inf(1)},
		{"in a list", []string{`^\d{6}$`}, Action{}, []any{int64(123456), 123456.0, int64(1)}, []any{int64(0), 0.0, int64(1)}},
		{"in a map", []string{`^\d{6}$`}, Action{}, map[string]any{"a": int64(123456)}, map[string]any{"a": int64(0)}},
		{"partial", []string{`^\d{6}$`}, partial(2), int64(123456), int64(56)},
		{"partial keeps half at most", []string{`^\d{4,6}$`}, partial(4), int64(123456), int64(0)},
		{"partial keeps nothing that is found", []string{`^\d+$`}, partial(2), int64(123456), int64(0)},
		{"partial of one of two", []string{`^\d{6}$`, `3`}, partial(2), int64(123456), int64(0)},
		{"partial of a fraction", []string{`^\d+\.\d$`}, partial(1), 123456.5, float64(0)},
		{"tag", []string{`^\d{6}$`}, Action{Kind: Tag}, int64(123456), int64(123456)},
		{"drop_attribute", []string{`^\d{6}$`}, Action{Kind: DropAttribute}, int64(123456), nil},
		{"built-in detectors read as before", []string{`x`}, Action{}, int64(-4111111111111111), int64(-4111111111111111)},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := policyWith(func(o *Options) { withCustom(o, c.action, c.patterns...) })
			left := maskValue(p, "n", c.in)
			require.Equal(t, c.want, left)
			if left != nil {
				require.Equal(t, left, maskValue(p, "n", left))
			}
		})
	}
}

// Partial leaves the last digits of what detectors find in numbers, and nothing
// of numbers that a rule is about, however short.
func TestPartialNumbers(t *testing.T) {
	partial := Action{Kind: Partial, KeepLast: 4}
	p := policyWith(func(o *Options) {
		o.Actions[detect.CreditCard] = partial
		o.Rules = []Rule{{Keys: []string{"pin"}, Action: partial}}
	})
	require.Equal(t, []any{int64(1111), float64(1111)}, maskValue(p, "n", []any{int64(4111111111111111), float64(4111111111111111)}))
	require.Equal(t, int64(0), maskValue(p, "pin", int64(1234)))
	require.Equal(t, "****", maskValue(p, "pin", "1234"))

	// What a second detector finds in the same digits is gone, too.
	p = policyWith(func(o *Options) {
		o.Actions[detect.CreditCard] = partial
		withCustom(o, Action{}, `^\d{16}$`)
	})
	require.Equal(t, int64(0), maskValue(p, "n", int64(4111111111111111)))
	p = policyWith(func(o *Options) {
		o.Actions[detect.CreditCard] = partial
		withCustom(o, Action{Kind: Tag}, `\d`)
	})
	require.Equal(t, int64(1111), maskValue(p, "n", int64(4111111111111111)), "a tag changes nothing")
}
