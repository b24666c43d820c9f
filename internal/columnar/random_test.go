package columnar

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// random makes payloads full of what is allowed and rarely seen.
type random struct{ *rand.Rand }

func newRandom(seed uint64) random { return random{rand.New(rand.NewPCG(seed, 7))} }

func (r random) oneOf(from ...string) string { return from[r.IntN(len(from))] }

// text returns valid UTF-8, often empty, mostly repeated.
func (r random) text() string {
	return r.oneOf("", "a", "b", "payments", "GET /x", "\"quoted\\\n\x00\"", "\u00e9\u4e16\U0001F600", fmt.Sprint("n", r.IntN(1000)))
}

// anyText is text that need not be UTF-8.
func (r random) anyText() string {
	if r.IntN(6) == 0 {
		return r.oneOf("\xff", "a\xc3(", "\xed\xa0\x80", "ok\xf0\x28")
	}
	return r.text()
}

func (r random) time() pcommon.Timestamp {
	switch r.IntN(12) {
	case 0:
		return 0
	case 1:
		return pcommon.Timestamp(math.MaxUint64 - r.Uint64N(4e12)) // Before 1970.
	default:
		return pcommon.Timestamp(1_790_000_000_000_000_000 + r.Uint64N(3600e9))
	}
}

func (r random) traceID() (id pcommon.TraceID) {
	if r.IntN(8) > 0 {
		binary.BigEndian.PutUint64(id[8:], r.Uint64N(50))
	}
	return id
}

func (r random) spanID() (id pcommon.SpanID) {
	if r.IntN(8) > 0 {
		binary.BigEndian.PutUint64(id[:], r.Uint64())
	}
	return id
}

func (r random) double() float64 {
	special := []float64{0, math.Copysign(0, -1), 1, -2.5, 1e300, 5e-324, math.NaN(), math.Inf(1), math.Inf(-1), 1 << 60}
	if r.IntN(2) == 0 {
		return special[r.IntN(len(special))]
	}
	return r.NormFloat64()
}

func (r random) value(v pcommon.Value, depth int) {
	kinds := 8
	if depth > 2 {
		kinds = 6
	}
	switch r.IntN(kinds) {
	case 0:
		v.SetStr(r.anyText())
	case 1:
		v.SetInt(r.Int64() >> r.IntN(64) * int64(1-2*r.IntN(2)))
	case 2:
		v.SetDouble(r.double())
	case 3:
		v.SetBool(r.IntN(2) == 0)
	case 4:
		v.SetEmptyBytes().FromRaw([]byte(r.anyText()))
	case 5: // Stays empty.
	case 6:
		s := v.SetEmptySlice()
		for range r.IntN(4) {
			r.value(s.AppendEmpty(), depth+1)
		}
	default:
		m := v.SetEmptyMap()
		for range r.IntN(4) {
			r.value(m.PutEmpty(r.anyText()), depth+1)
		}
	}
}

// attributes fills m with keys of the promoted columns, of either right or wrong type, and others.
func (r random) attributes(m pcommon.Map, columns []column) {
	for range r.IntN(6) {
		key := r.text()
		if c := columns[r.IntN(len(columns))]; c.key != "" && r.IntN(3) > 0 {
			key = c.key
			if r.IntN(3) > 0 {
				if c.kind == kindInt32 {
					m.PutInt(key, r.Int64N(1<<33)-1<<32)
				} else {
					m.PutStr(key, r.oneOf(r.anyText(), unknownService))
				}
				continue
			}
		}
		r.value(m.PutEmpty(key), 0)
	}
}

func (r random) resource(res pcommon.Resource, columns []column) {
	r.attributes(res.Attributes(), columns)
	res.SetDroppedAttributesCount(r.Uint32() >> r.IntN(32))
}

func (r random) scope(s pcommon.InstrumentationScope) {
	s.SetName(r.text())
	s.SetVersion(r.text())
	s.SetDroppedAttributesCount(r.Uint32() >> r.IntN(32))
	r.attributes(s.Attributes(), traces().columns)
}

func (r random) traces() ptrace.Traces {
	td := ptrace.NewTraces()
	for range r.IntN(4) {
		rs := td.ResourceSpans().AppendEmpty()
		rs.SetSchemaUrl(r.text())
		r.resource(rs.Resource(), traces().columns)
		for range r.IntN(3) {
			ss := rs.ScopeSpans().AppendEmpty()
			ss.SetSchemaUrl(r.text())
			r.scope(ss.Scope())
			for range r.IntN(12) {
				r.span(ss.Spans().AppendEmpty())
			}
		}
	}
	return td
}

func (r random) span(s ptrace.Span) {
	s.SetTraceID(r.traceID())
	s.SetSpanID(r.spanID())
	s.SetParentSpanID(r.spanID())
	s.TraceState().FromRaw(r.text())
	s.SetFlags(r.Uint32() >> r.IntN(32))
	s.SetName(r.text())
	s.SetKind(ptrace.SpanKind(r.IntN(8)))
	s.SetStartTimestamp(r.time())
	s.SetEndTimestamp(r.time())
	s.Status().SetCode(ptrace.StatusCode(r.IntN(4)))
	s.Status().SetMessage(r.text())
	s.SetDroppedAttributesCount(r.Uint32() >> r.IntN(32))
	s.SetDroppedEventsCount(r.Uint32() >> r.IntN(32))
	s.SetDroppedLinksCount(r.Uint32() >> r.IntN(32))
	r.attributes(s.Attributes(), traces().columns)
	for range r.IntN(4) - 1 {
		e := s.Events().AppendEmpty()
		e.SetName(r.oneOf("exception", r.text()))
		e.SetTimestamp(r.time())
		e.SetDroppedAttributesCount(r.Uint32() >> r.IntN(32))
		r.attributes(e.Attributes(), traces().columns)
		if r.IntN(2) == 0 {
			e.Attributes().PutStr("exception.type", r.text())
		}
	}
	for range r.IntN(4) - 1 {
		l := s.Links().AppendEmpty()
		l.SetTraceID(r.traceID())
		l.SetSpanID(r.spanID())
		l.TraceState().FromRaw(r.text())
		l.SetFlags(r.Uint32() >> r.IntN(32))
		l.SetDroppedAttributesCount(r.Uint32() >> r.IntN(32))
		r.attributes(l.Attributes(), traces().columns)
	}
}

func (r random) logs() plog.Logs {
	ld := plog.NewLogs()
	for range r.IntN(4) {
		rl := ld.ResourceLogs().AppendEmpty()
		rl.SetSchemaUrl(r.text())
		r.resource(rl.Resource(), logs().columns)
		for range r.IntN(3) {
			sl := rl.ScopeLogs().AppendEmpty()
			sl.SetSchemaUrl(r.text())
			r.scope(sl.Scope())
			for range r.IntN(12) {
				record := sl.LogRecords().AppendEmpty()
				record.SetTimestamp(r.time())
				record.SetObservedTimestamp(r.time())
				record.SetSeverityNumber(plog.SeverityNumber(r.IntN(30)))
				record.SetSeverityText(r.text())
				record.SetEventName(r.text())
				record.SetTraceID(r.traceID())
				record.SetSpanID(r.spanID())
				record.SetFlags(plog.LogRecordFlags(r.Uint32() >> r.IntN(32)))
				record.SetDroppedAttributesCount(r.Uint32() >> r.IntN(32))
				r.value(record.Body(), 0)
				r.attributes(record.Attributes(), logs().columns)
			}
		}
	}
	return ld
}

func (r random) metrics() pmetric.Metrics {
	md := pmetric.NewMetrics()
	for range r.IntN(4) {
		rm := md.ResourceMetrics().AppendEmpty()
		rm.SetSchemaUrl(r.text())
		r.resource(rm.Resource(), metrics().columns)
		for range r.IntN(3) {
			sm := rm.ScopeMetrics().AppendEmpty()
			sm.SetSchemaUrl(r.text())
			r.scope(sm.Scope())
			for range r.IntN(8) {
				r.metric(sm.Metrics().AppendEmpty())
			}
		}
	}
	return md
}
