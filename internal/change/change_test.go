package change

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/compile"
)

const before = `
version: 1
destinations:
  lake: { debug: {} }
  tempo: { otlp_grpc: { endpoint: "127.0.0.1:1" } }
streams:
  checkout:
    title: Checkout
    sources: [{ service.name: cart }]
    destinations: [tempo]
  trial:
    sources: [{ service.name: payment }]
    mode: observe
    destinations: [tempo]
  default: { destinations: [lake] }
`

func compiled(t *testing.T, text string) compile.Result {
	t.Helper()
	_, r, found := compile.Parse("datastreams.yaml", []byte(text))
	require.NoError(t, found.Err())
	return r
}

// Each edit is a replacement of text in the document above.
func TestClassify(t *testing.T) {
	tests := []struct {
		name, old, new string
		kind           Kind
		summary        []string
	}{
		{"title and comment", "title: Checkout", "title: Carts # and more", None, nil},
		{"sources", "cart }]", "cart }, { service.name: shop }]", Membership, []string{"stream checkout: sources changed"}},
		{"exclude", "title: Checkout", "exclude: [{ env: dev }]", Membership, []string{"stream checkout: exclude changed"}},
		{"pause", "title: Checkout", "mode: paused", Membership, []string{"stream checkout: mode is now paused"}},
		{"observe", "title: Checkout", "mode: observe", Membership, []string{"stream checkout: mode is now observe"}},
		{"deliver", "mode: observe", "mode: deliver", Membership, []string{"stream trial: mode is now deliver"}},
		{"observe to paused", "mode: observe", "mode: paused", Membership, []string{"stream trial: mode is now paused"}},
		{"match", "version: 1", "version: 1\nmatch: first", Membership, []string{"match is now first"}},
		{"policy", "title: Checkout", "when_refused: drop", Graph, []string{"stream checkout: when_refused changed"}},
		{"dedupe", "version: 1", "version: 1\ndedupe: per_destination", Graph, []string{"router: dedupe changed"}},
		{"exporter", "127.0.0.1:1", "127.0.0.1:2", Graph, []string{"exporter otlp_grpc/tempo changed"}},
		{"action", "title: Checkout", "actions: [{ sample: { percent: 20 } }]", Graph, []string{
			"processor probabilistic_sampler/checkout.1 is new", "pipeline traces/checkout changed",
		}},
		{"traces", "version: 1", "version: 1\nsettings: { traces: { integrity: any } }", Graph, []string{"router: traces changed"}},
		{"keep", "title: Checkout", "actions: [{ keep: [{ errors: true }] }]", Graph, []string{"stream checkout: keep changed"}},
		{"new stream that only observes", "  default:", "  more: { sources: [{ a: b }], mode: observe }\n  default:", Graph, []string{"stream more is new"}},
		{"data directory", "version: 1", "version: 1\nsettings: { data_dir: /tmp/other }", Graph, []string{
			"extension file_storage/datastreams changed", "the journal of revisions moved to /tmp/other/revisions",
		}},
		{"order", "  default: { destinations: [lake] }", "", Graph, []string{
			"stream default is gone", "pipeline logs/default is gone", "pipeline metrics/default is gone", "pipeline traces/default is gone",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, 1, strings.Count(before, tt.old))
			c := Classify(compiled(t, before), compiled(t, strings.Replace(before, tt.old, tt.new, 1)))
			require.Equal(t, tt.kind, c.Kind, c.Summary)
			require.Equal(t, tt.summary, c.Summary)
		})
	}
}

// Precedence is membership: only the order of the streams is another one.
func TestClassifyOrder(t *testing.T) {
	checkout, rest, _ := strings.Cut(strings.SplitAfter(before, "streams:\n")[1], "  trial:")
	trial, last, _ := strings.Cut("  trial:"+rest, "  default:")
	head := strings.SplitAfter(before, "streams:\n")[0]
	c := Classify(compiled(t, before), compiled(t, head+trial+checkout+"  default:"+last))
	require.Equal(t, Change{Membership, []string{"the order of the streams changed"}}, c)
}
