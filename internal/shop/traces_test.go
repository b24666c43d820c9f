package shop

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// eachSpan calls visit for each span of td with its resource.
func eachSpan(td ptrace.Traces, visit func(pcommon.Resource, ptrace.Span)) {
	for _, rs := range td.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, span := range ss.Spans().All() {
				visit(rs.Resource(), span)
			}
		}
	}
}

// Each span's parent is in the same payload and trace, began no later than its
// child, and each trace has one root.
func TestTracesAreWhole(t *testing.T) {
	s := New(11)
	for _, n := range []int{1, 40, 1000} {
		td := s.Traces(n, noon)
		spans := map[pcommon.TraceID]map[pcommon.SpanID]ptrace.Span{}
		eachSpan(td, func(_ pcommon.Resource, span ptrace.Span) {
			if spans[span.TraceID()] == nil {
				spans[span.TraceID()] = map[pcommon.SpanID]ptrace.Span{}
			}
			require.NotContains(t, spans[span.TraceID()], span.SpanID())
			spans[span.TraceID()][span.SpanID()] = span
			require.False(t, span.TraceID().IsEmpty())
			require.False(t, span.SpanID().IsEmpty())
			require.Less(t, span.StartTimestamp(), span.EndTimestamp())
			require.LessOrEqual(t, span.EndTimestamp(), stamp(noon))
		})
		for _, trace := range spans {
			roots := 0
			for _, span := range trace {
				if span.ParentSpanID().IsEmpty() {
					roots++
					continue
				}
				parent, ok := trace[span.ParentSpanID()]
				require.True(t, ok, "a span whose parent is missing")
				require.LessOrEqual(t, parent.StartTimestamp(), span.StartTimestamp())
			}
			require.Equal(t, 1, roots)
		}
	}
}

// The share of spans with an error stays where dashboards are of use, and each
// error is explained somewhere in its trace.
func TestErrorsAreRareAndExplained(t *testing.T) {
	s := New(5)
	total, failed := 0, 0
	explained, broken := map[pcommon.TraceID]bool{}, map[pcommon.TraceID]bool{}
	for range 40 {
		eachSpan(s.Traces(1000, noon), func(_ pcommon.Resource, span ptrace.Span) {
			total++
			if span.Status().Code() == ptrace.StatusCodeError {
				failed++
				broken[span.TraceID()] = true
				_, ok := span.Attributes().Get("error.type")
				require.True(t, ok)
			}
			for _, event := range span.Events().All() {
				if trace, ok := event.Attributes().Get("exception.stacktrace"); ok {
					require.Greater(t, len(trace.Str()), 200)
					require.NotContains(t, trace.Str(), "%!")
					explained[span.TraceID()] = true
				}
			}
		})
	}
	share := float64(failed) / float64(total)
	require.Greater(t, share, 0.01)
	require.Less(t, share, 0.02)
	require.Equal(t, broken, explained)
}

// Payloads look like those of a collector in use: several spans per resource,
// 10 to 15 attributes, all kinds of spans, links now and then.
func TestTracesLookReal(t *testing.T) {
	s := New(2)
	var sizes []int
	kinds, systems := map[ptrace.SpanKind]int{}, map[string]int{}
	attributes, links, total := 0, 0, 0
	durations := []time.Duration{}
	for range 10 {
		td := s.Traces(1000, noon)
		for _, rs := range td.ResourceSpans().All() {
			n := 0
			for _, ss := range rs.ScopeSpans().All() {
				n += ss.Spans().Len()
			}
			sizes = append(sizes, n)
		}
		eachSpan(td, func(_ pcommon.Resource, span ptrace.Span) {
			total++
			kinds[span.Kind()]++
			attributes += span.Attributes().Len()
			links += span.Links().Len()
			durations = append(durations, time.Duration(span.EndTimestamp()-span.StartTimestamp()))
			if v, ok := span.Attributes().Get("db.system.name"); ok {
				systems[v.Str()]++
			}
		})
	}
	slices.Sort(sizes)
	slices.Sort(durations)
	require.GreaterOrEqual(t, sizes[len(sizes)/2], 4, "spans of the median resource")
	require.LessOrEqual(t, sizes[len(sizes)-1], sdkBatch)
	require.Len(t, kinds, 5)
	require.Len(t, systems, 5)
	require.InDelta(t, 12.5, float64(attributes)/float64(total), 2.5)
	require.InDelta(t, 0.015, float64(links)/float64(total), 0.01)
	require.Greater(t, durations[len(durations)*99/100], 10*durations[len(durations)/2], "a long tail")
}

// No flow is larger than a trace should be, and each service takes part.
func TestFlowsUseAllServices(t *testing.T) {
	used := map[*service]bool{}
	var walk func(*step)
	walk = func(s *step) {
		used[s.service] = true
		for _, c := range s.calls {
			walk(c)
		}
	}
	for _, f := range flows {
		require.LessOrEqual(t, f.size, 14)
		require.GreaterOrEqual(t, f.size, 3)
		require.NotNil(t, f.root.service)
		walk(f.root)
	}
	for _, svc := range services {
		require.True(t, used[svc], svc.name)
	}
}
