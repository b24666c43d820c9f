package columnread

import "go.opentelemetry.io/collector/pdata/plog"

// logReader makes log records of rows.
type logReader struct {
	groups grouper[plog.ResourceLogs, plog.ScopeLogs]
	attrs  *attributes

	time, observed               timeColumns
	isObserved                   *leaf[bool, bool]
	severity, flags, dropped     *leaf[int32, int32]
	severityText, body, bodyType *textLeaf
	eventName, traceID, spanID   *textLeaf
}

func newLogReader(t *table, info *Info) payloadReader[plog.Logs] {
	r := &logReader{
		attrs:        bindAttributes(t, "attributes", 0, info.Item),
		time:         bindTime(t, "time", 0),
		observed:     bindTime(t, "observed_time", 0),
		isObserved:   bindNumber[bool](t, "time_is_observed"),
		severity:     bindNumber[int32](t, "severity_number"),
		flags:        bindNumber[int32](t, "flags"),
		dropped:      bindNumber[int32](t, "dropped_attributes_count"),
		severityText: bindText(t, "severity_text"),
		body:         bindText(t, "body"),
		bodyType:     bindText(t, "body_type"),
		eventName:    bindText(t, "event_name"),
		traceID:      bindText(t, "trace_id"),
		spanID:       bindText(t, "span_id"),
	}
	r.groups.originColumns = bindOrigin(t, info.Resource)
	r.groups.addScope = func(rl plog.ResourceLogs) plog.ScopeLogs { return rl.ScopeLogs().AppendEmpty() }
	return r
}

func (r *logReader) payload(rows int) (plog.Logs, error) {
	ld := plog.NewLogs()
	r.groups.start(ld.ResourceLogs().AppendEmpty)
	for i := range rows {
		scope, _, err := r.groups.at(i)
		if err == nil {
			err = r.record(i, scope.LogRecords().AppendEmpty())
		}
		if err != nil {
			return plog.Logs{}, err
		}
	}
	return ld, nil
}

func (r *logReader) record(i int, l plog.LogRecord) error {
	if !r.isObserved.entries[i] {
		l.SetTimestamp(r.time.at(i))
	}
	l.SetObservedTimestamp(r.observed.at(i))
	l.SetSeverityNumber(plog.SeverityNumber(r.severity.entries[i]))
	l.SetSeverityText(r.severityText.entries[i])
	l.SetEventName(r.eventName.entries[i])
	l.SetFlags(plog.LogRecordFlags(r.flags.entries[i]))       // Bits were kept.
	l.SetDroppedAttributesCount(uint32(r.dropped.entries[i])) // Bits were kept.
	var ids ids
	l.SetTraceID(ids.trace(r.traceID.entries[i]))
	l.SetSpanID(ids.span(r.spanID.entries[i]))
	if ids.err != nil {
		return ids.err
	}
	letter := r.bodyType.entries[i]
	if len(letter) != 1 {
		return damagedf("a body of type %q", letter)
	}
	if err := setValue(l.Body(), letter[0], r.body.entries[i]); err != nil {
		return err
	}
	return r.attrs.fill(i, l.Attributes())
}
