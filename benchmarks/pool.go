package main

import (
	"context"
	"fmt"
	"runtime"

	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// pool holds payloads to be routed. Routers move data out of a payload, so
// each can be routed once; refill takes the data back from where it went.
type pool struct {
	shape    shape
	payloads []ptrace.Traces
	sinks    []*sink // of every router that routes this pool
}

// newPool returns a pool of about 256 resources: many enough for a burst, few
// enough for what a router reads of them to stay in the second-level cache, as
// it does in a collector that has just decoded the payload.
func newPool(s shape, serviceOf func(i int) string) *pool {
	p := &pool{shape: s}
	for k := range max(1, 256/s.resources) {
		p.payloads = append(p.payloads, s.newPayload(k*s.resources, serviceOf))
	}
	return p
}

// refill restores every payload to what it was: all resources, in order. It
// panics if a router lost one. What was moved is moved back; what is shared
// and therefore read-only is copied.
func (p *pool) refill() {
	type place struct {
		resource ptrace.ResourceSpans
		shared   bool
		found    bool
	}
	places := make([]place, len(p.payloads)*p.shape.resources)
	find := func(td ptrace.Traces) {
		for i := range td.ResourceSpans().Len() {
			rs := td.ResourceSpans().At(i)
			if at := &places[number(rs)]; !at.found {
				*at = place{rs, td.IsReadOnly(), true}
			}
		}
	}
	for _, td := range p.payloads {
		find(td)
	}
	for _, s := range p.sinks {
		for _, td := range s.got {
			find(td)
		}
		s.reset()
	}
	for k := range p.payloads {
		if old := p.payloads[k]; !old.IsReadOnly() && old.ResourceSpans().Len() == p.shape.resources {
			continue // Handed over whole, or only copied from.
		}
		td := ptrace.NewTraces()
		td.ResourceSpans().EnsureCapacity(p.shape.resources)
		for _, at := range places[k*p.shape.resources : (k+1)*p.shape.resources] {
			switch to := td.ResourceSpans().AppendEmpty(); {
			case !at.found:
				panic(fmt.Sprintf("a router lost a resource of payload %d", k))
			case at.shared:
				at.resource.CopyTo(to)
			default:
				at.resource.MoveTo(to)
			}
		}
		p.payloads[k] = td
	}
}

// touch walks over the resources of the first n payloads, so that all routers
// find them in the cache.
func (p *pool) touch(n int) {
	touched := 0
	for _, td := range p.payloads[:n] {
		touched += td.SpanCount()
		for i := range td.ResourceSpans().Len() {
			for key, value := range td.ResourceSpans().At(i).Resource().Attributes().All() {
				touched += len(key) + len(value.Str())
			}
		}
	}
	runtime.KeepAlive(touched)
}

// sink is a pipeline that keeps what it gets until reset, at nearly no cost.
type sink struct {
	mutates bool
	got     []ptrace.Traces
}

var _ consumer.Traces = (*sink)(nil)

// newSink returns a sink for payloads of p's routers. It has room for all that
// can come: growing would be charged to the router.
func newSink(p *pool, mutates bool) *sink {
	s := &sink{mutates: mutates, got: make([]ptrace.Traces, 0, len(p.payloads)*p.shape.resources)}
	p.sinks = append(p.sinks, s)
	return s
}

// Capabilities implements consumer.Traces.
func (s *sink) Capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: s.mutates}
}

// ConsumeTraces implements consumer.Traces.
func (s *sink) ConsumeTraces(_ context.Context, td ptrace.Traces) error {
	s.got = append(s.got, td)
	return nil
}

// reset forgets what came, so that it can be collected.
func (s *sink) reset() {
	clear(s.got)
	s.got = s.got[:0]
}
