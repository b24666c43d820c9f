package main

import (
	"context"

	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pipeline"
)

// movingRouter is the least that a router can do: it is told where each
// resource goes, moves it into the payload for that pipeline and hands the
// payloads over. It matches, names, counts and protects nothing.
type movingRouter struct {
	sinks    []consumer.Traces
	of       []int // sink by the number of the resource
	payloads []ptrace.Traces
	used     []bool
	touched  []int
}

var _ consumer.Traces = (*movingRouter)(nil)

func newMoving(r routing, p *pool) (consumer.Traces, error) {
	m := &movingRouter{of: make([]int, len(p.payloads)*p.shape.resources)}
	next := r.pipelines(p)
	index := make(map[string]int)
	for i := range r.services {
		sink, err := next.Consumer(pipeline.NewIDWithName(pipeline.SignalTraces, streamName(i, 0)))
		if err != nil {
			return nil, err
		}
		index[serviceName(i)] = i
		m.sinks = append(m.sinks, sink)
	}
	for _, td := range p.payloads {
		for _, rs := range td.ResourceSpans().All() {
			name, _ := rs.Resource().Attributes().Get("service.name")
			m.of[number(rs)] = index[name.Str()]
		}
	}
	m.payloads, m.used = make([]ptrace.Traces, len(m.sinks)), make([]bool, len(m.sinks))
	return m, nil
}

// Capabilities implements consumer.Traces.
func (*movingRouter) Capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: true}
}

// ConsumeTraces implements consumer.Traces. It is not safe for concurrent use.
func (m *movingRouter) ConsumeTraces(ctx context.Context, td ptrace.Traces) error {
	m.touched = m.touched[:0]
	td.ResourceSpans().RemoveIf(func(rs ptrace.ResourceSpans) bool {
		to := m.of[number(rs)]
		if !m.used[to] {
			m.used[to], m.payloads[to] = true, ptrace.NewTraces()
			m.touched = append(m.touched, to)
		}
		rs.MoveTo(m.payloads[to].ResourceSpans().AppendEmpty())
		return true
	})
	for _, to := range m.touched {
		m.used[to] = false
		if err := m.sinks[to].ConsumeTraces(ctx, m.payloads[to]); err != nil {
			return err
		}
	}
	return nil
}
