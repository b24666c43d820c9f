package masking

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/detect"
)

// points is what data points of all kinds that have exemplars have in common.
type points[P any] interface {
	AppendEmpty() P
	At(i int) P
	Len() int
}

// point is a data point of any of those kinds.
type point interface {
	Attributes() pcommon.Map
	Exemplars() pmetric.ExemplarSlice
}

// fillPoints adds a point to drop, one to keep, and one to keep of which an
// exemplar is to be dropped.
func fillPoints[P point](s points[P]) {
	s.AppendEmpty().Attributes().PutStr("to", "a@b.example")
	s.AppendEmpty().Attributes().PutStr("to", "nobody")
	p := s.AppendEmpty()
	p.Attributes().PutStr("to", "somebody")
	p.Exemplars().AppendEmpty().FilteredAttributes().PutStr("to", "a@b.example")
	p.Exemplars().AppendEmpty().FilteredAttributes().PutStr("to", "nobody")
}

// requireKept checks what is left of what fillPoints has added.
func requireKept[P point](t *testing.T, s points[P]) {
	t.Helper()
	require.Equal(t, 2, s.Len())
	require.Equal(t, map[string]any{"to": "nobody"}, s.At(0).Attributes().AsRaw())
	require.Equal(t, map[string]any{"to": "somebody"}, s.At(1).Attributes().AsRaw())
	require.Equal(t, 1, s.At(1).Exemplars().Len())
	require.Equal(t, map[string]any{"to": "nobody"}, s.At(1).Exemplars().At(0).FilteredAttributes().AsRaw())
}

// Of data points, whatever their kind, and of exemplars nothing is left, and each
// is counted.
func TestDropPoints(t *testing.T) {
	for _, c := range []struct {
		name    string
		fill    func(pmetric.Metric)
		check   func(*testing.T, pmetric.Metric)
		dropped int
	}{
		{
			"gauge",
			func(m pmetric.Metric) { fillPoints(m.SetEmptyGauge().DataPoints()) },
			func(t *testing.T, m pmetric.Metric) { requireKept(t, m.Gauge().DataPoints()) },
			2,
		},
		{
			"sum",
			func(m pmetric.Metric) { fillPoints(m.SetEmptySum().DataPoints()) },
			func(t *testing.T, m pmetric.Metric) { requireKept(t, m.Sum().DataPoints()) },
			2,
		},
		{
			"histogram",
			func(m pmetric.Metric) { fillPoints(m.SetEmptyHistogram().DataPoints()) },
			func(t *testing.T, m pmetric.Metric) { requireKept(t, m.Histogram().DataPoints()) },
			2,
		},
		{
			"exponential histogram",
			func(m pmetric.Metric) { fillPoints(m.SetEmptyExponentialHistogram().DataPoints()) },
			func(t *testing.T, m pmetric.Metric) { requireKept(t, m.ExponentialHistogram().DataPoints()) },
			2,
		},
		{
			"summary",
			func(m pmetric.Metric) {
				points := m.SetEmptySummary().DataPoints()
				for _, to := range []string{"a@b.example", "nobody"} {
					points.AppendEmpty().Attributes().PutStr("to", to)
				}
			},
			func(t *testing.T, m pmetric.Metric) {
				require.Equal(t, 1, m.Summary().DataPoints().Len())
				require.Equal(t, map[string]any{"to": "nobody"}, m.Summary().DataPoints().At(0).Attributes().AsRaw())
			},
			1,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			md := pmetric.NewMetrics()
			m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
			c.fill(m)
			masker := NewMasker(policyWith(func(o *Options) { o.Actions[detect.Email] = Action{Kind: DropRecord} }))
			masker.Metrics(md)
			c.check(t, m)
			require.EqualValues(t, c.dropped, masker.Tally().Dropped())
		})
	}
}

// drop_attribute of a detector removes attributes and entries of maps and lists
// that hold a finding, whatever their type; elsewhere it masks.
func TestDropAttributeByDetector(t *testing.T) {
	drop := Action{Kind: DropAttribute}
	p := policyWith(func(o *Options) {
		o.Actions[detect.Email], o.Actions[detect.CreditCard] = drop, drop
		withCustom(o, drop, `^E\d{5}$`)
	})
	for _, c := range []struct {
		name     string
		in, want map[string]any
	}{
		{"text", map[string]any{"a": "to a@b.example", "b": "c"}, map[string]any{"b": "c"}},
		{"all", map[string]any{"a": "a@b.example", "b": "a@b.example"}, map[string]any{}},
		{"integer", map[string]any{"a": int64(4111111111111111), "b": int64(7)}, map[string]any{"b": int64(7)}},
		{"double", map[string]any{"a": float64(4111111111111111), "b": 7.5}, map[string]any{"b": 7.5}},
		{"bytes", map[string]any{"a": []byte("a@b.example"), "b": []byte("x")}, map[string]any{"b": []byte("x")}},
		{"entry of a map", map[string]any{"a": map[string]any{"x": "a@b.example", "y": "z"}}, map[string]any{"a": map[string]any{"y": "z"}}},
		{"item of a list", map[string]any{"a": []any{"x", "a@b.example", "y"}}, map[string]any{"a": []any{"x", "y"}}},
		{"in a list of maps", map[string]any{"a": []any{map[string]any{"x": "a@b.example", "y": "z"}}}, map[string]any{"a": []any{map[string]any{"y": "z"}}}},
		{"custom", map[string]any{"a": "E12345", "b": "E1"}, map[string]any{"b": "E1"}},
		{"another detector only masks", map[string]any{"a": "192.0.2.1"}, map[string]any{"a": "***ipv4***"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			ld := plog.NewLogs()
			r := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
			r.Body().SetStr("mail to a@b.example")
			require.NoError(t, r.Attributes().FromRaw(c.in))
			NewMasker(p).Logs(ld)
			require.Equal(t, c.want, r.Attributes().AsRaw())
			require.Equal(t, "mail to ***email***", r.Body().Str())
		})
	}
}
