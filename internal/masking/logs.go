package masking

import "go.opentelemetry.io/collector/pdata/plog"

// logs masks all texts of ld.
func (w *worker) logs(ld plog.Logs) {
	eachScope(w, ld.ResourceLogs(), plog.ResourceLogs.ScopeLogs, (*worker).records)
}

func (w *worker) records(sl plog.ScopeLogs) { sl.LogRecords().RemoveIf(w.logRecord) }

// logRecord masks a record. It returns whether the record is to be dropped.
func (w *worker) logRecord(r plog.LogRecord) bool {
	w.dropRecord = false
	if w.policy.fields.has(LogBody) {
		w.value(r.Body(), LogBody, w.plain, 0)
		w.dropAttribute = false
	}
	if out, changed := w.plainText(r.SeverityText(), SeverityText); changed {
		r.SetSeverityText(out)
	}
	if out, changed := w.plainText(r.EventName(), EventName); changed {
		r.SetEventName(out)
	}
	w.attributes(r.Attributes(), LogAttributes)
	return w.countDropped(w.dropRecord)
}
