package datastreamrouterconnector

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumererror"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/signal"
)

func TestIsolation(t *testing.T) {
	t.Run("traces", func(t *testing.T) { testIsolation(t, tracesSubject) })
	t.Run("metrics", func(t *testing.T) { testIsolation(t, metricsSubject) })
	t.Run("logs", func(t *testing.T) { testIsolation(t, logsSubject) })
	t.Run("profiles", func(t *testing.T) { testIsolation(t, profilesSubject) })
}

// policed is shop with the same policy for all streams.
func policed(refusal string) *Config {
	cfg := shop()
	cfg.HoldBytes = 1 << 20
	for i := range cfg.Streams {
		s := &cfg.Streams[i]
		s.WhenRefused, s.RetryFor, s.Timeout = refusal, time.Minute, time.Second
	}
	return cfg
}

// All tests of this file run on a fake clock: a call that takes no time really
// has not waited for anybody.
func testIsolation[D any, C signal.Consumer](t *testing.T, s subject[D, C]) {
	bubble := func(name string, test func(t *testing.T)) {
		t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
	}
	reading := func(name string) *pipe[D] { return &pipe[D]{name: name} }
	// until refuses for so long after the start of the test.
	until := func(name string, d time.Duration) *pipe[D] {
		start := time.Now()
		return &pipe[D]{name: name, mutates: name == "x", fail: func() error {
			if time.Since(start) < d {
				return errBusy
			}
			return nil
		}}
	}

	bubble("what a stream refuses is held and offered again, and nobody notices", func(t *testing.T) {
		b := newBench(t, s, policed(refusalRetry), until("x", 30*time.Second), reading("y"), reading("default"))
		start := time.Now()
		b.send(s.payload("a2 b1 z1"))
		b.send(s.payload("a1 c1"))
		require.Zero(t, time.Since(start))
		b.got("y", "b#0", "c#0")
		require.Equal(t, int64(4), b.gauge("pending_items", "x"))
		require.Positive(t, b.gauge("held_bytes", "x"))
		time.Sleep(40 * time.Second)
		synctest.Wait()
		require.ElementsMatch(t, []string{"a#0", "a#1", "b#0", "a#0"}, b.pipes["x"].items)
		require.Equal(t, map[string]int64{"x/delivered": 4, "y/delivered": 2, "default/delivered": 1}, b.counts())
		require.Zero(t, b.gauge("held_bytes", "x"))
	})

	bubble("a stream that hangs costs one timeout, once", func(t *testing.T) {
		release := make(chan struct{})
		x := &pipe[D]{name: "x", before: func() { <-release }}
		b := newBench(t, s, policed(refusalRetry), x, reading("y"), reading("default"))
		start := time.Now()
		b.send(s.payload("a1 b1 z1"))
		once := time.Since(start)
		require.GreaterOrEqual(t, once, time.Second)
		require.Less(t, once, 1125*time.Millisecond)
		b.got("y", "b#0")
		for range 100 {
			b.send(s.payload("a1 c1"))
		}
		require.Equal(t, once, time.Since(start))
		require.Len(t, b.pipes["y"].items, 101)
		close(release)
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Len(t, b.pipes["x"].items, 102)
		require.Equal(t, map[string]int64{"x/delivered": 102, "y/delivered": 101, "default/delivered": 1}, b.counts())
	})

	bubble("a stream that is slow still gets everything", func(t *testing.T) {
		x := &pipe[D]{name: "x", before: func() { time.Sleep(2 * time.Second) }}
		b := newBench(t, s, policed(refusalRetry), x, reading("y"))
		for range 20 {
			b.send(s.payload("b1"))
		}
		require.Len(t, b.pipes["y"].items, 20)
		time.Sleep(20 * time.Second)
		synctest.Wait()
		require.Len(t, b.pipes["x"].items, 20)
	})

	bubble("a panic concerns one stream", func(t *testing.T) {
		x := &pipe[D]{name: "x", before: func() { panic("index out of range") }}
		b := newBench(t, s, policed(refusalRetry), x, reading("y"))
		b.send(s.payload("b2"))
		require.Equal(t, map[string]int64{"x/panicked": 2, "y/delivered": 2}, b.counts())
		err := b.consume(t.Context(), s.payload("a1"))
		require.True(t, consumererror.IsPermanent(err))
		require.ErrorContains(t, err, `stream "x": the pipeline panicked: index out of range`)
	})

	bubble("drop: what is refused is dropped and counted", func(t *testing.T) {
		b := newBench(t, s, policed(refusalDrop), until("x", time.Hour), reading("y"))
		b.send(s.payload("b2 a1"))
		require.Equal(t, map[string]int64{"x/declined": 3, "y/delivered": 2}, b.counts())
	})

	bubble("retry: what is refused for too long is dropped and counted", func(t *testing.T) {
		b := newBench(t, s, policed(refusalRetry), until("x", time.Hour), reading("y"))
		b.send(s.payload("b2"))
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		require.Equal(t, map[string]int64{"x/expired": 2, "y/delivered": 2}, b.counts())
	})

	bubble("retry: what does not fit is dropped and counted", func(t *testing.T) {
		cfg := policed(refusalRetry)
		cfg.HoldBytes = 600
		b := newBench(t, s, cfg, until("x", time.Hour), reading("y"))
		for range 20 {
			b.send(s.payload("b1"))
		}
		require.LessOrEqual(t, b.gauge("held_bytes", "x"), int64(300))
		require.Positive(t, b.counts()["x/overflow"])
		require.Equal(t, int64(20), b.counts()["x/overflow"]+b.gauge("pending_items", "x"))
		require.Equal(t, int64(20), b.counts()["y/delivered"])
	})

	bubble("push back: the sender is told for a while, then the data is dropped", func(t *testing.T) {
		b := newBench(t, s, policed(refusalPushBack), until("x", time.Hour), reading("y"))
		d := s.payload("a1")
		for range 6 {
			require.ErrorIs(t, b.consume(t.Context(), d), errBusy)
			time.Sleep(10 * time.Second)
		}
		time.Sleep(time.Second)
		b.send(d)
		require.Equal(t, map[string]int64{"x/refused": 6, "x/expired": 1}, b.counts())
	})

	bubble("push back: a stream that hangs keeps the sender waiting, and no other stream", func(t *testing.T) {
		release := make(chan struct{})
		x := &pipe[D]{name: "x", before: func() { <-release }}
		b := newBench(t, s, policed(refusalPushBack), x, reading("y"))
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		answers := make(chan error, 2)
		send := func() { answers <- b.consume(ctx, s.payload("b1")) }
		go send()
		time.Sleep(2 * time.Second)
		go send() // One call probes a stream that hangs; the next ones do not.
		time.Sleep(500 * time.Millisecond)
		require.ErrorIs(t, b.consume(t.Context(), s.payload("b1")), errOverdue)
		require.Equal(t, int64(2), b.counts()["y/delivered"]+b.counts()["y/already_delivered"])
		time.Sleep(10 * time.Second)
		require.Empty(t, answers, "only the stream's answer says whether to send again")
		close(release)
		require.NoError(t, <-answers)
		require.NoError(t, <-answers)
	})

	bubble("push back: a sender that repeats a request delivers nothing twice", func(t *testing.T) {
		cfg := policed(refusalRetry)
		cfg.Streams[0].WhenRefused, cfg.Streams[0].RetryFor = refusalPushBack, time.Hour
		b := newBench(t, s, cfg, until("x", 6*time.Minute), reading("y"), reading("default"))
		attempts := 0
		for b.consume(t.Context(), s.payload("a1 b2 z1")) != nil {
			attempts++
			time.Sleep(5*time.Minute + 30*time.Second) // longer than senders keep trying
		}
		require.Equal(t, 2, attempts)
		b.got("x", "a#0", "b#0", "b#1")
		b.got("y", "b#0", "b#1")
		b.got("default", "z#0")
		require.Equal(t, int64(4), b.counts()["y/already_delivered"])
		require.Equal(t, int64(2), b.counts()["default/already_delivered"])
		require.Zero(t, b.gauge("unaccounted_items", ""))

		// Once all have it, equal data is new data.
		b.send(s.payload("a1 b2 z1"))
		b.got("y", "b#0", "b#1", "b#0", "b#1")
		b.got("default", "z#0", "z#0")
	})

	// The rest of the second payload is one group, for one stream.
	for _, words := range []string{"a1 b2 z1", "a1 z1"} {
		bubble("push back: a caller that repeats only what was refused ends the memory of all of "+words, func(t *testing.T) {
			cfg := policed(refusalRetry)
			cfg.Streams[0].WhenRefused = refusalPushBack
			b := newBench(t, s, cfg, until("x", 10*time.Second), reading("y"), reading("default"))
			d := s.payload(words)
			for b.consume(t.Context(), d) != nil {
				require.NotContains(t, s.read(d), "z#0")
				time.Sleep(6 * time.Second)
			}
			b.send(s.payload(words))
			b.got("default", "z#0", "z#0")
			require.Zero(t, b.counts()["default/already_delivered"])
		})
	}

	bubble("a caller that leaves disturbs neither isolation nor delivery", func(t *testing.T) {
		release := make(chan struct{})
		x := &pipe[D]{name: "x", before: func() { <-release }}
		b := newBench(t, s, policed(refusalRetry), x, reading("y"))
		for range 20 {
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			require.NoError(t, b.consume(ctx, s.payload("b1")))
			cancel()
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		require.Len(t, b.pipes["y"].items, 20)
		close(release)
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Equal(t, map[string]int64{"x/delivered": 20, "y/delivered": 20}, b.counts())
	})

	bubble("a caller that leaves is still told to send again", func(t *testing.T) {
		cfg := policed(refusalRetry)
		cfg.Streams[0].WhenRefused = refusalPushBack
		y := &pipe[D]{name: "y", before: func() { time.Sleep(800 * time.Millisecond) }}
		b := newBench(t, s, cfg, until("x", time.Hour), y)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		d := s.payload("a1 c1")
		require.ErrorIs(t, b.consume(ctx, d), errBusy)
		require.Equal(t, []string{"a#0"}, s.read(d))
	})

	bubble("one call that never returns does not keep a stream from recovering", func(t *testing.T) {
		never := make(chan struct{})
		var calls atomic.Int64
		start := time.Now()
		x := &pipe[D]{name: "x", before: func() {
			if calls.Add(1) == 2 {
				<-never
			}
		}, fail: func() error {
			if time.Since(start) < 10*time.Second {
				return errBusy
			}
			return nil
		}}
		b := newBench(t, s, policed(refusalRetry), x)
		for range 20 {
			b.send(s.payload("a1"))
			time.Sleep(100 * time.Millisecond)
		}
		time.Sleep(50 * time.Second)
		require.Equal(t, int64(19), b.counts()["x/delivered"])
		close(never)
	})

	bubble("items that a pipeline took out before it refused are counted", func(t *testing.T) {
		x := &pipe[D]{name: "x", mutates: true}
		b := newBench(t, s, policed(refusalDrop), x)
		x.spoil = func(d D) error {
			s.empty(d)
			return errBusy
		}
		b.send(s.payload("a3"))
		want := map[string]int64{"x/emptied": 3}
		if s.kind.Rewritten { // The pipeline got a copy.
			want = map[string]int64{"x/declined": 3}
		}
		require.Equal(t, want, b.counts())
	})

	bubble("shutdown offers what is held once more", func(t *testing.T) {
		b := newBench(t, s, policed(refusalRetry), until("x", 10*time.Second), until("default", time.Hour))
		b.send(s.payload("a2 z1"))
		time.Sleep(10 * time.Second)
		require.NoError(t, b.shutdown(t.Context()))
		require.Len(t, b.pipes["x"].items, 2)
		require.Equal(t, int64(1), b.members["default"].out[shutdown].Load())
	})

	bubble("accounts are exact under random faults", func(t *testing.T) {
		for seed := range uint64(5) {
			checkFaults(t, s, rand.New(rand.NewPCG(seed, 7)))
		}
	})
}
