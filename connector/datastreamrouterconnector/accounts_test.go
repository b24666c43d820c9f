package datastreamrouterconnector

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/signal"
)

// checkFaults sends data through streams that refuse, reject, hang and panic at
// random, and wants every item of every stream delivered once or counted once.
func checkFaults[D any, C signal.Consumer](t *testing.T, s subject[D, C], r *rand.Rand) {
	cfg := policed(refusalRetry)
	cfg.Streams[r.IntN(3)].WhenRefused = refusalDrop
	var mu sync.Mutex
	roll := func() int {
		mu.Lock()
		defer mu.Unlock()
		return r.IntN(12)
	}
	fault := func() error {
		switch roll() {
		case 0:
			return errSpoil
		case 1, 2, 3:
			return errBusy
		case 4:
			time.Sleep(rand.N(3 * time.Second))
		case 5:
			panic("bad luck")
		}
		return nil
	}
	var pipes []*pipe[D]
	for _, stream := range cfg.Streams {
		pipes = append(pipes, &pipe[D]{name: stream.Name, mutates: r.IntN(2) == 0, fail: fault})
	}
	b := newBench(t, s, cfg, pipes...)
	want := make(map[string]int64)
	for range 60 {
		b.consumeAny(s.payload("a1 b2 c1 z1"))
		want["x"], want["y"], want["default"] = want["x"]+3, want["y"]+3, want["default"]+1
		time.Sleep(rand.N(time.Second))
	}
	time.Sleep(10 * time.Minute)
	synctest.Wait()
	got := make(map[string]int64)
	for key, n := range b.counts() {
		for _, stream := range []string{"x", "y", "default"} {
			if len(key) > len(stream) && key[:len(stream)+1] == stream+"/" {
				got[stream] += n
			}
		}
	}
	require.Equal(t, want, got)
	for _, p := range pipes {
		require.Len(t, p.items, int(b.counts()[p.name+"/delivered"]))
		require.Zero(t, b.gauge("pending_items", p.name))
	}
	require.Zero(t, b.gauge("unaccounted_items", ""))
}

// consumeAny routes d, whatever comes of it.
func (b *bench[D, C]) consumeAny(d D) { _ = b.consume(b.t.Context(), d) }

// gauge reads one of the router's gauges.
func (b *bench[D, C]) gauge(name, stream string) int64 {
	b.t.Helper()
	m, err := b.telemetry.GetMetric("otelcol_connector_datastreamrouter_" + name)
	require.NoError(b.t, err)
	for _, p := range m.Data.(metricdata.Gauge[int64]).DataPoints {
		if got, _ := p.Attributes.Value("stream"); got.AsString() == stream {
			return p.Value
		}
	}
	b.t.Fatal(fmt.Errorf("no %s of stream %q", name, stream))
	return 0
}

// Streams beyond the bound share one label, and nothing is lost from the sums.
func TestStreamLabelsAreBounded(t *testing.T) {
	s := logsSubject
	cfg := &Config{Match: matchAll, Streams: []StreamConfig{{Name: "rest", Default: true}}}
	var pipes []*pipe[plog.Logs]
	const streams = 10_000
	for i := range streams {
		name := fmt.Sprint("s", i)
		cfg.Streams = append(cfg.Streams, StreamConfig{Name: name, Select: services("a")})
		pipes = append(pipes, &pipe[plog.Logs]{name: name})
	}
	b := newBench(t, s, cfg, pipes...)
	b.send(s.payload("a1"))
	counts := b.counts()
	require.LessOrEqual(t, len(counts), 101)
	var sum int64
	for _, n := range counts {
		sum += n
	}
	require.Equal(t, int64(streams), sum)
	require.Contains(t, counts, "_other/delivered")
	require.Equal(t, int64(streams-98), counts["_other/delivered"], "what is unmatched, and the default, have the first two labels")
}
