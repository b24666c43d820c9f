package columnar

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// logFiller fills the columns of logColumns.
type logFiller struct {
	*origin

	time, observed                                   *numberColumn[int64]
	timeNanos, observedNanos                         *numberColumn[int32]
	severity, flags, droppedAttrs                    *numberColumn[int32]
	isObserved                                       *numberColumn[bool]
	severityText, body, bodyType, eventName, traceID *textColumn
	spanID                                           *idColumn
	attrs                                            *attributeColumns

	value   []byte              // text of the current body
	records plog.LogRecordSlice // of the current scope
}

func newLogFiller(g *group, columns []column) filler[plog.Logs] {
	return &logFiller{
		origin:        bindOrigin(g, columns),
		time:          bind[*numberColumn[int64]](g, "time"),
		timeNanos:     bind[*numberColumn[int32]](g, "time_nanos"),
		isObserved:    bind[*numberColumn[bool]](g, "time_is_observed"),
		observed:      bind[*numberColumn[int64]](g, "observed_time"),
		observedNanos: bind[*numberColumn[int32]](g, "observed_time_nanos"),
		severity:      bind[*numberColumn[int32]](g, "severity_number"),
		severityText:  bind[*textColumn](g, "severity_text"),
		body:          bind[*textColumn](g, "body"),
		bodyType:      bind[*textColumn](g, "body_type"),
		eventName:     bind[*textColumn](g, "event_name"),
		traceID:       bind[*textColumn](g, "trace_id"),
		spanID:        bind[*idColumn](g, "span_id"),
		flags:         bind[*numberColumn[int32]](g, "flags"),
		attrs:         bindAttributes(g, "attributes", columns, scopeItem),
		droppedAttrs:  bind[*numberColumn[int32]](g, "dropped_attributes_count"),
	}
}

func (f *logFiller) leave() {
	f.at = place{}
	f.records = plog.LogRecordSlice{}
}

func (f *logFiller) reset() {
	f.leave()
	f.origin.reset()
	f.attrs.reset()
	f.value = recycle(f.value)
}

// logTime returns the event time of a record.
func logTime(r plog.LogRecord) pcommon.Timestamp {
	if t := r.Timestamp(); t != 0 {
		return t
	}
	return r.ObservedTimestamp()
}

// logRows appends a Row for each row of ld, in payload order.
func logRows(ld plog.Logs, dst []Row) []Row {
	for r, rl := range ld.ResourceLogs().All() {
		for s, sl := range rl.ScopeLogs().All() {
			for i, record := range sl.LogRecords().All() {
				dst = append(dst, newRow(logTime(record), r, s, i, 0))
			}
		}
	}
	return dst
}

func (f *logFiller) add(ld plog.Logs, r Row, i int) {
	if step := f.at.move(r); step >= stepScope {
		rl := ld.ResourceLogs().At(int(r.resource))
		sl := rl.ScopeLogs().At(int(r.scope))
		f.enter(step, rl.Resource(), rl.SchemaUrl(), sl.Scope(), sl.SchemaUrl())
		f.records = sl.LogRecords()
	}
	f.put()
	f.record(i, f.records.At(int(r.item)))
}

func (f *logFiller) record(i int, r plog.LogRecord) {
	us, nanos := micros(logTime(r))
	f.time.put(i, us)
	f.timeNanos.put(i, nanos)
	f.isObserved.put(i, r.Timestamp() == 0)
	us, nanos = micros(r.ObservedTimestamp())
	f.observed.put(i, us)
	f.observedNanos.put(i, nanos)
	f.severity.put(i, int32(r.SeverityNumber()))
	f.severityText.putNonEmpty(i, r.SeverityText())
	f.addBody(i, r.Body())
	f.eventName.putNonEmpty(i, r.EventName())
	f.traceID.put(i, f.traceID.traceIDCode(r.TraceID()))
	spanID := r.SpanID()
	f.spanID.put(i, spanID[:])
	putNonZero(f.flags, i, int32(r.Flags())) // Bits are kept.
	f.attrs.putRow(i, r.Attributes())
	putNonZero(f.droppedAttrs, i, int32(r.DroppedAttributesCount())) // Bits are kept.
}

func (f *logFiller) addBody(i int, body pcommon.Value) {
	var letter byte
	f.value, letter = appendValue(f.value[:0], body)
	f.body.put(i, f.body.dict.code(asString(f.value)))
	f.bodyType.putText(i, asString([]byte{letter}))
}
