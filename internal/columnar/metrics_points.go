package columnar

import (
	"iter"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// listColumn is a LIST of numbers.
type listColumn[T int64 | float64] struct {
	shape  *shape
	values *numberColumn[T]
}

func bindList[T int64 | float64](g *group, path string) *listColumn[T] {
	return &listColumn[T]{bind[*shape](g, path), bind[*numberColumn[T]](g, path+".element")}
}

// begin starts the list of row i; end finishes it.
func (l *listColumn[T]) begin() int32 { return l.shape.entries }

func (l *listColumn[T]) add(v T) {
	l.values.put(int(l.shape.entries), v)
	l.shape.entries++
}

func (l *listColumn[T]) end(i int, lo int32) { l.shape.put(i, lo, l.shape.entries) }

// counts sets the list of row i.
func counts(l *listColumn[int64], i int, values pcommon.UInt64Slice) {
	lo := l.begin()
	for _, v := range values.All() {
		l.add(int64(v)) // Bits are kept.
	}
	l.end(i, lo)
}

// pointTimes lists the times of a metric's points.
func pointTimes(m pmetric.Metric) iter.Seq2[int, pcommon.Timestamp] {
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		return times(m.Gauge().DataPoints().All())
	case pmetric.MetricTypeSum:
		return times(m.Sum().DataPoints().All())
	case pmetric.MetricTypeHistogram:
		return times(m.Histogram().DataPoints().All())
	case pmetric.MetricTypeExponentialHistogram:
		return times(m.ExponentialHistogram().DataPoints().All())
	case pmetric.MetricTypeSummary:
		return times(m.Summary().DataPoints().All())
	default:
		return func(func(int, pcommon.Timestamp) bool) {}
	}
}

func times[P anyPoint](points iter.Seq2[int, P]) iter.Seq2[int, pcommon.Timestamp] {
	return func(yield func(int, pcommon.Timestamp) bool) {
		for i, p := range points {
			if !yield(i, p.Timestamp()) {
				return
			}
		}
	}
}

// point fills row i from point p of the current metric.
func (f *metricFiller) point(i, p int) {
	switch f.current.Type() {
	case pmetric.MetricTypeGauge:
		f.number(i, f.current.Gauge().DataPoints().At(p))
	case pmetric.MetricTypeSum:
		f.number(i, f.current.Sum().DataPoints().At(p))
	case pmetric.MetricTypeHistogram:
		f.histogram(i, f.current.Histogram().DataPoints().At(p))
	case pmetric.MetricTypeExponentialHistogram:
		f.exponential(i, f.current.ExponentialHistogram().DataPoints().At(p))
	case pmetric.MetricTypeSummary:
		f.summary(i, f.current.Summary().DataPoints().At(p))
	default: // Not reached: pointTimes lists no points of it.
	}
}

func (f *metricFiller) number(i int, p pmetric.NumberDataPoint) {
	f.putCommon(i, p)
	switch p.ValueType() {
	case pmetric.NumberDataPointValueTypeInt:
		f.value.put(i, float64(p.IntValue()))
		f.valueInt.put(i, p.IntValue())
	case pmetric.NumberDataPointValueTypeDouble:
		f.value.put(i, p.DoubleValue())
	default:
	}
	f.addExemplars(i, p.Exemplars())
}

// distribution is what both kinds of histograms have.
type distribution interface {
	anyPoint
	Count() uint64
	HasSum() bool
	Sum() float64
	HasMin() bool
	Min() float64
	HasMax() bool
	Max() float64
	Exemplars() pmetric.ExemplarSlice
}

func (f *metricFiller) putDistribution(i int, p distribution) {
	f.putCommon(i, p)
	f.count.put(i, int64(p.Count())) // Bits are kept.
	if p.HasSum() {
		f.sumValue.put(i, p.Sum())
	}
	if p.HasMin() {
		f.smallest.put(i, p.Min())
	}
	if p.HasMax() {
		f.largest.put(i, p.Max())
	}
	f.addExemplars(i, p.Exemplars())
}

func (f *metricFiller) histogram(i int, p pmetric.HistogramDataPoint) {
	f.putDistribution(i, p)
	counts(f.bucketCounts, i, p.BucketCounts())
	lo := f.bounds.begin()
	for _, v := range p.ExplicitBounds().All() {
		f.bounds.add(v)
	}
	f.bounds.end(i, lo)
}

func (f *metricFiller) exponential(i int, p pmetric.ExponentialHistogramDataPoint) {
	f.putDistribution(i, p)
	f.scale.put(i, p.Scale())
	f.zeroCount.put(i, int64(p.ZeroCount())) // Bits are kept.
	f.zeroThreshold.put(i, p.ZeroThreshold())
	f.positiveOffset.put(i, p.Positive().Offset())
	counts(f.positive, i, p.Positive().BucketCounts())
	f.negativeOffset.put(i, p.Negative().Offset())
	counts(f.negative, i, p.Negative().BucketCounts())
}

func (f *metricFiller) summary(i int, p pmetric.SummaryDataPoint) {
	f.putCommon(i, p)
	f.count.put(i, int64(p.Count())) // Bits are kept.
	f.sumValue.put(i, p.Sum())
	lo := f.quantiles.entries
	for k, q := range p.QuantileValues().All() {
		f.quantile.put(int(lo)+k, q.Quantile())
		f.quantileValue.put(int(lo)+k, q.Value())
	}
	f.quantiles.entries += int32(p.QuantileValues().Len()) // Bounded by the payload.
	f.quantiles.put(i, lo, f.quantiles.entries)
}

func (f *metricFiller) addExemplars(i int, exemplars pmetric.ExemplarSlice) {
	if exemplars.Len() == 0 {
		return
	}
	c := &f.exemplars
	lo := c.shape.entries
	for k, e := range exemplars.All() {
		at := int(lo) + k
		us, nanos := micros(e.Timestamp())
		c.time.put(at, us)
		c.timeNanos.put(at, nanos)
		switch e.ValueType() {
		case pmetric.ExemplarValueTypeInt:
			c.value.put(at, float64(e.IntValue()))
			c.valueInt.put(at, e.IntValue())
		case pmetric.ExemplarValueTypeDouble:
			c.value.put(at, e.DoubleValue())
		default:
		}
		traceID, spanID := e.TraceID(), e.SpanID()
		c.traceID.put(at, traceID[:])
		c.spanID.put(at, spanID[:])
		c.attrs.putPlain(at, e.FilteredAttributes())
	}
	c.shape.entries += int32(exemplars.Len()) // Bounded by the payload.
	c.shape.put(i, lo, c.shape.entries)
}
