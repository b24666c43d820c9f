package datastreamrouterconnector

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/signal"
)

func TestDedupe(t *testing.T) {
	t.Run("traces", func(t *testing.T) { testDedupe(t, tracesSubject) })
	t.Run("metrics", func(t *testing.T) { testDedupe(t, metricsSubject) })
	t.Run("logs", func(t *testing.T) { testDedupe(t, logsSubject) })
	t.Run("profiles", func(t *testing.T) { testDedupe(t, profilesSubject) })
}

func testDedupe[D any, C signal.Consumer](t *testing.T, s subject[D, C]) {
	const streams = `
streams:
  - { name: x, select: [ { service.name: [a, b] } ] }
  - { name: y, select: [ { service.name: [a, b, c] } ] }
  - { name: z, select: [ { service.name: [b, c] } ] }
`
	build := func(t *testing.T, dedupe string) *bench[D, C] {
		cfg := configOf(t, streams)
		cfg.Dedupe = dedupe
		cfg.Pipelines = map[string]map[string][]string{s.kind.Signal.String(): {
			"x": {"otlp", "parquet"}, "y": {"parquet"}, "z": {"kafka"},
		}}
		return newBench(t, s, cfg, pipesNamedOf(s, "x", "y", "z")...)
	}

	t.Run("per_destination: an exporter gets an item once", func(t *testing.T) {
		b := build(t, dedupePerDestination)
		b.send(s.payload("a1 b2 c1"))
		b.got("x", "a#0", "b#0", "b#1")
		b.got("y", "c#0")
		b.got("z", "b#0", "b#1", "c#0")
		require.Equal(t, map[string]int64{"x/delivered": 3, "y/delivered": 1, "y/deduplicated": 3, "z/delivered": 3}, b.counts())
		require.Zero(t, b.doubled("y"))
	})

	t.Run("none: what is delivered twice is counted", func(t *testing.T) {
		b := build(t, dedupeNone)
		b.send(s.payload("a1 b2 c1"))
		b.got("y", "a#0", "b#0", "b#1", "c#0")
		require.Equal(t, int64(3), b.doubled("y"))
		require.Zero(t, b.doubled("x"))
		require.Zero(t, b.doubled("z"))
	})
}

// doubled reads how many items of a stream went to an exporter that had them.
func (b *bench[D, C]) doubled(stream string) int64 {
	b.t.Helper()
	m, err := b.telemetry.GetMetric("otelcol_connector_datastreamrouter_double_deliveries")
	require.NoError(b.t, err)
	for _, p := range m.Data.(metricdata.Sum[int64]).DataPoints {
		if got, _ := p.Attributes.Value("stream"); got.AsString() == stream {
			return p.Value
		}
	}
	b.t.Fatalf("stream %q has no point", stream)
	return 0
}

func TestReachBeyondOneWord(t *testing.T) {
	exporters := map[string][]string{"all": nil, "last": {"e99"}, "none": {}}
	for i := range 100 {
		exporters["all"] = append(exporters["all"], "e"+string(rune('0'+i/10))+string(rune('0'+i%10)))
	}
	r := reaches(exporters)
	require.True(t, r["last"].within(r["all"]))
	require.False(t, r["all"].within(r["last"]))
	require.True(t, r["all"].meets(r["last"]))
	require.False(t, r["none"].within(r["all"]), "a pipeline of which nothing is known is never left out")
	require.False(t, overlaps([]reach{r["last"], r["none"]}))
	require.True(t, overlaps([]reach{r["last"], r["none"], r["all"]}))
}
