package datastreamrouterconnector

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// piecesOf cuts traces into payloads of one resource each, in a random order.
func piecesOf(r *rand.Rand, traces []ptrace.Traces) []ptrace.Traces {
	var pieces []ptrace.Traces
	for _, td := range traces {
		for i := range td.ResourceSpans().Len() {
			piece := ptrace.NewTraces()
			td.ResourceSpans().At(i).CopyTo(piece.ResourceSpans().AppendEmpty())
			pieces = append(pieces, piece)
		}
	}
	r.Shuffle(len(pieces), func(i, j int) { pieces[i], pieces[j] = pieces[j], pieces[i] })
	return pieces
}

// streamsOfService are those of tracesConfig.
func streamsOfService(service string) []string {
	switch service {
	case "a", "b":
		return []string{"x"}
	case "c":
		return []string{"y"}
	default:
		return []string{"rest"}
	}
}

// expectedSpans works out, the simple way, which spans of a trace each stream
// gets.
func expectedSpans(integrity string, td ptrace.Traces) map[string][]string {
	want := make(map[string][]string)
	root, all := "", []string(nil)
	for _, rs := range td.ResourceSpans().All() {
		service, _ := rs.Resource().Attributes().Get("service.name")
		span := rs.ScopeSpans().At(0).Spans().At(0)
		all = append(all, span.Name())
		if span.ParentSpanID().IsEmpty() {
			root = service.Str()
		}
		for _, stream := range streamsOfService(service.Str()) {
			want[stream] = append(want[stream], span.Name())
		}
	}
	switch {
	case integrity == integrityRoot && root != "":
		want = map[string][]string{streamsOfService(root)[0]: all}
	case integrity == integrityAny:
		for stream := range want {
			want[stream] = all
		}
	}
	return want
}

// Whatever the order in which the spans of a trace come, and with pipelines
// that refuse now and then, every stream gets exactly what its mode says, each
// span once.
func TestWholeTracesInAnyOrder(t *testing.T) {
	for _, integrity := range []string{integritySplit, integrityRoot, integrityAny} {
		t.Run(integrity, func(t *testing.T) {
			for seed := range uint64(5) {
				synctest.Test(t, func(t *testing.T) { checkWholeTraces(t, integrity, seed) })
			}
		})
	}
}

func checkWholeTraces(t *testing.T, integrity string, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 3))
	cfg := tracesConfig(integrity)
	all := 100.0
	cfg.Streams[0].Keep = []KeepRule{{Name: "all", Percent: &all}} // So that split holds, too.
	b := holdingBench(t, cfg)
	for _, p := range b.pipes {
		var calls atomic.Int32
		p.fail = func() error {
			if calls.Add(1)%3 == 1 {
				return errBusy
			}
			return nil
		}
	}
	want := make(map[string][]string)
	var traces []ptrace.Traces
	for range 50 {
		td := randomTrace(r)
		if r.IntN(4) == 0 { // The root is lost.
			td.ResourceSpans().RemoveIf(func(rs ptrace.ResourceSpans) bool {
				return rs.ScopeSpans().At(0).Spans().At(0).ParentSpanID().IsEmpty()
			})
		}
		traces = append(traces, td)
		for stream, names := range expectedSpans(integrity, td) {
			want[stream] = append(want[stream], names...)
		}
	}
	for _, piece := range piecesOf(r, traces) {
		b.send(piece)
		time.Sleep(time.Duration(r.IntN(5)) * time.Millisecond)
	}
	settleTraces()
	time.Sleep(time.Minute) // What was refused is offered again.
	synctest.Wait()
	for stream, p := range b.pipes {
		slices.Sort(p.items)
		slices.Sort(want[stream])
		require.Equal(t, want[stream], p.items, stream)
		require.EqualValues(t, len(p.items), b.counts()[stream+"/delivered"])
	}
	require.Zero(t, b.gauge("unaccounted_items", ""))
}

// With room for a fraction of what comes, traces are decided early: nothing is
// lost, nothing is doubled, and every span is delivered or counted.
func TestPressure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := tracesConfig(integrityAny)
		cfg.Traces.MaxBytes = minMaxBytes
		b := holdingBench(t, cfg)
		r := rand.New(rand.NewPCG(8, 8))
		sent := make(map[string]bool)
		for range 40 {
			var traces []ptrace.Traces
			for range 100 {
				td := randomTrace(r)
				for _, rs := range td.ResourceSpans().All() {
					span := rs.ScopeSpans().At(0).Spans().At(0)
					span.Attributes().PutStr("filler", strings.Repeat("x", 200))
					sent[span.Name()] = true
				}
				traces = append(traces, td)
			}
			for _, piece := range piecesOf(r, traces) {
				b.send(piece)
			}
			held, err := b.telemetry.GetMetric("otelcol_connector_datastreamrouter_held_trace_bytes")
			require.NoError(t, err)
			require.LessOrEqual(t, numberOf(held), int64(minMaxBytes))
		}
		settleTraces()
		got := make(map[string]bool)
		for stream, p := range b.pipes {
			slices.Sort(p.items)
			require.Len(t, slices.Compact(slices.Clone(p.items)), len(p.items), "items twice in %s", stream)
			for _, item := range p.items {
				got[item] = true
			}
		}
		require.Equal(t, sent, got)
		require.Zero(t, b.gauge("unaccounted_items", ""))
		require.Positive(t, b.decided()["pressure"])
	})
}

// Spans that come late follow the verdict over their trace, kept or dropped.
func TestLateSpans(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := tracesConfig(integrityRoot)
		cfg.Streams[0].Keep = []KeepRule{{Name: "errors", Errors: true}}
		b := holdingBench(t, cfg)
		b.send(trace(1, "ar ae"))
		b.send(trace(2, "ar a"))
		time.Sleep(5 * time.Second)
		b.send(trace(1, "c z"))
		b.send(trace(2, "be"))
		synctest.Wait()
		b.got("x", "ar", "ae", "c", "z")
		require.Equal(t, map[string]int64{"x/delivered": 4, "x/sampled": 3}, b.counts())
	})
}

// What comes when the verdict may be forgotten is routed like a trace without a
// root, or dropped and counted.
func TestForgotten(t *testing.T) {
	for policy, want := range map[string]map[string]int64{
		lateRoute: {"x/delivered": 2, "y/delivered": 1},
		lateDrop:  {"x/delivered": 2, "/late": 1},
	} {
		t.Run(policy, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg := tracesConfig(integrityRoot)
				cfg.Traces.Late = policy
				b := holdingBench(t, cfg)
				late := trace(1, "c")
				b.send(trace(1, "ar a"))
				time.Sleep(3 * defaultRemember)
				b.send(late)
				settleTraces()
				require.Equal(t, want, b.counts())
			})
		})
	}
}

// Shutdown decides and delivers what is held, and what still comes after it.
func TestShutdownDeliversWhatIsHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := holdingBench(t, tracesConfig(integrityAny))
		b.send(trace(1, "ar b c"))
		b.send(trace(2, "z"))
		require.NoError(t, b.shutdown(context.Background()))
		require.Len(t, b.pipes["x"].items, 3)
		require.Len(t, b.pipes["y"].items, 3)
		b.got("rest", "z")
	})
}

// A trace that is held is decided by the definitions of that time.
func TestMembershipOfHeldTraces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := holdingBench(t, tracesConfig(integrityAny))
		b.send(trace(1, "ar b"))
		time.Sleep(time.Second)
		require.NoError(t, b.member.Apply(conf(t, `
traces: { integrity: any }
streams:
  - { name: x, select: [ { service.name: c } ] }
  - { name: y, select: [ { service.name: [a, b] } ] }
  - { name: rest, default: true }
`)))
		settleTraces()
		b.got("y", "ar", "b")
		require.Empty(t, b.pipes["x"].items)
		require.ErrorContains(t, b.member.Apply(conf(t, `
traces: { integrity: root }
streams:
  - { name: x, select: [ { service.name: c } ], keep: [ { name: some, percent: 10 } ] }
`)), "traces changes with a reload only\nstreams::0: keep of stream \"x\" changes with a reload only")
	})
}

// Spans without a trace ID belong to no trace, and are not held.
func TestSpansWithoutTraceID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := holdingBench(t, tracesConfig(integrityAny))
		td := trace(1, "ar c")
		for _, rs := range td.ResourceSpans().All() {
			rs.ScopeSpans().At(0).Spans().At(0).SetTraceID(pcommon.TraceID{})
		}
		b.send(td)
		b.got("x", "ar")
		b.got("y", "c")
		require.Equal(t, map[string]int64{"loose": 1}, b.decided())
	})
}

// decided counts decisions by cause.
func (b *bench[D, C]) decided() map[string]int64 {
	return sums(b.t, b.telemetry, "decided_traces", "cause")
}
