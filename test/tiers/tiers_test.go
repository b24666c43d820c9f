package tiers

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	spansPerTrace = 6
	tracesPerTurn = 50
)

// source sends traces, one span per request and trace, in any order.
type source struct {
	t    *testing.T
	r    *rand.Rand
	next uint64
	sent map[pcommon.TraceID]int // the phase in which the trace was sent
}

// send sends traces through the gateways, each span through any of them.
func (s *source) send(phase, turns int, gateways ...exporter.Traces) {
	for range turns {
		var ids []pcommon.TraceID
		for range tracesPerTurn {
			var id pcommon.TraceID
			s.next++
			binary.BigEndian.PutUint64(id[:], s.next)
			binary.BigEndian.PutUint64(id[8:], s.r.Uint64())
			ids = append(ids, id)
			s.sent[id] = phase
		}
		for _, n := range s.r.Perm(spansPerTrace) {
			td := ptrace.NewTraces()
			rs := td.ResourceSpans().AppendEmpty()
			rs.Resource().Attributes().PutStr("service.name", []string{"a", "b"}[n%2])
			spans := rs.ScopeSpans().AppendEmpty().Spans()
			for _, id := range ids {
				span := spans.AppendEmpty()
				span.SetTraceID(id)
				span.SetSpanID(pcommon.SpanID{7: byte(n + 1)})
				if n > 0 {
					span.SetParentSpanID(pcommon.SpanID{7: 1})
				}
			}
			require.NoError(s.t, gateways[s.r.IntN(len(gateways))].ConsumeTraces(context.Background(), td))
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// whole returns the share of a phase's traces that one node has delivered whole,
// every span to both streams; and how many spans of it have not arrived at all.
func (a *arrivals) whole(s *source, phase int) (share float64, lost int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	traces, whole := 0, 0
	for id, of := range s.sent {
		if of != phase {
			continue
		}
		traces++
		nodes, complete := make(map[string]bool), true
		for n := range spansPerTrace {
			streams := a.spans[spanID{id, pcommon.SpanID{7: byte(n + 1)}}]
			if len(streams) == 0 {
				lost++
			}
			for _, stream := range []string{"a", "b"} {
				complete = complete && len(streams[stream]) > 0
				for _, node := range streams[stream] {
					nodes[node] = true
				}
			}
		}
		if complete && len(nodes) == 1 {
			whole++
		}
	}
	return float64(whole) / float64(traces), lost
}

// With two gateways and two samplers, every trace is decided on one of them and
// delivered whole to both streams. While a sampler restarts, what is for it
// waits in the gateways. After a third one has joined, traces are whole again;
// those that were under way are not lost.
func TestTiers(t *testing.T) {
	addresses := loopback(t, 3)
	got := &arrivals{spans: make(map[spanID]map[string][]string)}
	s := &source{t: t, r: rand.New(rand.NewPCG(1, 1)), sent: make(map[pcommon.TraceID]int)}
	nodes := []*node{newNode(t, addresses[0], got), newNode(t, addresses[1], got)}
	gateways := []exporter.Traces{newGateway(t, addresses[:2]...), newGateway(t, addresses[:2]...)}

	const steady, restarting, joined, left = 0, 1, 2, 3
	s.send(steady, 20, gateways...)
	time.Sleep(time.Second)
	nodes[1].stop()
	s.send(restarting, 10, gateways...)
	nodes[1] = newNode(t, addresses[1], got)
	s.send(restarting, 10, gateways...)
	arrived(t, got, s, steady, restarting)

	nodes = append(nodes, newNode(t, addresses[2], got))
	gateways = reconfigure(t, gateways, addresses...)
	s.send(joined, 20, gateways...)
	arrived(t, got, s, joined)

	gateways = reconfigure(t, gateways, addresses[0], addresses[2])
	nodes[1].stop()
	s.send(left, 20, gateways...)
	arrived(t, got, s, left)

	for _, g := range gateways {
		require.NoError(t, g.Shutdown(context.Background()))
	}
	for _, n := range []*node{nodes[0], nodes[2]} {
		n.stop()
	}
	for phase, name := range []string{"steady", "restarting", "joined", "left"} {
		share, lost := got.whole(s, phase)
		t.Logf("%s: %.2f %% of the traces whole on one node", name, 100*share)
		require.Zero(t, lost, "%s: spans that were acknowledged and have not arrived", name)
		if !slices.Contains([]int{restarting}, phase) {
			require.GreaterOrEqual(t, share, 0.999, name)
		}
	}
}

// reconfigure replaces the gateways by ones that know these addresses, as a
// resolver does when it finds others.
func reconfigure(t *testing.T, old []exporter.Traces, addresses ...string) []exporter.Traces {
	gateways := make([]exporter.Traces, len(old))
	for i := range old {
		require.NoError(t, old[i].Shutdown(context.Background()))
		gateways[i] = newGateway(t, addresses...)
	}
	return gateways
}

// arrived waits until all spans of the phases have arrived.
func arrived(t *testing.T, got *arrivals, s *source, phases ...int) {
	t.Helper()
	require.Eventually(t, func() bool {
		for _, phase := range phases {
			if _, lost := got.whole(s, phase); lost > 0 {
				return false
			}
		}
		return true
	}, 60*time.Second, 100*time.Millisecond)
}
