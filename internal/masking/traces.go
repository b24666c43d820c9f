package masking

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// traces masks all texts of td.
func (w *worker) traces(td ptrace.Traces) {
	eachScope(w, td.ResourceSpans(), ptrace.ResourceSpans.ScopeSpans, (*worker).spans)
}

func (w *worker) spans(ss ptrace.ScopeSpans) {
	spans := ss.Spans()
	for i := range spans.Len() {
		w.span(spans.At(i))
	}
}

func (w *worker) span(s ptrace.Span) {
	w.dropRecord = false
	if out, changed := w.plainText(s.Name(), SpanName); changed {
		s.SetName(out)
	}
	if out, changed := w.plainText(s.Status().Message(), StatusMessage); changed {
		s.Status().SetMessage(out)
	}
	w.traceState(s.TraceState())
	w.attributes(s.Attributes(), SpanAttributes)
	events := s.Events()
	for i := range events.Len() {
		event := events.At(i)
		if out, changed := w.plainText(event.Name(), EventName); changed {
			event.SetName(out)
		}
		w.attributes(event.Attributes(), EventAttributes)
	}
	links := s.Links()
	for i := range links.Len() {
		w.traceState(links.At(i).TraceState())
		w.attributes(links.At(i).Attributes(), LinkAttributes)
	}
	if w.countDropped(w.dropRecord) {
		skeleton(s)
	}
}

func (w *worker) traceState(ts pcommon.TraceState) {
	if out, changed := w.plainText(ts.AsRaw(), TraceState); changed {
		ts.FromRaw(out)
	}
}

// SkeletonKey is the attribute, true, of spans of which only the skeleton is
// left.
const SkeletonKey = "masking.skeleton"

// skeleton leaves of a span what the trace needs to stay whole: ids, kind,
// times and status code.
func skeleton(s ptrace.Span) {
	s.SetName("masked")
	s.Status().SetMessage("")
	s.TraceState().FromRaw("")
	s.Attributes().Clear()
	s.Attributes().PutBool(SkeletonKey, true)
	s.Events().RemoveIf(func(ptrace.SpanEvent) bool { return true })
	s.Links().RemoveIf(func(ptrace.SpanLink) bool { return true })
}
