package maskingprocessor

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// planted is a card number that all processors are told to find.
const planted = "4111111111111111"

// place is where a secret can be.
type place struct {
	name     string
	traces   func(ptrace.Span, pcommon.Resource, pcommon.InstrumentationScope)
	logs     func(plog.LogRecord)
	metrics  func(pmetric.Metric, pmetric.NumberDataPoint)
	profiles func(pprofile.Profiles)
	odigos   bool // whether Odigos reads the place
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
	{name: "span attribute, text", odigos: true, traces: inSpan(func(s ptrace.Span) { s.Attributes().PutStr("a", planted) })},
	{name: "span attribute, integer", traces: inSpan(func(s ptrace.Span) { s.Attributes().PutInt("a", 4111111111111111) })},
	{name: "span attribute, map", traces: inSpan(func(s ptrace.Span) { s.Attributes().PutEmptyMap("a").PutStr("b", planted) })},
	{name: "span attribute, list", odigos: true, traces: inSpan(func(s ptrace.Span) { s.Attributes().PutEmptySlice("a").AppendEmpty().SetStr(planted) })},
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
	{name: "metric description (opt-in)", metrics: func(m pmetric.Metric, _ pmetric.NumberDataPoint) { m.SetDescription("of " + planted) }},
	{name: "profile resource attribute", profiles: func(d pprofile.Profiles) { d.ResourceProfiles().At(0).Resource().Attributes().PutStr("a", planted) }},
	{name: "profile attribute table", profiles: func(d pprofile.Profiles) { d.Dictionary().AttributeTable().AppendEmpty().Value().SetStr(planted) }},
	{name: "profile string table", profiles: func(d pprofile.Profiles) { d.Dictionary().StringTable().Append(planted) }},
	{name: "profile original payload (removed)", profiles: func(d pprofile.Profiles) {
		d.ResourceProfiles().At(0).ScopeProfiles().At(0).Profiles().At(0).OriginalPayload().FromRaw([]byte(planted))
	}},
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
	case p.profiles != nil:
		pd := pprofile.NewProfiles()
		pd.ResourceProfiles().AppendEmpty().ScopeProfiles().AppendEmpty().Profiles().AppendEmpty()
		p.profiles(pd)
		if err = c.profiles(pd); err == nil {
			data, err = (&pprofile.JSONMarshaler{}).MarshalProfiles(pd)
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
