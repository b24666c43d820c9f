package datastreamrouterconnector

import (
	"context"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/match"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/sampling"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/signal"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/tracehold"
)

// maxPayload is how much of what was decided together is delivered together, in
// bytes of OTLP: less than what a gRPC server takes.
const maxPayload = 1 << 20

// outgoing is decided traces by the streams that get them. The zero value is
// empty.
type outgoing struct {
	shipments []*shipment
	byStreams map[string]*shipment
}

// shipment is what goes to the same streams.
type shipment struct {
	streams []int // of a generation, ascending
	entries []entry
}

// entry is a trace, or what of it comes from resources that only accepts.
type entry struct {
	trace     *tracehold.Trace
	only      func(*tracehold.Resource) bool
	threshold sampling.Threshold // that the spans have passed
}

func (o *outgoing) add(streams []int, e entry) {
	if len(streams) == 0 {
		return
	}
	key := make([]byte, 0, 4*len(streams))
	for _, s := range streams {
		key = append(key, byte(s), byte(s>>8), byte(s>>16), byte(s>>24))
	}
	s := o.byStreams[string(key)]
	if s == nil {
		if o.byStreams == nil {
			o.byStreams = make(map[string]*shipment)
		}
		s = &shipment{streams: streams}
		o.byStreams[string(key)] = s
		o.shipments = append(o.shipments, s)
	}
	s.entries = append(s.entries, e)
}

// cargo is how one signal's payloads are made of entries.
type cargo[D any] struct {
	load   func(*tracehold.Payload, entry)
	unpack func(*tracehold.Payload, []entry) (D, error)
}

var spansCargo = cargo[ptrace.Traces]{
	load: func(p *tracehold.Payload, e entry) { p.AddSpans(e.trace, e.only) },
	unpack: func(p *tracehold.Payload, entries []entry) (ptrace.Traces, error) {
		td, err := p.Traces()
		stamp(td, entries)
		return td, err
	},
}

// ship delivers what is outgoing, in the order of the streams.
func ship[D any, C signal.Consumer](r *router[D, C], gen *generation[D, C], o *outgoing, c cargo[D]) {
	slices.SortFunc(o.shipments, func(a, b *shipment) int { return slices.Compare(a.streams, b.streams) })
	for _, s := range o.shipments {
		var p tracehold.Payload
		first := 0
		for i, e := range s.entries {
			c.load(&p, e)
			if p.Size() >= maxPayload || i == len(s.entries)-1 {
				payload, err := c.unpack(&p, s.entries[first:i+1])
				r.deliver(gen, s.streams, payload, err)
				p, first = tracehold.Payload{}, i+1
			}
		}
	}
}

// deliver hands a payload that the router owns to streams, like any other. Its
// senders have been told that all is well, so that nobody but the log learns of
// an error.
func (r *router[D, C]) deliver(gen *generation[D, C], streams []int, payload D, err error) {
	if err != nil {
		r.settings.Logger.Error("Dropped what was held and cannot be decoded.", zap.Error(err))
		return
	}
	v := verdict{set: &match.Set{ID: -1, Streams: streams}}
	if err := r.forward(context.Background(), gen, payload, v); err != nil {
		r.settings.Logger.Warn("A stream's pipeline refused for good what was held.", zap.Error(err))
	}
}

// stamp writes the thresholds of entries into their spans.
func stamp(td ptrace.Traces, entries []entry) {
	var thresholds map[pcommon.TraceID]*entry
	for i := range entries {
		if e := &entries[i]; e.threshold > sampling.Always {
			if thresholds == nil {
				thresholds = make(map[pcommon.TraceID]*entry)
			}
			thresholds[e.trace.ID] = e
		}
	}
	if thresholds == nil {
		return
	}
	for _, rs := range td.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, span := range ss.Spans().All() {
				if e := thresholds[span.TraceID()]; e != nil {
					state := span.TraceState()
					state.FromRaw(sampling.Stamp(state.AsRaw(), e.threshold, randomnessOf(e.trace)))
				}
			}
		}
	}
}
