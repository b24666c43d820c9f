package datastreamrouterconnector

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/match"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/signal"
)

// Resources of large payloads are matched together, or not at all where they are
// alike; the other tests have small ones.
func TestLargePayloads(t *testing.T) {
	t.Run("traces", func(t *testing.T) { testLargePayloads(t, tracesSubject) })
	t.Run("metrics", func(t *testing.T) { testLargePayloads(t, metricsSubject) })
	t.Run("logs", func(t *testing.T) { testLargePayloads(t, logsSubject) })
	t.Run("profiles", func(t *testing.T) { testLargePayloads(t, profilesSubject) })
}

func testLargePayloads[D any, C signal.Consumer](t *testing.T, s subject[D, C]) {
	const n = 2*match.BatchSize + 10
	items := func(service string) (items []string) {
		for i := range n {
			items = append(items, fmt.Sprintf("%s#%d", service, i))
		}
		return items
	}

	t.Run("of one source", func(t *testing.T) {
		b := newBench(t, s, shop(), &pipe[D]{name: "x"}, &pipe[D]{name: "y"}, &pipe[D]{name: "default"})
		d := s.payload(strings.Repeat("a1 ", n))
		b.send(d)
		b.got("x", items("a")...)
		require.True(t, same(d, b.pipes["x"].calls[0]))
	})

	t.Run("of two sources of one stream", func(t *testing.T) {
		b := newBench(t, s, shop(), &pipe[D]{name: "x"}, &pipe[D]{name: "y"}, &pipe[D]{name: "default"})
		d := s.payload(strings.Repeat("z1 ", n) + "w1")
		b.send(d)
		b.got("default", append(items("z"), "w#0")...)
		require.True(t, same(d, b.pipes["default"].calls[0]))
	})

	t.Run("of several streams", func(t *testing.T) {
		b := newBench(t, s, shop(), &pipe[D]{name: "x"}, &pipe[D]{name: "y"}, &pipe[D]{name: "default"})
		b.send(s.payload(strings.Repeat("a1 c1 z1 ", n)))
		b.got("x", items("a")...)
		b.got("y", items("c")...)
		b.got("default", items("z")...)
	})

	t.Run("with nowhere to go, for different reasons", func(t *testing.T) {
		cfg := shop()
		cfg.Streams = cfg.Streams[:2] // No default, and nobody has a pipeline but y.
		b := newBench(t, s, cfg, &pipe[D]{name: "y"})
		b.send(s.payload(strings.Repeat("a1 ", n)))
		require.Equal(t, map[string]int64{"x/no_pipeline": n}, b.counts())
		b.send(s.payload(strings.Repeat("z1 ", n)))
		require.Equal(t, map[string]int64{"x/no_pipeline": n, "/unmatched": n}, b.counts())
		b.send(s.payload(strings.Repeat("a1 z1 ", n)))
		require.Equal(t, map[string]int64{"x/no_pipeline": 2 * n, "/unmatched": 2 * n}, b.counts())
	})

	t.Run("with nowhere to go, told by another key", func(t *testing.T) {
		cfg := &Config{Match: matchAll, Streams: []StreamConfig{
			{Name: "x", Select: services("a")},
			{Name: "y", Select: []map[string]any{{"other.key": "c"}}},
		}}
		b := newBench(t, s, cfg, &pipe[D]{name: "y"})
		b.send(s.payload(strings.Repeat("b1 ", n) + "a1"))
		require.Equal(t, map[string]int64{"x/no_pipeline": 1, "/unmatched": n}, b.counts())
	})
}
