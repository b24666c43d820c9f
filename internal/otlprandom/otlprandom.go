// Package otlprandom makes random OTLP payloads for tests of whatever must carry all of OTLP: full of what is
// allowed and rarely seen. There are all types of values and kinds of metrics, empty and nested maps, keys that
// appear twice, text that is not UTF-8, NaN and infinities, times from zero to the end of 64 bits, numbers that
// enumerations do not know, and resources, scopes and metrics with nothing in them.
//
// A payload depends on its seed alone, within one version of this package. For payloads that look like those of
// real programs see internal/shop.
package otlprandom

import (
	"encoding/binary"
	"math"
	"math/rand/v2"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Traces returns up to some hundred spans.
func Traces(seed uint64) ptrace.Traces {
	g := newGenerator(seed)
	td := ptrace.NewTraces()
	for range g.IntN(4) {
		rs := td.ResourceSpans().AppendEmpty()
		rs.SetSchemaUrl(g.anyText())
		g.resource(rs.Resource())
		for range g.IntN(3) {
			ss := rs.ScopeSpans().AppendEmpty()
			ss.SetSchemaUrl(g.anyText())
			g.scope(ss.Scope())
			for range g.IntN(12) {
				g.span(ss.Spans().AppendEmpty())
			}
		}
	}
	return td
}

// Logs returns up to some hundred log records.
func Logs(seed uint64) plog.Logs {
	g := newGenerator(seed)
	ld := plog.NewLogs()
	for range g.IntN(4) {
		rl := ld.ResourceLogs().AppendEmpty()
		rl.SetSchemaUrl(g.anyText())
		g.resource(rl.Resource())
		for range g.IntN(3) {
			sl := rl.ScopeLogs().AppendEmpty()
			sl.SetSchemaUrl(g.anyText())
			g.scope(sl.Scope())
			for range g.IntN(12) {
				g.record(sl.LogRecords().AppendEmpty())
			}
		}
	}
	return ld
}

// generator is a source of random parts.
type generator struct{ *rand.Rand }

func newGenerator(seed uint64) generator { return generator{rand.New(rand.NewPCG(seed, 0x07b9))} }

func (g generator) flip() bool { return g.IntN(2) == 0 }

// small returns numbers of all sizes.
func (g generator) small() uint32 { return g.Uint32() >> g.IntN(32) }

// count returns numbers of all sizes.
func (g generator) count() uint64 { return g.Uint64() >> g.IntN(64) }

func (g generator) integer() int64 { return int64(g.count()) * int64(1-2*g.IntN(2)) }

// text returns UTF-8, often empty, mostly repeated.
func (g generator) text() string {
	texts := []string{
		"", "a", "b", "checkout", "GET /cart/{id}", "\"quoted\\\n\x00\x7f\"", "\u00e9\u4e16\U0001F600\u2028", "true", "42", "null", "unknown_service",
	}
	if g.IntN(8) == 0 {
		return "n" + string(rune('a'+g.IntN(26))) + string(rune(0x20+g.IntN(0x5000)))
	}
	return texts[g.IntN(len(texts))]
}

// anyText is text that need not be UTF-8.
func (g generator) anyText() string {
	if g.IntN(8) == 0 {
		texts := []string{"\xff", "a\xc3(", "\xed\xa0\x80", "ok\xf0\x28\xff\xff!"}
		return texts[g.IntN(len(texts))]
	}
	return g.text()
}

// time returns times within two hours, none, or one far away.
func (g generator) time() pcommon.Timestamp {
	switch g.IntN(20) {
	case 0, 1:
		return 0
	case 2:
		return math.MaxUint64
	case 3:
		return math.MaxInt64
	case 4:
		return pcommon.Timestamp(1 + g.Uint64N(999))
	default:
		return pcommon.Timestamp(1_790_000_000_000_000_000 + g.Uint64N(7200e9))
	}
}

func (g generator) traceID() (id pcommon.TraceID) {
	if g.IntN(8) > 0 {
		binary.BigEndian.PutUint64(id[8:], g.Uint64N(50))
	}
	return id
}

func (g generator) spanID() (id pcommon.SpanID) {
	if g.IntN(8) > 0 {
		binary.BigEndian.PutUint64(id[:], g.Uint64())
	}
	return id
}

func (g generator) double() float64 {
	special := []float64{
		0, math.Copysign(0, -1), 1, -2.5, 0.1, 1e21, math.MaxFloat64, math.SmallestNonzeroFloat64,
		math.NaN(), math.Inf(1), math.Inf(-1), 1 << 60,
	}
	if g.flip() {
		return special[g.IntN(len(special))]
	}
	return g.NormFloat64()
}

func (g generator) resource(r pcommon.Resource) {
	g.attributes(r.Attributes())
	r.SetDroppedAttributesCount(g.small())
}

func (g generator) scope(s pcommon.InstrumentationScope) {
	s.SetName(g.anyText())
	s.SetVersion(g.text())
	s.SetDroppedAttributesCount(g.small())
	g.attributes(s.Attributes())
}

func (g generator) span(s ptrace.Span) {
	s.SetTraceID(g.traceID())
	s.SetSpanID(g.spanID())
	s.SetParentSpanID(g.spanID())
	s.TraceState().FromRaw(g.anyText())
	s.SetFlags(g.small())
	s.SetName(g.anyText())
	s.SetKind(ptrace.SpanKind(g.IntN(9) - 1))
	s.SetStartTimestamp(g.time())
	s.SetEndTimestamp(g.time())
	s.Status().SetCode(ptrace.StatusCode(g.IntN(5) - 1))
	s.Status().SetMessage(g.anyText())
	s.SetDroppedAttributesCount(g.small())
	s.SetDroppedEventsCount(g.small())
	s.SetDroppedLinksCount(g.small())
	g.attributes(s.Attributes())
	for range max(0, g.IntN(5)-1) {
		g.event(s.Events().AppendEmpty())
	}
	for range max(0, g.IntN(4)-1) {
		g.link(s.Links().AppendEmpty())
	}
}

func (g generator) event(e ptrace.SpanEvent) {
	e.SetName(g.anyText())
	e.SetTimestamp(g.time())
	e.SetDroppedAttributesCount(g.small())
	g.attributes(e.Attributes())
	if g.flip() {
		e.SetName("exception")
		e.Attributes().PutStr("exception.type", g.anyText())
	}
}

func (g generator) link(l ptrace.SpanLink) {
	l.SetTraceID(g.traceID())
	l.SetSpanID(g.spanID())
	l.TraceState().FromRaw(g.anyText())
	l.SetFlags(g.small())
	l.SetDroppedAttributesCount(g.small())
	g.attributes(l.Attributes())
}

func (g generator) record(r plog.LogRecord) {
	r.SetTimestamp(g.time())
	r.SetObservedTimestamp(g.time())
	r.SetSeverityNumber(plog.SeverityNumber(g.IntN(30) - 2))
	r.SetSeverityText(g.anyText())
	r.SetEventName(g.anyText())
	r.SetTraceID(g.traceID())
	r.SetSpanID(g.spanID())
	r.SetFlags(plog.LogRecordFlags(g.small()))
	r.SetDroppedAttributesCount(g.small())
	g.value(r.Body(), 0)
	g.attributes(r.Attributes())
}
