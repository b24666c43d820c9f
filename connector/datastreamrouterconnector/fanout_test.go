package datastreamrouterconnector

import (
	"context"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pipeline"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/signal"
)

func TestFanOut(t *testing.T) {
	t.Run("traces", func(t *testing.T) { testFanOut(t, tracesSubject) })
	t.Run("metrics", func(t *testing.T) { testFanOut(t, metricsSubject) })
	t.Run("logs", func(t *testing.T) { testFanOut(t, logsSubject) })
	t.Run("profiles", func(t *testing.T) { testFanOut(t, profilesSubject) })
}

// busyFor refuses for so long from now on.
func busyFor(d time.Duration) func() error {
	start := time.Now()
	return func() error {
		if time.Since(start) < d {
			return errBusy
		}
		return nil
	}
}

// All run on a fake clock: a call that takes no time has waited for nobody.
func testFanOut[D any, C signal.Consumer](t *testing.T, s subject[D, C]) {
	bubble := func(name string, test func(t *testing.T)) {
		t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
	}
	send := func(f *fan[D, C], d D) {
		f.t.Helper()
		require.NoError(f.t, f.router.consume(f.t.Context(), d))
	}

	// Without the fan-out, lake and tape would get each payload with every try.
	bubble("what a destination refuses is held for it alone", func(t *testing.T) {
		f := newFan(t, s, refusalRetry, faults{"vendor": busyFor(30 * time.Second)})
		var want []string
		start := time.Now()
		for range 10 {
			send(f, s.payload("a2 b1"))
			want = append(want, "a#0", "a#1", "b#0")
		}
		send(f, readOnlyCopy(s.kind, s.payload("c1")))
		want = append(want, "c#0")
		require.Zero(t, time.Since(start))
		f.got(want, "lake", "tape")
		f.got(nil, "vendor")
		require.Equal(t, int64(31), f.sum("pending_items"))
		require.Positive(t, f.sum("held_bytes"))
		time.Sleep(50 * time.Second)
		synctest.Wait()
		f.got(want, "lake", "tape", "vendor")
		require.Equal(t, map[string]int64{"lake/delivered": 31, "tape/delivered": 31, "vendor/delivered": 31}, f.counts())
		require.Zero(t, f.sum("held_bytes")+f.sum("unaccounted_items"))
	})

	bubble("a destination that hangs costs one timeout, once", func(t *testing.T) {
		release := make(chan struct{})
		f := newFan(t, s, refusalRetry, faults{"lake": func() error { <-release; return nil }})
		start := time.Now()
		send(f, s.payload("a1"))
		once := time.Since(start)
		require.GreaterOrEqual(t, once, time.Second)
		require.Less(t, once, 1125*time.Millisecond)
		send(f, s.payload("b1"))
		require.Equal(t, once, time.Since(start))
		f.got([]string{"a#0", "b#0"}, "tape", "vendor")
		close(release)
		time.Sleep(time.Minute)
		synctest.Wait()
		f.got([]string{"a#0", "b#0"}, "lake", "tape", "vendor")
	})

	bubble("drop: what a destination refuses is dropped for it alone", func(t *testing.T) {
		f := newFan(t, s, refusalDrop, faults{"tape": busyFor(time.Hour)})
		send(f, s.payload("a2"))
		f.got([]string{"a#0", "a#1"}, "lake", "vendor")
		require.Equal(t, map[string]int64{"lake/delivered": 2, "tape/declined": 2, "vendor/delivered": 2}, f.counts())
	})

	bubble("a destination that rejects concerns nobody, unless all do", func(t *testing.T) {
		f := newFan(t, s, refusalRetry, faults{"vendor": func() error { return errSpoil }})
		send(f, s.payload("a1"))
		require.Equal(t, map[string]int64{"lake/delivered": 1, "tape/delivered": 1, "vendor/rejected": 1}, f.counts())
		spoil := func() error { return errSpoil }
		f = newFan(t, s, refusalRetry, faults{"lake": spoil, "tape": spoil, "vendor": spoil})
		err := f.router.consume(t.Context(), s.payload("a1"))
		require.True(t, consumererror.IsPermanent(err))
		require.ErrorContains(t, err, `destination "lake": `)
	})

	// The stream's own lane is in between, as in a collector.
	bubble("push back: who sends again delivers nothing twice", func(t *testing.T) {
		f := newFan(t, s, refusalPushBack, faults{"vendor": busyFor(50 * time.Second)})
		cfg := policed(refusalRetry)
		cfg.Streams[0].WhenRefused = refusalPushBack
		b := newBench(t, s, cfg, &pipe[D]{name: "x", spoil: func(d D) error { return f.router.consume(t.Context(), d) }}, &pipe[D]{name: "y"})
		tries := 1
		for ; ; tries++ {
			err := b.consume(t.Context(), s.payload("a1 b2"))
			if err == nil {
				break
			}
			require.ErrorIs(t, err, errBusy)
			require.ErrorContains(t, err, `stream "x": destination "vendor": `)
			time.Sleep(20 * time.Second)
		}
		require.Equal(t, 4, tries)
		f.got([]string{"a#0", "b#0", "b#1"}, "lake", "tape", "vendor")
		require.Equal(t, map[string]int64{
			"lake/delivered": 3, "lake/already_delivered": 9, "tape/delivered": 3, "tape/already_delivered": 9,
			"vendor/refused": 9, "vendor/delivered": 3,
		}, f.counts())
		require.Len(t, b.sorted("y"), 2)
		require.Zero(t, f.sum("unaccounted_items"))
	})

	bubble("shutdown offers what is held once more", func(t *testing.T) {
		f := newFan(t, s, refusalRetry, faults{"lake": busyFor(time.Hour), "vendor": busyFor(10 * time.Second)})
		send(f, s.payload("a2"))
		time.Sleep(10 * time.Second)
		require.NoError(t, f.router.shutdown(t.Context()))
		f.got([]string{"a#0", "a#1"}, "tape", "vendor")
		require.Equal(t, int64(2), f.router.accounts["lake"].out[shutdown].Load())
	})

	bubble("accounts are exact under random faults", func(t *testing.T) {
		for seed := range uint64(5) {
			testFanOutFaults(t, s, rand.New(rand.NewPCG(seed, 11)))
		}
	})
}

// testFanOutFaults sends data to destinations that refuse, reject, hang and panic
// at random, and wants every item of each delivered once or counted once.
func testFanOutFaults[D any, C signal.Consumer](t *testing.T, s subject[D, C], r *rand.Rand) {
	var mu sync.Mutex
	fault := func() error {
		mu.Lock()
		dice, pause := r.IntN(12), time.Duration(r.Int64N(int64(3*time.Second)))
		mu.Unlock()
		switch dice {
		case 0:
			return errSpoil
		case 1, 2, 3:
			return errBusy
		case 4:
			time.Sleep(pause)
		case 5:
			panic("bad luck")
		}
		return nil
	}
	f := newFan(t, s, []string{refusalRetry, refusalDrop}[r.IntN(2)], faults{"lake": fault, "tape": fault, "vendor": fault})
	for range 60 {
		_ = f.router.consume(t.Context(), s.payload("a1 b2"))
		time.Sleep(500 * time.Millisecond)
	}
	time.Sleep(10 * time.Minute)
	synctest.Wait()
	all := make(map[string]int64)
	counts := f.counts()
	for key, n := range counts {
		name, _, _ := strings.Cut(key, "/")
		all[name] += n
	}
	require.Equal(t, map[string]int64{"lake": 180, "tape": 180, "vendor": 180}, all)
	for name, items := range f.items {
		require.Len(t, items, int(counts[name+"/delivered"]))
	}
	require.Zero(t, f.sum("pending_items")+f.sum("unaccounted_items"))
}

// Fan-outs are shut down one after the other: all of them together take as long
// as one may, and the next ones have their time again.
func TestFanOutsShutDownTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		never := make(chan struct{})
		defer close(never)
		hanging, err := consumer.NewLogs(func(context.Context, plog.Logs) error { <-never; return nil })
		require.NoError(t, err)
		next := connector.NewLogsRouter(map[pipeline.ID]consumer.Logs{
			pipeline.NewIDWithName(pipeline.SignalLogs, "_shop/hanging"): hanging,
			pipeline.NewIDWithName(pipeline.SignalLogs, "_shop/lake"):    consumertest.NewNop(),
		})
		factory := NewFanOutFactory()
		for range 2 {
			var all []connector.Logs
			for range 5 {
				cfg := factory.CreateDefaultConfig().(*FanOutConfig)
				cfg.Stream = "shop"
				c, err := factory.CreateLogsToLogs(t.Context(), connectortest.NewNopSettings(fanOutType), cfg, next)
				require.NoError(t, err)
				require.False(t, c.Capabilities().MutatesData)
				require.NoError(t, c.Start(t.Context(), componenttest.NewNopHost()))
				require.NoError(t, c.ConsumeLogs(t.Context(), logsSubject.payload("a1")))
				all = append(all, c)
			}
			start := time.Now()
			for _, c := range all {
				require.NoError(t, c.Shutdown(t.Context()))
			}
			require.GreaterOrEqual(t, time.Since(start), shutdownGrace)
			require.LessOrEqual(t, time.Since(start), shutdownGrace+4*minFarewell)
		}
	})
}

func TestFanOutConfig(t *testing.T) {
	cfg := &FanOutConfig{Stream: "a/b", WhenRefused: "wait", RetryFor: -1, HoldBytes: -1}
	require.EqualError(t, cfg.Validate(), strings.Join([]string{
		`stream: stream name "a/b" may hold letters, digits, '-', '_' and '.', and starts and ends with a letter or digit`,
		`hold_bytes must not be negative`,
		`when_refused: "wait" is none of "retry", "drop" and "push_back"`,
		`retry_for and timeout must not be negative`,
	}, "\n"))
	require.NoError(t, componenttest.CheckConfigStruct(NewFanOutFactory().CreateDefaultConfig()))

	valid := NewFanOutFactory().CreateDefaultConfig().(*FanOutConfig)
	valid.Stream = "shop"
	next := connector.NewLogsRouter(map[pipeline.ID]consumer.Logs{
		pipeline.NewIDWithName(pipeline.SignalLogs, "_shop/lake"): consumertest.NewNop(),
		pipeline.NewIDWithName(pipeline.SignalLogs, "lake"):       consumertest.NewNop(),
	})
	_, err := NewFanOutFactory().CreateLogsToLogs(t.Context(), connectortest.NewNopSettings(fanOutType), valid, next)
	require.EqualError(t, err, `logs: logs/lake: another pipeline leads to destination "lake", too`)
}
