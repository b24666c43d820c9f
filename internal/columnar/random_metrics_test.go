package columnar

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

func (r random) metric(m pmetric.Metric) {
	m.SetName(r.text())
	m.SetUnit(r.text())
	m.SetDescription(r.text())
	r.attributes(m.Metadata(), metrics().columns)
	temporality := pmetric.AggregationTemporality(r.IntN(4))
	switch r.IntN(6) {
	case 0:
		r.numbers(m.SetEmptyGauge().DataPoints())
	case 1:
		m.SetEmptySum().SetIsMonotonic(r.IntN(2) == 0)
		m.Sum().SetAggregationTemporality(temporality)
		r.numbers(m.Sum().DataPoints())
	case 2:
		m.SetEmptyHistogram().SetAggregationTemporality(temporality)
		for range r.IntN(4) {
			p := m.Histogram().DataPoints().AppendEmpty()
			randomDistribution(r, p)
			p.BucketCounts().FromRaw(r.counts())
			for range r.IntN(4) {
				p.ExplicitBounds().Append(r.double())
			}
		}
	case 3:
		m.SetEmptyExponentialHistogram().SetAggregationTemporality(temporality)
		for range r.IntN(4) {
			p := m.ExponentialHistogram().DataPoints().AppendEmpty()
			randomDistribution(r, p)
			p.SetScale(int32(r.IntN(20) - 10))
			p.SetZeroCount(r.Uint64())
			p.SetZeroThreshold(r.double())
			p.Positive().SetOffset(int32(r.IntN(20) - 10))
			p.Positive().BucketCounts().FromRaw(r.counts())
			p.Negative().SetOffset(int32(r.IntN(20) - 10))
			p.Negative().BucketCounts().FromRaw(r.counts())
		}
	case 4:
		m.SetEmptySummary()
		for range r.IntN(4) {
			p := m.Summary().DataPoints().AppendEmpty()
			r.point(p)
			p.SetFlags(pmetric.DataPointFlags(r.IntN(2)))
			p.SetCount(r.Uint64())
			p.SetSum(r.double())
			for range r.IntN(4) {
				q := p.QuantileValues().AppendEmpty()
				q.SetQuantile(r.double())
				q.SetValue(r.double())
			}
		}
	default: // A metric without a type has no points.
	}
}

func (r random) counts() []uint64 {
	counts := []uint64{}
	for range r.IntN(5) {
		counts = append(counts, r.Uint64()>>r.IntN(64))
	}
	return counts
}

func (r random) point(p interface {
	SetTimestamp(pcommon.Timestamp)
	SetStartTimestamp(pcommon.Timestamp)
	Attributes() pcommon.Map
},
) {
	p.SetTimestamp(r.time())
	p.SetStartTimestamp(r.time())
	r.attributes(p.Attributes(), metrics().columns)
}

func (r random) numbers(points pmetric.NumberDataPointSlice) {
	for range r.IntN(5) {
		p := points.AppendEmpty()
		r.point(p)
		p.SetFlags(pmetric.DataPointFlags(r.IntN(2)))
		switch r.IntN(3) {
		case 0:
			p.SetIntValue(r.Int64() - 1<<62)
		case 1:
			p.SetDoubleValue(r.double())
		}
		r.exemplars(p.Exemplars())
	}
}

func randomDistribution[P interface {
	pmetric.HistogramDataPoint | pmetric.ExponentialHistogramDataPoint
	distribution
	SetTimestamp(pcommon.Timestamp)
	SetStartTimestamp(pcommon.Timestamp)
	SetFlags(pmetric.DataPointFlags)
	SetCount(uint64)
	SetSum(float64)
	SetMin(float64)
	SetMax(float64)
}](r random, p P) {
	r.point(p)
	p.SetFlags(pmetric.DataPointFlags(r.IntN(2)))
	p.SetCount(r.Uint64() >> 1)
	if r.IntN(2) == 0 {
		p.SetSum(r.double())
	}
	if r.IntN(2) == 0 {
		p.SetMin(r.double())
		p.SetMax(r.double())
	}
	r.exemplars(p.Exemplars())
}

func (r random) exemplars(exemplars pmetric.ExemplarSlice) {
	for range r.IntN(4) - 1 {
		e := exemplars.AppendEmpty()
		e.SetTimestamp(r.time())
		e.SetTraceID(r.traceID())
		e.SetSpanID(r.spanID())
		switch r.IntN(3) {
		case 0:
			e.SetIntValue(r.Int64() - 1<<62)
		case 1:
			e.SetDoubleValue(r.double())
		}
		r.attributes(e.FilteredAttributes(), metrics().columns)
	}
}
