package columnread

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/xpdata"
)

// row is a payload of one row, without what the schema says is not kept: proto to compare, json to look at.
type row struct{ proto, json string }

func sortRows(rows []row) {
	slices.SortFunc(rows, func(a, b row) int { return strings.Compare(a.proto, b.proto) })
}

// spanRows cuts a payload into canonical rows, in order of their content.
func spanRows(t testing.TB, td ptrace.Traces) []row {
	var rows []row
	for _, rs := range td.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, span := range ss.Spans().All() {
				one := ptrace.NewTraces()
				r := one.ResourceSpans().AppendEmpty()
				r.SetSchemaUrl(clean(rs.SchemaUrl()))
				setResource(rs.Resource(), r.Resource())
				s := r.ScopeSpans().AppendEmpty()
				s.SetSchemaUrl(clean(ss.SchemaUrl()))
				setScope(ss.Scope(), s.Scope())
				setSpan(span, s.Spans().AppendEmpty())
				proto, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(one)
				require.NoError(t, err)
				json, err := (&ptrace.JSONMarshaler{}).MarshalTraces(one)
				require.NoError(t, err)
				rows = append(rows, row{string(proto), string(json)})
			}
		}
	}
	sortRows(rows)
	return rows
}

func setSpan(from, to ptrace.Span) {
	from.CopyTo(to)
	to.SetName(clean(from.Name()))
	to.TraceState().FromRaw(clean(from.TraceState().AsRaw()))
	to.Status().SetMessage(clean(from.Status().Message()))
	setMap(from.Attributes(), to.Attributes(), true)
	for i, e := range to.Events().All() {
		e.SetName(clean(e.Name()))
		setMap(from.Events().At(i).Attributes(), e.Attributes(), false)
	}
	for i, l := range to.Links().All() {
		l.TraceState().FromRaw(clean(l.TraceState().AsRaw()))
		setMap(from.Links().At(i).Attributes(), l.Attributes(), false)
	}
}

// logRows cuts a payload into canonical rows, in order of their content.
func logRows(t testing.TB, ld plog.Logs) []row {
	var rows []row
	for _, rl := range ld.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, record := range sl.LogRecords().All() {
				one := plog.NewLogs()
				r := one.ResourceLogs().AppendEmpty()
				r.SetSchemaUrl(clean(rl.SchemaUrl()))
				setResource(rl.Resource(), r.Resource())
				s := r.ScopeLogs().AppendEmpty()
				s.SetSchemaUrl(clean(sl.SchemaUrl()))
				setScope(sl.Scope(), s.Scope())
				to := s.LogRecords().AppendEmpty()
				record.CopyTo(to)
				to.SetSeverityText(clean(record.SeverityText()))
				to.SetEventName(clean(record.EventName()))
				setNestedValue(record.Body(), to.Body())
				setMap(record.Attributes(), to.Attributes(), true)
				proto, err := (&plog.ProtoMarshaler{}).MarshalLogs(one)
				require.NoError(t, err)
				json, err := (&plog.JSONMarshaler{}).MarshalLogs(one)
				require.NoError(t, err)
				rows = append(rows, row{string(proto), string(json)})
			}
		}
	}
	sortRows(rows)
	return rows
}

// pointRows cuts a payload into canonical rows, in order of their content.
func pointRows(t testing.TB, md pmetric.Metrics) []row {
	var rows []row
	for _, rm := range md.ResourceMetrics().All() {
		for _, sm := range rm.ScopeMetrics().All() {
			for _, m := range sm.Metrics().All() {
				for point := range pointCount(m) {
					one := pmetric.NewMetrics()
					r := one.ResourceMetrics().AppendEmpty()
					r.SetSchemaUrl(clean(rm.SchemaUrl()))
					setResource(rm.Resource(), r.Resource())
					s := r.ScopeMetrics().AppendEmpty()
					s.SetSchemaUrl(clean(sm.SchemaUrl()))
					setScope(sm.Scope(), s.Scope())
					setMetric(m, s.Metrics().AppendEmpty(), point)
					proto, err := (&pmetric.ProtoMarshaler{}).MarshalMetrics(one)
					require.NoError(t, err)
					json, err := (&pmetric.JSONMarshaler{}).MarshalMetrics(one)
					require.NoError(t, err)
					rows = append(rows, row{string(proto), string(json)})
				}
			}
		}
	}
	sortRows(rows)
	return rows
}

func pointCount(m pmetric.Metric) int {
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		return m.Gauge().DataPoints().Len()
	case pmetric.MetricTypeSum:
		return m.Sum().DataPoints().Len()
	case pmetric.MetricTypeHistogram:
		return m.Histogram().DataPoints().Len()
	case pmetric.MetricTypeExponentialHistogram:
		return m.ExponentialHistogram().DataPoints().Len()
	case pmetric.MetricTypeSummary:
		return m.Summary().DataPoints().Len()
	default:
		return 0
	}
}

// setMetric copies a metric with nothing but one of its points.
func setMetric(from, to pmetric.Metric, point int) {
	from.CopyTo(to)
	to.SetName(clean(from.Name()))
	to.SetUnit(clean(from.Unit()))
	to.SetDescription(clean(from.Description()))
	setMap(from.Metadata(), to.Metadata(), false)
	n := -1
	only := func() bool { n++; return n != point }
	switch to.Type() {
	case pmetric.MetricTypeGauge:
		to.Gauge().DataPoints().RemoveIf(func(pmetric.NumberDataPoint) bool { return only() })
		setPoint(to.Gauge().DataPoints().At(0).Attributes(), to.Gauge().DataPoints().At(0).Exemplars())
	case pmetric.MetricTypeSum:
		to.Sum().DataPoints().RemoveIf(func(pmetric.NumberDataPoint) bool { return only() })
		setPoint(to.Sum().DataPoints().At(0).Attributes(), to.Sum().DataPoints().At(0).Exemplars())
	case pmetric.MetricTypeHistogram:
		to.Histogram().DataPoints().RemoveIf(func(pmetric.HistogramDataPoint) bool { return only() })
		setPoint(to.Histogram().DataPoints().At(0).Attributes(), to.Histogram().DataPoints().At(0).Exemplars())
	case pmetric.MetricTypeExponentialHistogram:
		to.ExponentialHistogram().DataPoints().RemoveIf(func(pmetric.ExponentialHistogramDataPoint) bool { return only() })
		p := to.ExponentialHistogram().DataPoints().At(0)
		setPoint(p.Attributes(), p.Exemplars())
	default:
		to.Summary().DataPoints().RemoveIf(func(pmetric.SummaryDataPoint) bool { return only() })
		setPoint(to.Summary().DataPoints().At(0).Attributes(), pmetric.NewExemplarSlice())
	}
}

func setPoint(attributes pcommon.Map, exemplars pmetric.ExemplarSlice) {
	setMap(attributes, attributes, true)
	for _, e := range exemplars.All() {
		setMap(e.FilteredAttributes(), e.FilteredAttributes(), false)
	}
}

// clean is what becomes of text that has to be UTF-8.
func clean(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// setResource copies what is kept of a resource.
func setResource(from, to pcommon.Resource) {
	to.SetDroppedAttributesCount(from.DroppedAttributesCount())
	setMap(from.Attributes(), to.Attributes(), true)
}

func setScope(from, to pcommon.InstrumentationScope) {
	to.SetName(clean(from.Name()))
	to.SetVersion(clean(from.Version()))
	to.SetDroppedAttributesCount(from.DroppedAttributesCount())
	setMap(from.Attributes(), to.Attributes(), false)
}

// setMap copies attributes, sorted by key if promotion may have changed their
// order. Values of one key stay in theirs.
func setMap(from, to pcommon.Map, sorted bool) {
	type entry struct {
		key   string
		value pcommon.Value
	}
	var entries []entry
	for key, v := range from.All() {
		value := pcommon.NewValueEmpty()
		setNestedValue(v, value)
		entries = append(entries, entry{clean(key), value})
	}
	if sorted {
		slices.SortStableFunc(entries, func(a, b entry) int { return strings.Compare(a.key, b.key) })
	}
	var b xpdata.MapBuilder
	for _, e := range entries {
		e.value.CopyTo(b.AppendEmpty(e.key))
	}
	b.UnsafeIntoMap(to)
}

// setNestedValue copies a value; NaN becomes the one NaN.
func setNestedValue(from, to pcommon.Value) {
	switch from.Type() {
	case pcommon.ValueTypeDouble:
		if math.IsNaN(from.Double()) {
			to.SetDouble(math.NaN())
			return
		}
		to.SetDouble(from.Double())
	case pcommon.ValueTypeSlice:
		items := pcommon.NewSlice()
		for _, v := range from.Slice().All() {
			setNestedValue(v, items.AppendEmpty())
		}
		items.MoveAndAppendTo(to.SetEmptySlice())
	case pcommon.ValueTypeMap:
		var b xpdata.MapBuilder
		for key, v := range from.Map().All() {
			setNestedValue(v, b.AppendEmpty(key))
		}
		b.UnsafeIntoMap(to.SetEmptyMap())
	default:
		from.CopyTo(to)
	}
}
