package main

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Routers are comparable only if they do the same: each resource goes to all
// pipelines of its service, once, and to no other.
func TestRoutersDeliverTheSame(t *testing.T) {
	for _, m := range makers {
		for _, mix := range []mix{uniform, mixed} {
			for _, r := range []routing{{1, 1, false}, {10, 1, true}, {10, 4, false}, {10, 2, true}, {300, 1, false}} {
				t.Run(fmt.Sprintf("router=%s/mix=%s/%+v", m.name, mix, r), func(t *testing.T) {
					s := shape{16, 2}
					p := newPool(s, mix.serviceOf(s, r.services))
					router, err := m.make(r, p)
					require.NoError(t, err)
					e := enter(m.name, p, router)
					for k := range p.payloads {
						e.run(k)
					}
					requireDelivered(t, r, p)
				})
			}
		}
	}
}

func requireDelivered(t *testing.T, r routing, p *pool) {
	t.Helper()
	times := make(map[int]int)
	for i, s := range p.sinks { // In the order of services and destinations.
		for _, td := range s.got {
			for j := range td.ResourceSpans().Len() {
				rs := td.ResourceSpans().At(j)
				times[number(rs)]++
				name, ok := rs.Resource().Attributes().Get("service.name")
				require.True(t, ok)
				require.Equal(t, serviceName(i/r.destinations), name.Str())
				require.Equal(t, p.shape.spans, rs.ScopeSpans().At(0).Spans().Len())
			}
		}
	}
	require.Len(t, times, len(p.payloads)*p.shape.resources)
	for n, got := range times {
		require.Equal(t, r.destinations, got, "resource %d", n)
	}
}

// What is routed in the second burst must be what was routed in the first.
func TestRefillRestoresThePayloads(t *testing.T) {
	for _, m := range makers {
		for _, r := range []routing{{1, 1, false}, {10, 1, true}, {10, 2, false}, {10, 2, true}} {
			t.Run(fmt.Sprintf("router=%s/%+v", m.name, r), func(t *testing.T) {
				s := shape{16, 2}
				p := newPool(s, mixed.serviceOf(s, r.services))
				router, err := m.make(r, p)
				require.NoError(t, err)
				before := encode(t, p)
				e := enter(m.name, p, router)
				for k := range p.payloads {
					e.run(k)
				}
				p.refill()
				require.Equal(t, before, encode(t, p))
				for _, td := range p.payloads {
					require.False(t, td.IsReadOnly())
				}
				for _, sink := range p.sinks {
					require.Empty(t, sink.got)
				}
			})
		}
	}
}

func TestRefillNoticesALoss(t *testing.T) {
	p := newPool(shape{16, 2}, func(int) string { return "a" })
	p.payloads[3].ResourceSpans().RemoveIf(func(rs ptrace.ResourceSpans) bool { return number(rs) == 3*16+5 })
	require.PanicsWithValue(t, "a router lost a resource of payload 3", p.refill)
}

func encode(t *testing.T, p *pool) [][]byte {
	t.Helper()
	var all [][]byte
	for _, td := range p.payloads {
		data, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(td)
		require.NoError(t, err)
		all = append(all, data)
	}
	return all
}
