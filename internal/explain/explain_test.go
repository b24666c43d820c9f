package explain

import (
	"strings"
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

// An answer says what becomes of the whole trace, and what the streams keep.
func TestExplainTraces(t *testing.T) {
	const text = `version: 1
settings: { traces: { integrity: any, logs: follow_trace } }
destinations: { lake: { parquet: { url: "file:data" } } }
streams:
  shop:
    sources: [{ team: a }]
    actions:
      - keep:
          - { name: probes, sources: [{ zone: [x, y] }, { team: b, load: true }], never: true }
          - { errors: true, slower_than: 1s, min_spans: 3 }
          - { name: pay, attributes: { route: { glob: "/pay*" } }, condition: "span.kind == SPAN_KIND_SERVER", percent: 2.5 }
          - { name: rest, spans_per_second: 100 }
      - set: { k: v }
    destinations: [lake]
  other: { sources: [{ team: a }], actions: [{ sample: { percent: 20 } }], destinations: [lake] }
`
	x := explainer(t, text, "")
	var b strings.Builder
	require.NoError(t, x.Explain(resource(t, map[string]any{"team": "a"}), "traces").WriteText(&b, false))
	require.Equal(t, `resource team=a (traces)
  shop: takes it
    sources[0], line 6:
      team is "a", as in a
    keeps probes: no traces through zone ["x","y"] or load true and team b
    keeps rule-2: all traces with an error, slower than 1s, of 3 spans or more
    keeps pay: 2.5 percent of traces with the attributes route {"glob":"/pay*"}, with a span where span.kind == SPAN_KIND_SERVER
    keeps rest: 100 spans per second of traces of any kind
    actions: keep, set
    -> lake (traces)
  other: takes it
    sources[0], line 15:
      team is "a", as in a
    keeps sample: 20 percent of traces of any kind
    actions: sample
    -> lake (traces)
  traces: the whole trace follows each of its resources: the streams of any of them get all of it; log records with a trace id go where their trace goes
  twice: destination lake gets the traces from shop and other
`, b.String())

	logs := x.Explain(resource(t, map[string]any{"team": "a"}), "logs")
	require.NotEmpty(t, logs.Traces)
	require.Empty(t, logs.Streams[0].Keep)
	require.Empty(t, x.Explain(resource(t, map[string]any{"team": "a"}), "metrics").Traces)
	root := explainer(t, strings.Replace(text, "integrity: any, logs: follow_trace", "integrity: root", 1), "")
	require.Contains(t, root.Explain(resource(t, nil), "").Traces, "root span")
	require.Empty(t, root.Explain(resource(t, nil), "logs").Traces)
	split := explainer(t, strings.Replace(text, "integrity: any, ", "", 1), "")
	require.Contains(t, split.Explain(resource(t, nil), "logs").Traces, "own way")
	require.Empty(t, explainer(t, page, "").Explain(resource(t, nil), "").Traces)
}

// A selector that makes no sense with the environment's value is an error.
func TestReferenceThatMakesNoSense(t *testing.T) {
	d, r, found := compile.Parse("f", []byte("version: 1\ndestinations: { l: { debug: } }\nstreams:\n  a: { sources: [{ k: { regex: \"${env:R}\" } }], destinations: [l] }\n"))
	require.False(t, found.Failed())
	_, err := New(d, r, func(string) (string, bool) { return "(", true })
	require.ErrorContains(t, err, "f:4:18: streams.a.sources[0]: k: regex:")
}
