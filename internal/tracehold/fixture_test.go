package tracehold

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func options() Options {
	return Options{
		Hold: 30 * time.Second, Quiet: 2 * time.Second, Remember: time.Minute,
		MaxVerdicts: 10_000, MaxBytes: 1 << 30, MaxTraceBytes: 1 << 26,
	}
}

func traceID(n int) pcommon.TraceID {
	var id pcommon.TraceID
	id[0] = 1 // Trace 0 has an ID, too.
	binary.BigEndian.PutUint64(id[8:], uint64(n)*0x9e3779b97f4a7c15)
	return id
}

// spanOf adds a span to a payload, with a resource of this service and a scope;
// equal neighbors share them.
func spanOf(td ptrace.Traces, service, scope string, trace, number int) ptrace.Span {
	var rs ptrace.ResourceSpans
	n := td.ResourceSpans().Len()
	if n > 0 {
		rs = td.ResourceSpans().At(n - 1)
	}
	if n == 0 || name(rs.Resource()) != service {
		rs = td.ResourceSpans().AppendEmpty()
		rs.SetSchemaUrl("schema of " + service)
		rs.Resource().Attributes().PutStr("service.name", service)
	}
	m := rs.ScopeSpans().Len()
	if m == 0 || rs.ScopeSpans().At(m-1).Scope().Name() != scope {
		rs.ScopeSpans().AppendEmpty().Scope().SetName(scope)
		m++
	}
	span := rs.ScopeSpans().At(m - 1).Spans().AppendEmpty()
	span.SetTraceID(traceID(trace))
	span.SetSpanID(pcommon.SpanID{1, 6: byte(number >> 8), 7: byte(number)})
	span.SetParentSpanID(pcommon.SpanID{2})
	span.SetName(fmt.Sprintf("%d/%d of %s in %s", trace, number, service, scope))
	return span
}

func name(resource pcommon.Resource) string {
	v, ok := resource.Attributes().Get("service.name")
	if !ok {
		return ""
	}
	return v.Str()
}

// all names the spans of a payload, with where they come from.
func all(td ptrace.Traces) (names []string) {
	for _, rs := range td.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, span := range ss.Spans().All() {
				names = append(names, span.Name()+"|"+name(rs.Resource())+"|"+rs.SchemaUrl()+"|"+ss.Scope().Name())
			}
		}
	}
	return names
}

func allRecords(ld plog.Logs) (names []string) {
	for _, rl := range ld.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, r := range sl.LogRecords().All() {
				names = append(names, r.Body().Str()+"|"+name(rl.Resource())+"|"+sl.Scope().Name())
			}
		}
	}
	return names
}

func nothing(ptrace.ResourceSpans) (Facts, func(ptrace.ScopeSpans, ptrace.Span) Facts) {
	return 0, nil
}

// put cuts, reserves and adds a payload, and returns what was not just held.
func put(t *testing.T, s *Store[string], td ptrace.Traces, now time.Duration) (arrivals []Arrival[string]) {
	t.Helper()
	b, err := s.Cut(td, nothing)
	require.NoError(t, err)
	require.True(t, s.Reserve(b))
	s.Add(b, now, func(a Arrival[string]) { arrivals = append(arrivals, a) })
	return arrivals
}

// spansOf decodes the spans of traces, into one payload.
func spansOf(t *testing.T, traces ...*Trace) []string {
	t.Helper()
	var p Payload
	for _, tr := range traces {
		p.AddSpans(tr, nil)
	}
	td, err := p.Traces()
	require.NoError(t, err)
	return all(td)
}

// shuffled returns the spans of some traces, one payload per element, in a
// random order and random portions.
func shuffled(r *rand.Rand, traces, spans int) []ptrace.Traces {
	type item struct{ trace, number int }
	items := make([]item, 0, traces*spans)
	for i := range traces * spans {
		items = append(items, item{i / spans, i % spans})
	}
	r.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	var payloads []ptrace.Traces
	for len(items) > 0 {
		n := min(len(items), 1+r.IntN(20))
		td := ptrace.NewTraces()
		for _, it := range items[:n] {
			service, scope := fmt.Sprint("s", it.number%4), fmt.Sprint("scope", it.number%3)
			span := spanOf(td, service, scope, it.trace, it.number)
			decorate(span, it.trace, it.number)
		}
		payloads = append(payloads, td)
		items = items[n:]
	}
	return payloads
}

// decorate gives a span what features are made of.
func decorate(span ptrace.Span, trace, number int) {
	span.SetStartTimestamp(pcommon.Timestamp(1000 + 10*trace + number))
	span.SetEndTimestamp(pcommon.Timestamp(2000 + 20*trace - number))
	if number == trace%7 {
		span.SetParentSpanID(pcommon.SpanID{})
	}
	if number == 3 && trace%2 == 0 {
		span.Status().SetCode(ptrace.StatusCodeError)
	}
	if trace%3 == 0 {
		span.TraceState().FromRaw(fmt.Sprintf("ot=rv:%014x", 100+number%2))
	}
}
