package main

import (
	"fmt"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// planted is a card number that all processors are told to find.
const planted = "4111111111111111"

// place is where a secret can be.
type place struct {
	name    string
	traces  func(ptrace.Span, pcommon.Resource, pcommon.InstrumentationScope)
	logs    func(plog.LogRecord)
	metrics func(pmetric.Metric, pmetric.NumberDataPoint)
}

func inSpan(f func(ptrace.Span)) func(ptrace.Span, pcommon.Resource, pcommon.InstrumentationScope) {
	return func(s ptrace.Span, _ pcommon.Resource, _ pcommon.InstrumentationScope) { f(s) }
}

var places = []place{
	{name: "resource attribute", traces: func(_ ptrace.Span, r pcommon.Resource, _ pcommon.InstrumentationScope) {
		r.Attributes().PutStr("a", planted)
	}},
	{name: "scope attribute", traces: func(_ ptrace.Span, _ pcommon.Resource, s pcommon.InstrumentationScope) {
		s.Attributes().PutStr("a", planted)
	}},
	{name: "scope name", traces: func(_ ptrace.Span, _ pcommon.Resource, s pcommon.InstrumentationScope) { s.SetName(planted) }},
	{name: "span attribute, text", traces: inSpan(func(s ptrace.Span) { s.Attributes().PutStr("a", planted) })},
	{name: "span attribute, integer", traces: inSpan(func(s ptrace.Span) { s.Attributes().PutInt("a", 4111111111111111) })},
	{name: "span attribute, map", traces: inSpan(func(s ptrace.Span) { s.Attributes().PutEmptyMap("a").PutStr("b", planted) })},
	{name: "span attribute, list", traces: inSpan(func(s ptrace.Span) { s.Attributes().PutEmptySlice("a").AppendEmpty().SetStr(planted) })},
	{name: "span attribute, bytes", traces: inSpan(func(s ptrace.Span) { s.Attributes().PutEmptyBytes("a").FromRaw([]byte(planted)) })},
	{name: "span attribute, in groups with spaces", traces: inSpan(func(s ptrace.Span) { s.Attributes().PutStr("a", "4111 1111 1111 1111") })},
	{name: "span name", traces: inSpan(func(s ptrace.Span) { s.SetName("pay " + planted) })},
	{name: "status message", traces: inSpan(func(s ptrace.Span) { s.Status().SetMessage(planted) })},
	{name: "tracestate", traces: inSpan(func(s ptrace.Span) { s.TraceState().FromRaw("v=" + planted) })},
	{name: "event name", traces: inSpan(func(s ptrace.Span) { s.Events().AppendEmpty().SetName(planted) })},
	{name: "event attribute", traces: inSpan(func(s ptrace.Span) { s.Events().AppendEmpty().Attributes().PutStr("a", planted) })},
	{name: "link attribute", traces: inSpan(func(s ptrace.Span) { s.Links().AppendEmpty().Attributes().PutStr("a", planted) })},
	{name: "attribute key (opt-in)", traces: inSpan(func(s ptrace.Span) { s.Attributes().PutStr("a."+planted, "x") })},
	{name: "log body, text", logs: func(r plog.LogRecord) { r.Body().SetStr(planted) }},
	{name: "log body, map", logs: func(r plog.LogRecord) { r.Body().SetEmptyMap().PutStr("a", planted) }},
	{name: "log body, list", logs: func(r plog.LogRecord) { r.Body().SetEmptySlice().AppendEmpty().SetStr(planted) }},
	{name: "log body, bytes", logs: func(r plog.LogRecord) { r.Body().SetEmptyBytes().FromRaw([]byte(planted)) }},
	{name: "log attribute", logs: func(r plog.LogRecord) { r.Attributes().PutStr("a", planted) }},
	{name: "severity text", logs: func(r plog.LogRecord) { r.SetSeverityText(planted) }},
	{name: "log event name", logs: func(r plog.LogRecord) { r.SetEventName(planted) }},
	{name: "data point attribute", metrics: func(_ pmetric.Metric, p pmetric.NumberDataPoint) { p.Attributes().PutStr("a", planted) }},
	{name: "exemplar attribute", metrics: func(_ pmetric.Metric, p pmetric.NumberDataPoint) {
		p.Exemplars().AppendEmpty().FilteredAttributes().PutStr("a", planted)
	}},
	{name: "metric name (opt-in)", metrics: func(m pmetric.Metric, _ pmetric.NumberDataPoint) { m.SetName("pay." + planted) }},
	{name: "metric metadata", metrics: func(m pmetric.Metric, _ pmetric.NumberDataPoint) { m.Metadata().PutStr("a", planted) }},
}

// leaks reports whether the secret is left.
func (p place) leaks(c *contestant) (bool, error) {
	var data []byte
	var err error
	switch {
	case p.traces != nil:
		td := ptrace.NewTraces()
		rs := td.ResourceSpans().AppendEmpty()
		ss := rs.ScopeSpans().AppendEmpty()
		p.traces(ss.Spans().AppendEmpty(), rs.Resource(), ss.Scope())
		if err = c.traces(td); err == nil {
			data, err = (&ptrace.JSONMarshaler{}).MarshalTraces(td)
		}
	case p.logs != nil:
		ld := plog.NewLogs()
		p.logs(ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty())
		if err = c.logs(ld); err == nil {
			data, err = (&plog.JSONMarshaler{}).MarshalLogs(ld)
		}
	default:
		md := pmetric.NewMetrics()
		m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
		p.metrics(m, m.SetEmptyGauge().DataPoints().AppendEmpty())
		if err = c.metrics(md); err == nil {
			data, err = (&pmetric.JSONMarshaler{}).MarshalMetrics(md)
		}
	}
	if err != nil {
		return false, err
	}
	text := strings.ReplaceAll(string(data), " ", "")
	const inBase64 = "NDExMTExMTExMTExMTExMQ"
	return strings.Contains(text, planted) || strings.Contains(text, inBase64), nil
}

// compareFields puts a card number in every field and reports where it is left.
func compareFields() (string, error) {
	ours, err := newContestantForFields()
	if err != nil {
		return "", err
	}
	contrib, err := newRedaction(nil)
	if err != nil {
		return "", err
	}
	allTypes, err := newRedaction(map[string]any{"redact_all_types": true})
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("| a card number in | masking | redaction | redaction, `redact_all_types` |\n| --- | --- | --- | --- |\n")
	for _, p := range places {
		fmt.Fprintf(&b, "| %s |", p.name)
		for _, c := range []*contestant{ours, contrib, allTypes} {
			leaks, err := p.leaks(c)
			if err != nil {
				return "", err
			}
			if leaks {
				b.WriteString(" **left** |")
			} else {
				b.WriteString(" masked |")
			}
		}
		b.WriteString("\n")
	}
	return b.String(), nil
}
