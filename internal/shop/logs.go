package shop

import (
	"cmp"
	"slices"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// Logs returns n log records: access logs, application logs and what went
// wrong, most with the trace and span that they belong to. They are the logs of
// requests that Traces has returned, the oldest first; when those are used up,
// of requests whose traces nobody sampled, which ended in the second before at.
//
// Records come in batches of one pod each of up to 128 records. n < 1 gives an
// empty payload.
func (s *Shop) Logs(n int, at time.Time) plog.Logs {
	d := s.logs.dice
	crews := s.fleet.crews(d, n)
	lines := make([]line, 0, max(n, 0))
	for len(lines) < n {
		r := s.recent.take()
		if r == nil {
			r = simulate(d, pickFlow(d, n), pick(d, crews), at)
		}
		for i := range r.spans {
			lines = r.log(d, &r.spans[i], lines)
		}
	}
	lines = lines[:max(n, 0)]
	slices.SortStableFunc(lines, func(a, b line) int {
		return cmp.Or(cmp.Compare(a.span.pod.index, b.span.pod.index), cmp.Compare(a.logger(), b.logger()))
	})
	ld := plog.NewLogs()
	for len(lines) > 0 {
		size := 1
		for size < len(lines) && size < sdkBatch && lines[size].span.pod == lines[0].span.pod {
			size++
		}
		s.logBatch(ld.ResourceLogs().AppendEmpty(), lines[:size])
		lines = lines[size:]
	}
	return ld
}

func (s *Shop) logBatch(rl plog.ResourceLogs, batch []line) {
	batch[0].span.pod.resource.CopyTo(rl.Resource().Attributes())
	rl.SetSchemaUrl(SchemaURL)
	var scope plog.ScopeLogs
	logger := ""
	for _, l := range batch {
		if name := l.logger(); name != logger {
			logger = name
			scope = rl.ScopeLogs().AppendEmpty()
			scope.Scope().SetName(name)
			scope.SetSchemaUrl(SchemaURL)
		}
		record := scope.LogRecords().AppendEmpty()
		l.write(s.logs.dice, record)
		s.number(&s.logs, record.Attributes())
	}
}

// lineKind is what a log line reports.
type lineKind int

const (
	accessLine lineKind = iota
	progressLine
	debugLine
	slowLine
	failureLine
	auditLine
)

// line is a log record before it is written.
type line struct {
	kind    lineKind
	request *request
	span    *span
}

const slowQuery = 60 * ms

// log appends what sp of r logs.
func (r *request) log(d dice, sp *span, lines []line) []line {
	add := func(k lineKind) { lines = append(lines, line{k, r, sp}) }
	switch {
	case sp.fault != nil:
		add(failureLine)
	case sp.step.kind == runQuery && sp.end-sp.start > slowQuery:
		add(slowLine)
	case sp.step.kind == doWork || sp.step.kind == consumeMessage:
		add(progressLine)
	case d.chance(0.05):
		add(debugLine)
	}
	if sp.step.method == "Login" || sp.step.method == "Charge" {
		add(auditLine)
	}
	if sp.step.kind == serveHTTP {
		add(accessLine)
	}
	return lines
}

// logger is the name under which the line's code logs.
func (l line) logger() string {
	svc := l.span.pod.service
	switch l.kind {
	case accessLine:
		return svc.name + ".access"
	case auditLine:
		return svc.name + ".audit"
	default:
		return svc.name + ".app"
	}
}

// delay is how long after the span's end the line reaches the SDK.
const delay = ms / 4

func (l line) write(d dice, out plog.LogRecord) {
	when := l.request.begin.Add(l.span.end)
	out.SetTimestamp(stamp(when))
	out.SetObservedTimestamp(stamp(when.Add(delay)))
	if l.span.step.target != "/healthz" { // Probes are not sampled.
		out.SetTraceID(l.request.id)
		out.SetSpanID(l.span.id)
		out.SetFlags(plog.DefaultLogRecordFlags.WithIsSampled(true))
	}
	severity := l.severity()
	out.SetSeverityNumber(severity)
	out.SetSeverityText(severityText(severity))
	m := out.Attributes()
	m.EnsureCapacity(12)
	m.PutStr("log.iostream", "stdout")
	m.PutStr("log.file.path", "/var/log/pods/"+l.span.pod.service.namespace+"_"+l.span.pod.name+"/app/0.log")
	m.PutStr("thread.name", pick(d, threads))
	l.body(d, out, m)
}

var threads = []string{"main", "http-nio-8080-exec-3", "http-nio-8080-exec-7", "grpc-default-executor-1", "kafka-consumer-0"}

func (l line) severity() plog.SeverityNumber {
	switch {
	case l.kind == failureLine && l.span.step.kind == doWork:
		return plog.SeverityNumberFatal // The job as a whole has failed.
	case l.kind == failureLine, l.kind == accessLine && l.span.status >= 500:
		return plog.SeverityNumberError
	case l.kind == slowLine, l.kind == accessLine && l.span.status >= 400:
		return plog.SeverityNumberWarn
	case l.kind == debugLine:
		return plog.SeverityNumberDebug
	default:
		return plog.SeverityNumberInfo
	}
}

func severityText(n plog.SeverityNumber) string {
	switch n {
	case plog.SeverityNumberFatal:
		return "FATAL"
	case plog.SeverityNumberError:
		return "ERROR"
	case plog.SeverityNumberWarn:
		return "WARN"
	case plog.SeverityNumberDebug:
		return "DEBUG"
	default:
		return "INFO"
	}
}

// body writes the record's body and the attributes that go with it.
func (l line) body(d dice, out plog.LogRecord, m pcommon.Map) {
	switch l.kind {
	case accessLine:
		l.access(d, out, m)
	case failureLine:
		out.Body().SetStr(l.span.fault.message)
		l.span.fault.put(m)
		l.code(m)
	case slowLine:
		l.slow(out, m)
	case auditLine:
		l.audit(d, out, m)
	case debugLine, progressLine:
		l.progress(d, out, m)
	}
}
