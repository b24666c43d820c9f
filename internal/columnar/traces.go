package columnar

import (
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// traceFiller fills the columns of traceColumns.
type traceFiller struct {
	*origin

	time, duration                            *numberColumn[int64]
	timeNanos, flags                          *numberColumn[int32]
	droppedAttrs, droppedEvents, droppedLinks *numberColumn[int32]
	traceID, state, spanName                  *textColumn
	message, exceptionType, exceptionMessage  *textColumn
	kind                                      names[ptrace.SpanKind]
	status                                    names[ptrace.StatusCode]
	spanID, parentID                          *idColumn
	attrs                                     *attributeColumns
	events                                    eventColumns
	links                                     linkColumns

	spans ptrace.SpanSlice // of the current scope
}

// eventColumns are the columns of a span's events.
type eventColumns struct {
	shape              *shape
	time               *numberColumn[int64]
	timeNanos, dropped *numberColumn[int32]
	name               *textColumn
	attrs              *attributeColumns
}

// linkColumns are the columns of a span's links.
type linkColumns struct {
	shape           *shape
	traceID, spanID *idColumn
	state           *textColumn
	flags, dropped  *numberColumn[int32]
	attrs           *attributeColumns
}

func newTraceFiller(g *group, columns []column) filler[ptrace.Traces] {
	return &traceFiller{
		origin:           bindOrigin(g, columns),
		time:             bind[*numberColumn[int64]](g, "time"),
		timeNanos:        bind[*numberColumn[int32]](g, "time_nanos"),
		duration:         bind[*numberColumn[int64]](g, "duration_ns"),
		traceID:          bind[*textColumn](g, "trace_id"),
		spanID:           bind[*idColumn](g, "span_id"),
		parentID:         bind[*idColumn](g, "parent_span_id"),
		state:            bind[*textColumn](g, "trace_state"),
		flags:            bind[*numberColumn[int32]](g, "flags"),
		spanName:         bind[*textColumn](g, "name"),
		kind:             names[ptrace.SpanKind]{column: bind[*textColumn](g, "kind"), name: kindName},
		status:           names[ptrace.StatusCode]{column: bind[*textColumn](g, "status_code"), name: statusName},
		message:          bind[*textColumn](g, "status_message"),
		exceptionType:    bind[*textColumn](g, "exception_type"),
		exceptionMessage: bind[*textColumn](g, "exception_message"),
		attrs:            bindAttributes(g, "attributes", columns, scopeItem),
		droppedAttrs:     bind[*numberColumn[int32]](g, "dropped_attributes_count"),
		droppedEvents:    bind[*numberColumn[int32]](g, "dropped_events_count"),
		droppedLinks:     bind[*numberColumn[int32]](g, "dropped_links_count"),
		events: eventColumns{
			shape:     bind[*shape](g, "events"),
			time:      bind[*numberColumn[int64]](g, "events.time"),
			timeNanos: bind[*numberColumn[int32]](g, "events.time_nanos"),
			name:      bind[*textColumn](g, "events.name"),
			attrs:     bindAttributes(g, "events.attributes", columns, scopeNone),
			dropped:   bind[*numberColumn[int32]](g, "events.dropped_attributes_count"),
		},
		links: linkColumns{
			shape:   bind[*shape](g, "links"),
			traceID: bind[*idColumn](g, "links.trace_id"),
			spanID:  bind[*idColumn](g, "links.span_id"),
			state:   bind[*textColumn](g, "links.trace_state"),
			flags:   bind[*numberColumn[int32]](g, "links.flags"),
			attrs:   bindAttributes(g, "links.attributes", columns, scopeNone),
			dropped: bind[*numberColumn[int32]](g, "links.dropped_attributes_count"),
		},
	}
}

func (f *traceFiller) leave() {
	f.at = place{}
	f.spans = ptrace.SpanSlice{}
}

func (f *traceFiller) reset() {
	f.leave()
	f.origin.reset()
	f.attrs.reset()
	f.events.attrs.reset()
	f.links.attrs.reset()
	f.kind.reset()
	f.status.reset()
}

// traceRows appends a Row for each row of td, in payload order.
func traceRows(td ptrace.Traces, dst []Row) []Row {
	for r, rs := range td.ResourceSpans().All() {
		for s, ss := range rs.ScopeSpans().All() {
			for i, span := range ss.Spans().All() {
				dst = append(dst, newRow(span.StartTimestamp(), r, s, i, 0))
			}
		}
	}
	return dst
}

func (f *traceFiller) add(td ptrace.Traces, r Row, i int) {
	if step := f.at.move(r); step >= stepScope {
		rs := td.ResourceSpans().At(int(r.resource))
		ss := rs.ScopeSpans().At(int(r.scope))
		f.enter(step, rs.Resource(), rs.SchemaUrl(), ss.Scope(), ss.SchemaUrl())
		f.spans = ss.Spans()
	}
	f.put()
	f.span(i, f.spans.At(int(r.item)))
}

func (f *traceFiller) span(i int, s ptrace.Span) {
	us, nanos := micros(s.StartTimestamp())
	f.time.put(i, us)
	f.timeNanos.put(i, nanos)
	f.duration.put(i, int64(s.EndTimestamp()-s.StartTimestamp())) // Wraps around and back.
	f.traceID.put(i, f.traceID.traceIDCode(s.TraceID()))
	spanID, parentID := s.SpanID(), s.ParentSpanID()
	f.spanID.put(i, spanID[:])
	f.parentID.put(i, parentID[:])
	f.state.putNonEmpty(i, s.TraceState().AsRaw())
	putNonZero(f.flags, i, int32(s.Flags())) // Bits are kept.
	f.spanName.putText(i, s.Name())
	f.kind.put(i, s.Kind())
	f.status.put(i, s.Status().Code())
	f.message.putNonEmpty(i, s.Status().Message())
	f.attrs.putRow(i, s.Attributes())
	f.addEvents(i, s.Events())
	f.addLinks(i, s.Links())
	putNonZero(f.droppedAttrs, i, int32(s.DroppedAttributesCount())) // Bits are kept.
	putNonZero(f.droppedEvents, i, int32(s.DroppedEventsCount()))    // Bits are kept.
	putNonZero(f.droppedLinks, i, int32(s.DroppedLinksCount()))      // Bits are kept.
}

func (f *traceFiller) addEvents(i int, events ptrace.SpanEventSlice) {
	if events.Len() == 0 {
		return
	}
	c := &f.events
	lo := c.shape.entries
	excepted := false
	for k, e := range events.All() {
		at := int(lo) + k
		us, nanos := micros(e.Timestamp())
		c.time.put(at, us)
		c.timeNanos.put(at, nanos)
		c.name.putText(at, e.Name())
		c.attrs.putPlain(at, e.Attributes())
		putNonZero(c.dropped, at, int32(e.DroppedAttributesCount())) // Bits are kept.
		if !excepted && e.Name() == "exception" {
			f.exception(i, e.Attributes())
			excepted = true
		}
	}
	c.shape.entries += int32(events.Len()) // Bounded by the payload.
	c.shape.put(i, lo, c.shape.entries)
}

// exception copies what a span's first exception event says. The event keeps it.
func (f *traceFiller) exception(i int, m pcommon.Map) {
	if v, ok := m.Get("exception.type"); ok && v.Type() == pcommon.ValueTypeStr {
		f.exceptionType.putText(i, v.Str())
	}
	if v, ok := m.Get("exception.message"); ok && v.Type() == pcommon.ValueTypeStr {
		f.exceptionMessage.putText(i, v.Str())
	}
}

func (f *traceFiller) addLinks(i int, links ptrace.SpanLinkSlice) {
	if links.Len() == 0 {
		return
	}
	c := &f.links
	lo := c.shape.entries
	for k, l := range links.All() {
		at := int(lo) + k
		traceID, spanID := l.TraceID(), l.SpanID()
		c.traceID.put(at, traceID[:])
		c.spanID.put(at, spanID[:])
		c.state.putText(at, l.TraceState().AsRaw())
		putNonZero(c.flags, at, int32(l.Flags())) // Bits are kept.
		c.attrs.putPlain(at, l.Attributes())
		putNonZero(c.dropped, at, int32(l.DroppedAttributesCount())) // Bits are kept.
	}
	c.shape.entries += int32(links.Len()) // Bounded by the payload.
	c.shape.put(i, lo, c.shape.entries)
}

// kindName returns the name of a span kind, or the number of one that OTLP does not know.
func kindName(k ptrace.SpanKind) string {
	switch k {
	case ptrace.SpanKindUnspecified:
		return "UNSPECIFIED"
	case ptrace.SpanKindInternal:
		return "INTERNAL"
	case ptrace.SpanKindServer:
		return "SERVER"
	case ptrace.SpanKindClient:
		return "CLIENT"
	case ptrace.SpanKindProducer:
		return "PRODUCER"
	case ptrace.SpanKindConsumer:
		return "CONSUMER"
	default:
		return strconv.Itoa(int(k))
	}
}

// statusName returns the name of a status code, or the number of one that OTLP does not know.
func statusName(c ptrace.StatusCode) string {
	switch c {
	case ptrace.StatusCodeUnset:
		return "UNSET"
	case ptrace.StatusCodeOk:
		return "OK"
	case ptrace.StatusCodeError:
		return "ERROR"
	default:
		return strconv.Itoa(int(c))
	}
}
