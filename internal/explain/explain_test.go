package explain

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/compile"
)

const page = `version: 1
destinations:
  lake: { parquet: { url: file:data } }
  metrics: { prometheus_remote_write: { endpoint: "http://m" } }
streams:
  shop: { sources: [{ zone: "${env:ZONE}" }, { team: a }], exclude: [{ load: true }], signals: [traces], destinations: [lake] }
  cart: { sources: [{ team: a }], destinations: [lake, metrics] }
  silent: { sources: [{ noisy: true }], mode: paused, destinations: [lake] }
  default: { destinations: [lake] }
`

func explainer(t *testing.T, text, zone string) *Explainer {
	t.Helper()
	d, r, found := compile.Parse("f", []byte(text))
	require.False(t, found.Failed(), found)
	x, err := New(d, r, func(string) (string, bool) { return zone, true })
	require.NoError(t, err)
	return x
}

func resource(t *testing.T, attributes map[string]any) pcommon.Resource {
	t.Helper()
	r := pcommon.NewResource()
	require.NoError(t, r.Attributes().FromRaw(attributes))
	return r
}

func TestExplain(t *testing.T) {
	for name, tc := range map[string]struct {
		prefix     string
		attributes map[string]any
		signal     string
		taken      []string
		duplicates []Duplicate
	}{
		"by the environment": {attributes: map[string]any{"zone": "eu"}, taken: []string{"shop"}},
		"two of them": {
			attributes: map[string]any{"team": "a"}, taken: []string{"shop", "cart"},
			duplicates: []Duplicate{{"lake", "traces", []string{"shop", "cart"}}},
		},
		"without the signal":   {attributes: map[string]any{"team": "a"}, signal: "logs", taken: []string{"cart"}},
		"excluded":             {attributes: map[string]any{"zone": "eu", "load": true}, taken: []string{"default"}},
		"paused is taken, too": {attributes: map[string]any{"noisy": true}, taken: []string{"silent"}},
		"first":                {prefix: "match: first\n", attributes: map[string]any{"team": "a"}, taken: []string{"shop"}},
		"first with a signal":  {prefix: "match: first\n", attributes: map[string]any{"team": "a"}, signal: "metrics", taken: []string{"cart"}},
	} {
		t.Run(name, func(t *testing.T) {
			a := explainer(t, tc.prefix+page, "eu").Explain(resource(t, tc.attributes), tc.signal)
			require.Equal(t, tc.taken, a.Taken)
			require.Equal(t, tc.duplicates, a.Duplicates)
		})
	}
}

// A selector that makes no sense with the environment's value is an error.
func TestReferenceThatMakesNoSense(t *testing.T) {
	d, r, found := compile.Parse("f", []byte("version: 1\ndestinations: { l: { debug: } }\nstreams:\n  a: { sources: [{ k: { regex: \"${env:R}\" } }], destinations: [l] }\n"))
	require.False(t, found.Failed())
	_, err := New(d, r, func(string) (string, bool) { return "(", true })
	require.ErrorContains(t, err, "f:4:18: streams.a.sources[0]: k: regex:")
}
