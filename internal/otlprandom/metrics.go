package otlprandom

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// Metrics returns up to some hundred data points.
func Metrics(seed uint64) pmetric.Metrics {
	g := newGenerator(seed)
	md := pmetric.NewMetrics()
	for range g.IntN(4) {
		rm := md.ResourceMetrics().AppendEmpty()
		rm.SetSchemaUrl(g.anyText())
		g.resource(rm.Resource())
		for range g.IntN(3) {
			sm := rm.ScopeMetrics().AppendEmpty()
			sm.SetSchemaUrl(g.anyText())
			g.scope(sm.Scope())
			for range g.IntN(6) {
				g.metric(sm.Metrics().AppendEmpty())
			}
		}
	}
	return md
}

func (g generator) metric(m pmetric.Metric) {
	m.SetName(g.anyText())
	m.SetUnit(g.anyText())
	m.SetDescription(g.anyText())
	g.attributes(m.Metadata())
	temporality := pmetric.AggregationTemporality(g.IntN(5) - 1)
	switch g.IntN(6) {
	case 0:
		g.numbers(m.SetEmptyGauge().DataPoints())
	case 1:
		m.SetEmptySum().SetIsMonotonic(g.flip())
		m.Sum().SetAggregationTemporality(temporality)
		g.numbers(m.Sum().DataPoints())
	case 2:
		m.SetEmptyHistogram().SetAggregationTemporality(temporality)
		for range g.IntN(4) {
			g.histogram(m.Histogram().DataPoints().AppendEmpty())
		}
	case 3:
		m.SetEmptyExponentialHistogram().SetAggregationTemporality(temporality)
		for range g.IntN(4) {
			g.exponential(m.ExponentialHistogram().DataPoints().AppendEmpty())
		}
	case 4:
		m.SetEmptySummary()
		for range g.IntN(4) {
			g.summary(m.Summary().DataPoints().AppendEmpty())
		}
	default: // A metric without a type has no points.
	}
}

// anyPoint is what the four types of data points have in common.
type anyPoint interface {
	SetTimestamp(pcommon.Timestamp)
	SetStartTimestamp(pcommon.Timestamp)
	SetFlags(pmetric.DataPointFlags)
	Attributes() pcommon.Map
}

func (g generator) point(p anyPoint) {
	p.SetTimestamp(g.time())
	p.SetStartTimestamp(g.time())
	p.SetFlags(pmetric.DataPointFlags(g.small()))
	g.attributes(p.Attributes())
}

// number is what holds an integer, a double, or nothing.
type number interface {
	SetIntValue(int64)
	SetDoubleValue(float64)
}

func (g generator) number(n number) {
	switch g.IntN(5) {
	case 0, 1:
		n.SetIntValue(g.integer())
	case 2, 3:
		n.SetDoubleValue(g.double())
	}
}

func (g generator) numbers(points pmetric.NumberDataPointSlice) {
	for range g.IntN(5) {
		p := points.AppendEmpty()
		g.point(p)
		g.number(p)
		g.exemplars(p.Exemplars())
	}
}

// distribution is what both kinds of histograms have.
type distribution interface {
	anyPoint
	SetCount(uint64)
	SetSum(float64)
	SetMin(float64)
	SetMax(float64)
	Exemplars() pmetric.ExemplarSlice
}

func (g generator) distribution(p distribution) {
	g.point(p)
	p.SetCount(g.count())
	if g.flip() {
		p.SetSum(g.double())
	}
	if g.flip() {
		p.SetMin(g.double())
	}
	if g.flip() {
		p.SetMax(g.double())
	}
	g.exemplars(p.Exemplars())
}

func (g generator) histogram(p pmetric.HistogramDataPoint) {
	g.distribution(p)
	g.counts(p.BucketCounts())
	for range g.IntN(4) {
		p.ExplicitBounds().Append(g.double())
	}
}

func (g generator) exponential(p pmetric.ExponentialHistogramDataPoint) {
	g.distribution(p)
	p.SetScale(int32(g.IntN(30) - 10))
	p.SetZeroCount(g.count())
	p.SetZeroThreshold(g.double())
	p.Positive().SetOffset(int32(g.IntN(2000) - 1000))
	g.counts(p.Positive().BucketCounts())
	p.Negative().SetOffset(int32(g.IntN(20) - 10))
	g.counts(p.Negative().BucketCounts())
}

func (g generator) summary(p pmetric.SummaryDataPoint) {
	g.point(p)
	p.SetCount(g.count())
	p.SetSum(g.double())
	for range g.IntN(4) {
		q := p.QuantileValues().AppendEmpty()
		q.SetQuantile(g.double())
		q.SetValue(g.double())
	}
}

func (g generator) counts(counts pcommon.UInt64Slice) {
	for range g.IntN(5) {
		counts.Append(g.count())
	}
}

func (g generator) exemplars(exemplars pmetric.ExemplarSlice) {
	for range max(0, g.IntN(4)-1) {
		e := exemplars.AppendEmpty()
		e.SetTimestamp(g.time())
		e.SetTraceID(g.traceID())
		e.SetSpanID(g.spanID())
		g.number(e)
		g.attributes(e.FilteredAttributes())
	}
}
