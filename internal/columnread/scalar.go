package columnread

import (
	"encoding/hex"
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// timeColumns are a time: whole microseconds, and the nanoseconds beyond them.
type timeColumns struct {
	micros *leaf[int64, int64]
	nanos  *leaf[int32, int32]
}

func bindTime(t *table, path string, lists int) timeColumns {
	return timeColumns{bindNumberIn[int64](t, path, lists), bindNumberIn[int32](t, path+"_nanos", lists)}
}

// at returns the time of entry i, 0 where it is null.
func (c timeColumns) at(i int) pcommon.Timestamp {
	if !c.micros.has(i) {
		return 0
	}
	return timestamp(c.micros.entries[i]*1000 + int64(c.nanos.entries[i])) // Wraps around as the writer did.
}

// timestamp returns the time of ns: those beyond 2262 were written as negative ones.
func timestamp(ns int64) pcommon.Timestamp { return pcommon.Timestamp(ns) } // Bits were kept.

// ids reads short texts of fixed forms. After the first mistake err is set, and what it returns means nothing.
type ids struct{ err error }

func (d *ids) trace(text string) (id pcommon.TraceID) {
	d.hex(text, id[:])
	return id
}

func (d *ids) span(text string) (id pcommon.SpanID) {
	d.hex(text, id[:])
	return id
}

// hex reads an id; empty text is none.
func (d *ids) hex(text string, id []byte) {
	if text == "" {
		return
	}
	if len(text) != 2*len(id) {
		d.err = damagedf("%q is no id", text)
		return
	}
	if _, err := hex.Decode(id, []byte(text)); err != nil {
		d.err = damagedf("%q is no id: %w", text, err)
	}
}

// name returns the number of an enumeration's name, or the number that stands for one without name.
func (d *ids) name(text string, known map[string]int32) int32 {
	if n, ok := known[text]; ok {
		return n
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		d.err = damagedf("%q is none of the names it could be", text)
	}
	return int32(n)
}

// The names of the enumerations.
var (
	spanKinds = map[string]int32{
		"UNSPECIFIED": int32(ptrace.SpanKindUnspecified),
		"INTERNAL":    int32(ptrace.SpanKindInternal),
		"SERVER":      int32(ptrace.SpanKindServer),
		"CLIENT":      int32(ptrace.SpanKindClient),
		"PRODUCER":    int32(ptrace.SpanKindProducer),
		"CONSUMER":    int32(ptrace.SpanKindConsumer),
	}
	statusCodes = map[string]int32{
		"UNSET": int32(ptrace.StatusCodeUnset),
		"OK":    int32(ptrace.StatusCodeOk),
		"ERROR": int32(ptrace.StatusCodeError),
	}
	temporalities = map[string]int32{
		"UNSPECIFIED": int32(pmetric.AggregationTemporalityUnspecified),
		"DELTA":       int32(pmetric.AggregationTemporalityDelta),
		"CUMULATIVE":  int32(pmetric.AggregationTemporalityCumulative),
	}
)
