package shop

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// SchemaURL is the version of the semantic conventions that the resources and
// scopes claim to follow.
const SchemaURL = "https://opentelemetry.io/schemas/1.37.0"

// sdkBatch is the largest number of spans or log records of one resource.
const sdkBatch = 128

// Traces returns n spans of traces that ended in the second before at. Traces
// are whole: the parent of each span is in the same payload. What is left when
// no trace fits any more is filled with health probes of one span each.
//
// Spans come as an agent forwards them, in batches of one pod each of up to
// 128 spans; a pod can have several. n < 1 gives an empty payload.
func (s *Shop) Traces(n int, at time.Time) ptrace.Traces {
	d := s.traces.dice
	crews := s.fleet.crews(d, n)
	refs := make([]executed, 0, max(n, 0))
	for len(refs) < n {
		r := simulate(d, pickFlow(d, n-len(refs)), pick(d, crews), at)
		if causes := s.recent.any(d); r.spans[0].step.kind == consumeMessage && causes != nil {
			r.cause = &spanRef{trace: causes.id, span: causes.spans[0].id}
		}
		s.recent.add(r)
		for i := range r.spans {
			refs = append(refs, executed{request: r, span: &r.spans[i]})
		}
	}
	slices.SortStableFunc(refs, executed.compare)
	td := ptrace.NewTraces()
	batches(refs, func(batch []executed) {
		rs := td.ResourceSpans().AppendEmpty()
		batch[0].span.pod.resource.CopyTo(rs.Resource().Attributes())
		rs.SetSchemaUrl(SchemaURL)
		var scope ptrace.ScopeSpans
		library := ""
		for _, e := range batch {
			if l := e.span.library(); l != library {
				library = l
				scope = rs.ScopeSpans().AppendEmpty()
				putScope(scope.Scope(), e.span.pod.service, l)
				scope.SetSchemaUrl(SchemaURL)
			}
			out := scope.Spans().AppendEmpty()
			e.write(d, out)
			s.number(&s.traces, out.Attributes())
		}
	})
	return td
}

// executed is a span with the request that it belongs to.
type executed struct {
	request *request
	span    *span
}

// compare orders spans by pod and instrumentation library.
func (e executed) compare(other executed) int {
	return cmp.Or(
		cmp.Compare(e.span.pod.index, other.span.pod.index),
		cmp.Compare(e.span.library(), other.span.library()),
	)
}

// batches cuts sorted, which is ordered by pod, into batches of one pod each.
func batches(sorted []executed, emit func([]executed)) {
	for len(sorted) > 0 {
		n := 1
		for n < len(sorted) && n < sdkBatch && sorted[n].span.pod == sorted[0].span.pod {
			n++
		}
		emit(sorted[:n])
		sorted = sorted[n:]
	}
}

// library is what instruments the span's step.
func (sp *span) library() string {
	switch sp.step.kind {
	case serveHTTP, callHTTP:
		return "http"
	case serveRPC, callRPC:
		return "grpc"
	case runQuery:
		return sp.step.backend.system
	case publishMessage, consumeMessage:
		return "kafka"
	default:
		return "annotations"
	}
}

func putScope(scope pcommon.InstrumentationScope, svc *service, library string) {
	scope.SetName(fmt.Sprintf(svc.lang.scope, library))
	scope.SetVersion(svc.lang.scopeVersion)
}

// W3C trace flags and the bits by which OTLP says whether a parent is remote.
const (
	flagSampled      = 0x001
	flagRemoteKnown  = 0x100
	flagParentRemote = 0x200
)

// write fills out, except for the sequence number.
func (e executed) write(d dice, out ptrace.Span) {
	sp := e.span
	out.SetTraceID(e.request.id)
	out.SetSpanID(sp.id)
	spanFlags := uint32(flagSampled | flagRemoteKnown)
	if sp.parent >= 0 {
		parent := &e.request.spans[sp.parent]
		out.SetParentSpanID(parent.id)
		if parent.pod != sp.pod {
			spanFlags |= flagParentRemote
		}
	}
	out.SetFlags(spanFlags)
	out.SetName(sp.name())
	out.SetKind(sp.kind())
	out.SetStartTimestamp(stamp(e.request.begin.Add(sp.start)))
	out.SetEndTimestamp(stamp(e.request.begin.Add(sp.end)))
	out.Attributes().EnsureCapacity(16)
	e.attributes(d, out.Attributes())
	e.result(out)
	if sp.parent < 0 && e.request.cause != nil {
		link := out.Links().AppendEmpty()
		link.SetTraceID(e.request.cause.trace)
		link.SetSpanID(e.request.cause.span)
		link.Attributes().PutStr("messaging.destination.name", sp.step.target)
	}
	if sp.step.kind == serveHTTP && d.chance(0.05) {
		event := out.Events().AppendEmpty()
		event.SetName("feature_flag.evaluation")
		event.SetTimestamp(stamp(e.request.begin.Add(sp.start + ms/10)))
		event.Attributes().PutStr("feature_flag.key", pick(d, []string{"new-checkout", "dark-mode", "fast-search"}))
		event.Attributes().PutStr("feature_flag.result.variant", pick(d, []string{"on", "off"}))
	}
}

// result writes the span's status and, where a failure began, its exception.
func (e executed) result(out ptrace.Span) {
	sp := e.span
	if !sp.failed {
		return
	}
	out.Status().SetCode(ptrace.StatusCodeError)
	if sp.fault == nil {
		errorType := "_OTHER" // What the conventions name a failure without a class of its own.
		if sp.status > 0 {
			errorType = fmt.Sprint(sp.status)
		}
		out.Attributes().PutStr("error.type", errorType)
		return
	}
	out.Status().SetMessage(sp.fault.message)
	out.Attributes().PutStr("error.type", sp.fault.errorType)
	event := out.Events().AppendEmpty()
	event.SetName("exception")
	event.SetTimestamp(stamp(e.request.begin.Add(sp.end)))
	sp.fault.put(event.Attributes())
}

func (sp *span) name() string {
	st := sp.step
	switch st.kind {
	case serveHTTP:
		return st.method + " " + st.target
	case callHTTP:
		return st.method
	case serveRPC, callRPC:
		return st.target + "/" + st.method
	case runQuery:
		if st.target == "" {
			return st.method
		}
		return st.method + " " + st.target
	case publishMessage, consumeMessage:
		return st.method + " " + st.target
	default:
		return st.method
	}
}

func (sp *span) kind() ptrace.SpanKind {
	switch sp.step.kind {
	case serveHTTP, serveRPC:
		return ptrace.SpanKindServer
	case callHTTP, callRPC, runQuery:
		return ptrace.SpanKindClient
	case publishMessage:
		return ptrace.SpanKindProducer
	case consumeMessage:
		return ptrace.SpanKindConsumer
	default:
		return ptrace.SpanKindInternal
	}
}
