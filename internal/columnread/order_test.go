package columnread

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/otlprandom"
)

// Promoted attributes come first, in the footer's order; the map's follow in their own. Maps that nothing is
// promoted from keep their order.
func TestOrderOfAttributes(t *testing.T) {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	fill(rs.Resource().Attributes(), "z", "host.name", "a", "service.name")
	ss := rs.ScopeSpans().AppendEmpty()
	fill(ss.Scope().Attributes(), "z", "host.name", "a")
	span := ss.Spans().AppendEmpty()
	fill(span.Attributes(), "z", "url.path", "a", "http.route", "service.name")
	fill(span.Events().AppendEmpty().Attributes(), "z", "http.route", "a")

	out := readAll(t, traceKind, write(t, traceKind, columnar.Options{}, td), 0)
	require.Len(t, out, 1)
	rs = out[0].ResourceSpans().At(0)
	ss = rs.ScopeSpans().At(0)
	span = ss.Spans().At(0)
	require.Equal(t, "service.name host.name z a", keys(rs.Resource().Attributes()))
	require.Equal(t, "z host.name a", keys(ss.Scope().Attributes()))
	require.Equal(t, "http.route url.path z a service.name", keys(span.Attributes()))
	require.Equal(t, "z http.route a", keys(span.Events().At(0).Attributes()))
}

func fill(m pcommon.Map, keys ...string) {
	for _, key := range keys {
		m.PutStr(key, "of "+key)
	}
}

func keys(m pcommon.Map) string {
	var all []string
	for key := range m.All() {
		all = append(all, key)
	}
	return strings.Join(all, " ")
}

// Within a payload no two resources, scopes or metrics are equal, and none is empty.
func TestGroups(t *testing.T) {
	for seed := range uint64(60) {
		for _, td := range readAll(t, traceKind, write(t, traceKind, columnar.Options{}, otlprandom.Traces(seed)), 0) {
			groups := distinct{t: t}
			for _, rs := range td.ResourceSpans().All() {
				groups.add(rs.Resource(), rs.SchemaUrl())
				require.NotZero(t, rs.ScopeSpans().Len())
				scopes := distinct{t: t}
				for _, ss := range rs.ScopeSpans().All() {
					scopes.add(ss.Scope(), ss.SchemaUrl())
					require.NotZero(t, ss.Spans().Len())
				}
			}
		}
		for _, md := range readAll(t, metricKind, write(t, metricKind, columnar.Options{}, otlprandom.Metrics(seed)), 0) {
			for _, rm := range md.ResourceMetrics().All() {
				for _, sm := range rm.ScopeMetrics().All() {
					metrics := distinct{t: t}
					for _, m := range sm.Metrics().All() {
						require.NotZero(t, pointCount(m))
						header := pmetric.NewMetric()
						setMetric(m, header, 0)
						metrics.addMetric(header)
					}
				}
			}
		}
	}
}

// distinct fails for what it has seen already.
type distinct struct {
	t    *testing.T
	seen map[string]bool
}

func (d *distinct) key(key string) {
	if d.seen == nil {
		d.seen = map[string]bool{}
	}
	require.False(d.t, d.seen[key], key)
	d.seen[key] = true
}

func (d *distinct) add(what interface {
	Attributes() pcommon.Map
	DroppedAttributesCount() uint32
}, schemaURL string,
) {
	key := fmt.Sprint(schemaURL, what.DroppedAttributesCount(), " ")
	if scope, ok := what.(pcommon.InstrumentationScope); ok {
		key += fmt.Sprintf("%q %q ", scope.Name(), scope.Version())
	}
	d.key(key + content(what.Attributes()))
}

func (d *distinct) addMetric(m pmetric.Metric) {
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		m.SetEmptyGauge()
	case pmetric.MetricTypeSum:
		sum := pmetric.NewSum()
		sum.SetIsMonotonic(m.Sum().IsMonotonic())
		sum.SetAggregationTemporality(m.Sum().AggregationTemporality())
		sum.CopyTo(m.SetEmptySum())
	case pmetric.MetricTypeHistogram:
		temporality := m.Histogram().AggregationTemporality()
		m.SetEmptyHistogram().SetAggregationTemporality(temporality)
	case pmetric.MetricTypeExponentialHistogram:
		temporality := m.ExponentialHistogram().AggregationTemporality()
		m.SetEmptyExponentialHistogram().SetAggregationTemporality(temporality)
	default:
		m.SetEmptySummary()
	}
	md := pmetric.NewMetrics()
	m.CopyTo(md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty())
	proto, err := (&pmetric.ProtoMarshaler{}).MarshalMetrics(md)
	require.NoError(d.t, err)
	d.key(string(proto))
}

// content is a map as protobuf, which tells all values apart.
func content(m pcommon.Map) string {
	ld := plog.NewLogs()
	m.CopyTo(ld.ResourceLogs().AppendEmpty().Resource().Attributes())
	proto, err := (&plog.ProtoMarshaler{}).MarshalLogs(ld)
	if err != nil {
		panic(err)
	}
	return string(proto)
}

// Whatever tells two resources or scopes apart, they stay two.
func TestGroupsThatDifferInOneThing(t *testing.T) {
	attribute := func(key string, value any) func(plog.ResourceLogs) {
		return func(rl plog.ResourceLogs) {
			require.NoError(t, rl.Resource().Attributes().FromRaw(map[string]any{key: value}))
		}
	}
	scope := func(set func(pcommon.InstrumentationScope)) func(plog.ResourceLogs) {
		return func(rl plog.ResourceLogs) { set(rl.ScopeLogs().At(0).Scope()) }
	}
	nothing := func(plog.ResourceLogs) {}
	for name, pair := range map[string][2]func(plog.ResourceLogs){
		"promoted key":     {attribute("host.name", "x"), attribute("k8s.pod.name", "x")},
		"promoted value":   {attribute("host.name", "x"), attribute("host.name", "y")},
		"none or empty":    {attribute("host.name", ""), nothing},
		"promoted number":  {attribute("app.count", 1), attribute("app.count", 2)},
		"promoted double":  {attribute("app.weight", 1.5), attribute("app.weight", 2.5)},
		"promoted boolean": {attribute("app.paid", true), attribute("app.paid", false)},
		"type":             {attribute("a", 1), attribute("a", "1")},
		"border":           {attribute("ab", "c"), attribute("a", "bc")},
		"dropped":          {func(rl plog.ResourceLogs) { rl.Resource().SetDroppedAttributesCount(1) }, nothing},
		"schema":           {func(rl plog.ResourceLogs) { rl.SetSchemaUrl("a") }, nothing},
		"resource's or scope's schema": {
			func(rl plog.ResourceLogs) { rl.SetSchemaUrl("a") },
			func(rl plog.ResourceLogs) { rl.ScopeLogs().At(0).SetSchemaUrl("a") },
		},
		"scope's schema": {func(rl plog.ResourceLogs) { rl.ScopeLogs().At(0).SetSchemaUrl("a") }, nothing},
		"scope's name or version": {
			scope(func(s pcommon.InstrumentationScope) { s.SetName("a") }),
			scope(func(s pcommon.InstrumentationScope) { s.SetVersion("a") }),
		},
		"scope's attributes": {scope(func(s pcommon.InstrumentationScope) { s.Attributes().PutStr("a", "b") }), nothing},
		"scope's dropped":    {scope(func(s pcommon.InstrumentationScope) { s.SetDroppedAttributesCount(1) }), nothing},
	} {
		ld := plog.NewLogs()
		for _, set := range pair {
			rl := ld.ResourceLogs().AppendEmpty()
			rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
			set(rl)
		}
		data := write(t, logKind, columnar.Options{Promote: []columnar.Promotion{
			{Key: "app.count", Scope: columnar.Resource, Type: columnar.Int64},
			{Key: "app.weight", Scope: columnar.Resource, Type: columnar.Double},
			{Key: "app.paid", Scope: columnar.Resource, Type: columnar.Bool},
		}}, ld)
		out := readAll(t, logKind, data, 0)
		require.Len(t, out, 1, name)
		t.Run(name, func(t *testing.T) { requireSame(t, logKind, ld, out) })
	}
}

// Whatever tells two metrics apart, they stay two.
func TestMetricsThatDifferInOneThing(t *testing.T) {
	for name, set := range map[string]func(pmetric.Metric){
		"name":        func(m pmetric.Metric) { m.SetName("a") },
		"unit":        func(m pmetric.Metric) { m.SetUnit("a") },
		"description": func(m pmetric.Metric) { m.SetDescription("a") },
		"metadata":    func(m pmetric.Metric) { m.Metadata().PutStr("a", "b") },
		"monotonic":   func(m pmetric.Metric) { m.Sum().SetIsMonotonic(true) },
		"temporality": func(m pmetric.Metric) { m.Sum().SetAggregationTemporality(pmetric.AggregationTemporalityDelta) },
		"type":        func(m pmetric.Metric) { m.SetEmptyGauge().DataPoints().AppendEmpty() },
	} {
		md := pmetric.NewMetrics()
		metrics := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics()
		for range 2 {
			metrics.AppendEmpty().SetEmptySum().DataPoints().AppendEmpty()
		}
		set(metrics.At(1))
		out := readAll(t, metricKind, write(t, metricKind, columnar.Options{}, md), 0)
		require.Len(t, out, 1, name)
		require.Equal(t, 2, out[0].MetricCount(), name)
		t.Run(name, func(t *testing.T) { requireSame(t, metricKind, md, out) })
	}
}

// Equal resources that came apart, as from two senders, come back as one.
func TestEqualResourcesBecomeOne(t *testing.T) {
	ld := plog.NewLogs()
	for i := range 6 {
		rl := ld.ResourceLogs().AppendEmpty()
		rl.Resource().Attributes().PutStr("service.name", fmt.Sprint("s", i%2))
		rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().SetTimestamp(pcommon.Timestamp(i + 1))
	}
	out := readAll(t, logKind, write(t, logKind, columnar.Options{}, ld), 0)
	require.Len(t, out, 1)
	require.Equal(t, 2, out[0].ResourceLogs().Len())
	require.Equal(t, 3, out[0].ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().Len())
	require.Equal(t, 6, out[0].LogRecordCount())
}

// A column of several pages, in payloads that end within pages.
func TestPages(t *testing.T) {
	const rows = 60_000
	ld := plog.NewLogs()
	records := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	for i := range rows {
		r := records.AppendEmpty()
		r.SetTimestamp(pcommon.Timestamp(i + 1))
		r.Body().SetStr(fmt.Sprintf("the record number %d of a test about pages", i))
		if i%3 == 0 {
			r.Attributes().PutInt("number", int64(i))
			r.Attributes().PutStr("text", fmt.Sprintf("another long and distinct text %d", i))
		}
	}
	next := 0
	for _, d := range readAll(t, logKind, write(t, logKind, columnar.Options{GroupRows: 100_000}, ld), 0) {
		require.LessOrEqual(t, d.LogRecordCount(), DefaultRows)
		for _, r := range d.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().All() {
			require.Equal(t, pcommon.Timestamp(next+1), r.Timestamp())
			require.Equal(t, fmt.Sprintf("the record number %d of a test about pages", next), r.Body().Str())
			if v, ok := r.Attributes().Get("number"); ok || next%3 == 0 {
				require.Equal(t, int64(next), v.Int())
			}
			next++
		}
	}
	require.Equal(t, rows, next)
}
