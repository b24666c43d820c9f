package datastreamrouterconnector

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/signal"
)

func TestRouter(t *testing.T) {
	t.Run("traces", func(t *testing.T) { testRouter(t, tracesSubject) })
	t.Run("metrics", func(t *testing.T) { testRouter(t, metricsSubject) })
	t.Run("logs", func(t *testing.T) { testRouter(t, logsSubject) })
	t.Run("profiles", func(t *testing.T) { testRouter(t, profilesSubject) })
}

// shop has a and b in stream x, b and c in stream y, and the rest in default.
func shop() *Config {
	return &Config{Match: matchAll, Streams: []StreamConfig{
		{Name: "x", Select: services("a", "b")},
		{Name: "y", Select: services("b", "c")},
		{Name: "default", Default: true},
	}}
}

var (
	errBusy  = errors.New("queue is full")
	errSpoil = consumererror.NewPermanent(errors.New("cannot encode"))
)

func testRouter[D any, C signal.Consumer](t *testing.T, s subject[D, C]) {
	reading := func(name string) *pipe[D] { return &pipe[D]{name: name} }
	mutating := func(name string) *pipe[D] { return &pipe[D]{name: name, mutates: true} }
	failing := func(name string, err error) *pipe[D] {
		return &pipe[D]{name: name, fail: func() error { return err }}
	}

	t.Run("each stream gets its resources, in the order of the streams", func(t *testing.T) {
		b := newBench(t, s, shop(), reading("default"), reading("y"), reading("x"))
		b.send(s.payload("c1 a2 z1 b1 a1"))
		b.got("x", "a#0", "a#1", "a#2", "b#0")
		b.got("y", "c#0", "b#0")
		b.got("default", "z#0")
		require.IsNonDecreasing(t, rank(b.order, "x", "y", "default"))
		require.Equal(t, map[string]int64{"x/delivered": 4, "y/delivered": 2, "default/delivered": 1}, b.counts())
	})

	t.Run("first match keeps the order of definition", func(t *testing.T) {
		cfg := shop()
		cfg.Match = matchFirst
		b := newBench(t, s, cfg, reading("x"), reading("y"), reading("default"))
		b.send(s.payload("a1 b1 c1 z1"))
		b.got("x", "a#0", "b#0")
		b.got("y", "c#0")
		b.got("default", "z#0")
	})

	t.Run("an exclusive payload is forwarded itself", func(t *testing.T) {
		b := newBench(t, s, shop(), mutating("x"), reading("y"), reading("default"))
		d := s.payload("a1 a1")
		b.send(d)
		// Unless it has to be protected, and the pipeline mutates.
		require.Equal(t, !s.kind.Rewritten, same(d, b.pipes["x"].calls[0]))
		b.got("x", "a#0", "a#1")
	})

	t.Run("an empty payload goes nowhere", func(t *testing.T) {
		b := newBench(t, s, shop(), reading("x"))
		b.send(s.new())
		require.Empty(t, b.order)
	})

	t.Run("streams that only read share one copy", func(t *testing.T) {
		b := newBench(t, s, shop(), reading("x"), reading("y"), reading("default"))
		b.send(s.payload("b2"))
		b.send(s.payload("b1 z1"))
		require.Len(t, b.pipes["y"].calls, 2)
		for i, d := range b.pipes["x"].calls {
			require.True(t, same(d, b.pipes["y"].calls[i]))
		}
		require.True(t, s.kind.IsReadOnly(b.pipes["x"].calls[0]))
	})

	t.Run("a stream that mutates spoils no other", func(t *testing.T) {
		for _, pipes := range [][]*pipe[D]{
			{mutating("x"), reading("y")}, {reading("x"), mutating("y")}, {mutating("x"), mutating("y")},
		} {
			b := newBench(t, s, shop(), append(pipes, mutating("default"))...)
			b.send(s.payload("b2"))
			b.send(s.payload("b1 z1 a1"))
			b.got("x", "b#0", "b#1", "b#0", "a#0")
			b.got("y", "b#0", "b#1", "b#0")
			b.got("default", "z#0")
		}
	})

	t.Run("the last of several mutating streams gets the original", func(t *testing.T) {
		cfg := shop()
		for i := range cfg.Streams {
			cfg.Streams[i].WhenRefused = refusalRetry
		}
		b := newBench(t, s, cfg, mutating("x"), mutating("y"))
		d := s.payload("b1")
		b.send(d)
		require.False(t, same(d, b.pipes["x"].calls[0]))
		// Unless it has to be protected: then every one gets a copy.
		require.Equal(t, !s.kind.Rewritten, same(d, b.pipes["y"].calls[0]))
	})

	t.Run("read-only data is split by copying", func(t *testing.T) {
		b := newBench(t, s, shop(), mutating("x"), mutating("y"), mutating("default"))
		d := readOnlyCopy(s.kind, s.payload("a1 b1 z1"))
		b.send(d)
		require.Equal(t, []string{"a#0", "b#0", "z#0"}, s.read(d))
		b.got("x", "a#0", "b#0")
	})

	t.Run("unmatched data is counted", func(t *testing.T) {
		cfg := shop()
		cfg.Streams = cfg.Streams[:2]
		b := newBench(t, s, cfg, reading("x"), reading("y"))
		b.send(s.payload("z3"))
		b.send(s.payload("a1 z2"))
		require.Equal(t, map[string]int64{"/unmatched": 5, "x/delivered": 1}, b.counts())
	})

	t.Run("a stream without a pipeline leaves its data to the default", func(t *testing.T) {
		b := newBench(t, s, shop(), reading("y"), reading("default"))
		b.send(s.payload("a1 b1"))
		b.got("y", "b#0")
		b.got("default", "a#0")
	})

	t.Run("a stream without a pipeline is named where its data goes nowhere", func(t *testing.T) {
		b := newBench(t, s, shop(), reading("y"))
		b.send(s.payload("a3 b1 z2"))
		require.Equal(t, map[string]int64{"x/no_pipeline": 3, "default/no_pipeline": 2, "y/delivered": 1}, b.counts())
	})

	t.Run("a refusal is retryable whatever the others say", func(t *testing.T) {
		for _, errs := range [][2]error{{errBusy, errSpoil}, {errSpoil, errBusy}} {
			b := newBench(t, s, shop(), failing("x", errs[0]), failing("y", errs[1]), reading("default"))
			err := b.consume(t.Context(), s.payload("b1 z1"))
			require.ErrorIs(t, err, errBusy)
			require.False(t, consumererror.IsPermanent(err), "%v", err)
			b.got("default", "z#0")
		}
	})

	t.Run("what every stream rejects is permanent", func(t *testing.T) {
		b := newBench(t, s, shop(), failing("x", errSpoil), reading("y"), failing("default", errSpoil))
		err := b.consume(t.Context(), s.payload("a1 z2"))
		require.True(t, consumererror.IsPermanent(err))
		require.ErrorContains(t, err, `stream "x"`)
		require.ErrorContains(t, err, `stream "default"`)
		require.Equal(t, map[string]int64{"x/rejected": 1, "default/rejected": 2}, b.counts())
	})

	t.Run("what one stream rejects and another takes is no error of the sender", func(t *testing.T) {
		b := newBench(t, s, shop(), failing("x", errSpoil), reading("y"), failing("default", errSpoil))
		b.send(s.payload("b1 z2"))
		b.got("y", "b#0")
		require.Equal(t, map[string]int64{"x/rejected": 1, "y/delivered": 1, "default/rejected": 2}, b.counts())
	})

	t.Run("the status of the first refusing stream reaches the sender", func(t *testing.T) {
		b := newBench(t, s, shop(),
			failing("x", status.Error(codes.ResourceExhausted, "x")), failing("y", status.Error(codes.Unavailable, "y")))
		for range 20 {
			st, ok := status.FromError(b.consume(t.Context(), s.payload("b1")))
			require.True(t, ok)
			require.Equal(t, codes.ResourceExhausted, st.Code())
		}
	})

	t.Run("a caller that retries finds what was refused, and only that", func(t *testing.T) {
		for _, shared := range []bool{false, true} {
			words, refused := "a2 z1 c1 a1", []string{"a#0", "a#1", "a#2"}
			if shared {
				words, refused = "b2 z1 b1", []string{"b#0", "b#1", "b#2"}
			}
			busy := true
			x := &pipe[D]{name: "x", fail: func() error {
				if busy {
					return errBusy
				}
				return nil
			}}
			b := newBench(t, s, shop(), x, reading("y"), reading("default"))
			d := s.payload(words)
			err := b.consume(t.Context(), d)
			require.ErrorIs(t, err, errBusy)
			require.Equal(t, refused, s.read(d))
			require.Equal(t, refused, s.read(s.failed(err)))
			busy = false
			b.send(d)
			b.got("x", refused...)
			b.got("default", "z#0")
		}
	})

	t.Run("read-only data stays whole for a caller that retries", func(t *testing.T) {
		b := newBench(t, s, shop(), failing("x", errBusy), reading("default"))
		d := readOnlyCopy(s.kind, s.payload("a1 z1"))
		err := b.consume(t.Context(), d)
		require.ErrorIs(t, err, errBusy)
		require.Equal(t, []string{"a#0", "z#0"}, s.read(d))
		require.Equal(t, []string{"a#0"}, s.read(s.failed(err)))
	})

	t.Run("many distinct sets of streams", func(t *testing.T) {
		cfg := &Config{Match: matchAll}
		var pipes []*pipe[D]
		for _, name := range "abcdefghijklmnopqrst" {
			cfg.Streams = append(cfg.Streams, StreamConfig{Name: string(name), Select: services(string(name))})
			pipes = append(pipes, reading(string(name)))
		}
		b := newBench(t, s, cfg, pipes...)
		b.send(s.payload("a1 b1 c1 d1 e1 f1 g1 h1 i1 j1 k1 l1 m1 n1 o1 p1 q1 r1 s1 t1 a1 t1"))
		b.got("a", "a#0", "a#1")
		b.got("k", "k#0")
		b.got("t", "t#0", "t#1")
	})
}

// same reports whether both payloads are one object.
func same[D any](a, b D) bool { return any(a) == any(b) }

// rank maps names to their position in order.
func rank(names []string, order ...string) []int {
	var ranks []int
	for _, n := range names {
		for i, o := range order {
			if n == o {
				ranks = append(ranks, i)
			}
		}
	}
	return ranks
}

// itemCounts reads the router's metric as "stream/outcome" to items and checks
// its signal.
func itemCounts(t *testing.T, telemetry *componenttest.Telemetry, signal string) map[string]int64 {
	counts := make(map[string]int64)
	m, err := telemetry.GetMetric("otelcol_connector_datastreamrouter_items")
	require.NoError(t, err)
	for _, p := range m.Data.(metricdata.Sum[int64]).DataPoints {
		got, _ := p.Attributes.Value("signal")
		require.Equal(t, signal, got.AsString())
		stream, _ := p.Attributes.Value("stream")
		outcome, _ := p.Attributes.Value("outcome")
		counts[stream.AsString()+"/"+outcome.AsString()] = p.Value
	}
	return counts
}
