package datastreamrouterconnector

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

type tracesBench = bench[ptrace.Traces, consumer.Traces]

// holdingBench is a router that holds traces and is started; each stream has a
// pipeline, but for those without.
func holdingBench(t *testing.T, cfg *Config, without ...string) *tracesBench {
	var pipes []*pipe[ptrace.Traces]
	for i := range cfg.Streams {
		s := &cfg.Streams[i]
		s.WhenRefused, s.RetryFor, s.Timeout = refusalRetry, defaultRetryFor, defaultTimeout
		if !slices.Contains(without, s.Name) {
			pipes = append(pipes, &pipe[ptrace.Traces]{name: s.Name})
		}
	}
	b := newBench(t, tracesSubject, cfg, pipes...)
	require.NoError(t, b.member.start(t.Context(), componenttest.NewNopHost()))
	return b
}

// trace builds spans of the trace with this number, one per word: the service,
// then "r" for a root, "e" for an error.
func trace(number byte, words string) ptrace.Traces {
	td := ptrace.NewTraces()
	for i, word := range strings.Fields(words) {
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", word[:1])
		span := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
		span.SetName(word)
		span.SetTraceID(pcommon.TraceID{0: 1, 15: number})
		span.SetSpanID(pcommon.SpanID{7: byte(i + 1)})
		if !strings.Contains(word, "r") {
			span.SetParentSpanID(pcommon.SpanID{7: 99})
		}
		if strings.Contains(word, "e") {
			span.Status().SetCode(ptrace.StatusCodeError)
		}
		now := pcommon.NewTimestampFromTime(time.Now())
		span.SetStartTimestamp(now)
		span.SetEndTimestamp(now)
	}
	return td
}

func tracesConfig(integrity string) *Config {
	cfg := createDefaultConfig().(*Config)
	cfg.Streams = []StreamConfig{
		{Name: "x", Select: services("a", "b")},
		{Name: "y", Select: services("c")},
		{Name: "rest", Default: true},
	}
	cfg.Traces.Integrity = integrity
	return cfg
}

// In each mode the spans of one trace go where the mode says.
func TestIntegrity(t *testing.T) {
	for _, tt := range []struct {
		integrity, x, y, rest string
	}{
		{integrityRoot, "ar b c z", "", ""},
		{integrityAny, "ar b c z", "ar b c z", "ar b c z"},
	} {
		t.Run(tt.integrity, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := holdingBench(t, tracesConfig(tt.integrity))
				b.send(trace(1, "ar b"))
				b.send(trace(1, "c z"))
				time.Sleep(defaultQuiet + 2*turnInterval)
				synctest.Wait()
				b.got("x", strings.Fields(tt.x)...)
				b.got("y", append([]string(nil), strings.Fields(tt.y)...)...)
				b.got("rest", append([]string(nil), strings.Fields(tt.rest)...)...)
				require.NoError(t, b.shutdown(t.Context()))
			})
		})
	}
}
