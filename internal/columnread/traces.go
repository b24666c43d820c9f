package columnread

import (
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// traceReader makes spans of rows.
type traceReader struct {
	groups grouper[ptrace.ResourceSpans, ptrace.ScopeSpans]
	attrs  *attributes
	events eventColumns
	links  linkColumns

	time                                  timeColumns
	duration                              *leaf[int64, int64]
	traceID, spanID, parentID             *textLeaf
	state, name, kind, code, message      *textLeaf
	flags, dropped, lostEvents, lostLinks *leaf[int32, int32]
}

// eventColumns are the columns of spans' events.
type eventColumns struct {
	time    timeColumns
	name    *textLeaf
	attrs   *attributes
	dropped *leaf[int32, int32]
}

// linkColumns are the columns of spans' links.
type linkColumns struct {
	traceID, spanID, state *textLeaf
	attrs                  *attributes
	flags, dropped         *leaf[int32, int32]
}

func newTraceReader(t *table, info *Info) payloadReader[ptrace.Traces] {
	const events, links = "events" + inList + ".", "links" + inList + "."
	r := &traceReader{
		attrs:      bindAttributes(t, "attributes", 0, info.Item),
		time:       bindTime(t, "time", 0),
		duration:   bindNumber[int64](t, "duration_ns"),
		traceID:    bindText(t, "trace_id"),
		spanID:     bindText(t, "span_id"),
		parentID:   bindText(t, "parent_span_id"),
		state:      bindText(t, "trace_state"),
		name:       bindText(t, "name"),
		kind:       bindText(t, "kind"),
		code:       bindText(t, "status_code"),
		message:    bindText(t, "status_message"),
		flags:      bindNumber[int32](t, "flags"),
		dropped:    bindNumber[int32](t, "dropped_attributes_count"),
		lostEvents: bindNumber[int32](t, "dropped_events_count"),
		lostLinks:  bindNumber[int32](t, "dropped_links_count"),
		events: eventColumns{
			time:    bindTime(t, events+"time", 1),
			name:    bindTextIn(t, events+"name", 1),
			attrs:   bindAttributes(t, events+"attributes", 1, nil),
			dropped: bindNumberIn[int32](t, events+"dropped_attributes_count", 1),
		},
		links: linkColumns{
			traceID: bindTextIn(t, links+"trace_id", 1),
			spanID:  bindTextIn(t, links+"span_id", 1),
			state:   bindTextIn(t, links+"trace_state", 1),
			attrs:   bindAttributes(t, links+"attributes", 1, nil),
			flags:   bindNumberIn[int32](t, links+"flags", 1),
			dropped: bindNumberIn[int32](t, links+"dropped_attributes_count", 1),
		},
	}
	r.groups.originColumns = bindOrigin(t, info.Resource)
	r.groups.addScope = func(rs ptrace.ResourceSpans) ptrace.ScopeSpans { return rs.ScopeSpans().AppendEmpty() }
	return r
}

func (r *traceReader) payload(rows int) (ptrace.Traces, error) {
	td := ptrace.NewTraces()
	r.groups.start(td.ResourceSpans().AppendEmpty)
	for i := range rows {
		scope, _, err := r.groups.at(i)
		if err == nil {
			err = r.span(i, scope.Spans().AppendEmpty())
		}
		if err != nil {
			return ptrace.Traces{}, err
		}
	}
	return td, nil
}

func (r *traceReader) span(i int, s ptrace.Span) error {
	start := r.time.at(i)
	s.SetStartTimestamp(start)
	s.SetEndTimestamp(start + timestamp(r.duration.entries[i])) // Wraps around as the writer did.
	var ids ids
	s.SetTraceID(ids.trace(r.traceID.entries[i]))
	s.SetSpanID(ids.span(r.spanID.entries[i]))
	s.SetParentSpanID(ids.span(r.parentID.entries[i]))
	s.TraceState().FromRaw(r.state.entries[i])
	s.SetFlags(uint32(r.flags.entries[i])) // Bits were kept.
	s.SetName(r.name.entries[i])
	s.SetKind(ptrace.SpanKind(ids.name(r.kind.entries[i], spanKinds)))
	s.Status().SetCode(ptrace.StatusCode(ids.name(r.code.entries[i], statusCodes)))
	s.Status().SetMessage(r.message.entries[i])
	s.SetDroppedAttributesCount(uint32(r.dropped.entries[i])) // Bits were kept.
	s.SetDroppedEventsCount(uint32(r.lostEvents.entries[i]))  // Bits were kept.
	s.SetDroppedLinksCount(uint32(r.lostLinks.entries[i]))    // Bits were kept.
	if ids.err != nil {
		return ids.err
	}
	if err := r.attrs.fill(i, s.Attributes()); err != nil {
		return err
	}
	if err := r.events.fill(i, s.Events()); err != nil {
		return err
	}
	return r.links.fill(i, s.Links())
}

func (c *eventColumns) fill(i int, events ptrace.SpanEventSlice) error {
	lo, hi := c.name.outer(i)
	events.EnsureCapacity(hi - lo)
	for k := lo; k < hi; k++ {
		e := events.AppendEmpty()
		e.SetTimestamp(c.time.at(k))
		e.SetName(c.name.entries[k])
		e.SetDroppedAttributesCount(uint32(c.dropped.entries[k])) // Bits were kept.
		if err := c.attrs.fill(k, e.Attributes()); err != nil {
			return err
		}
	}
	return nil
}

func (c *linkColumns) fill(i int, links ptrace.SpanLinkSlice) error {
	var ids ids
	lo, hi := c.traceID.outer(i)
	links.EnsureCapacity(hi - lo)
	for k := lo; k < hi; k++ {
		l := links.AppendEmpty()
		l.SetTraceID(ids.trace(c.traceID.entries[k]))
		l.SetSpanID(ids.span(c.spanID.entries[k]))
		l.TraceState().FromRaw(c.state.entries[k])
		l.SetFlags(uint32(c.flags.entries[k]))                    // Bits were kept.
		l.SetDroppedAttributesCount(uint32(c.dropped.entries[k])) // Bits were kept.
		if err := c.attrs.fill(k, l.Attributes()); err != nil {
			return err
		}
	}
	return ids.err
}
