package columnread

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// numberColumns are a number that is an integer, a double, or nothing. The double is there for integers too.
type numberColumns struct {
	double  *leaf[float64, float64]
	integer *leaf[int64, int64]
}

func bindValue(t *table, prefix string, lists int) numberColumns {
	return numberColumns{
		bindNumberIn[float64](t, prefix+"value", lists),
		bindNumberIn[int64](t, prefix+"value_int", lists),
	}
}

// set gives p the number of entry i.
func (c numberColumns) set(i int, p interface {
	SetIntValue(int64)
	SetDoubleValue(float64)
},
) {
	switch {
	case c.integer.has(i):
		p.SetIntValue(c.integer.entries[i])
	case c.double.has(i):
		p.SetDoubleValue(c.double.entries[i])
	}
}

// exemplarColumns are the columns of points' exemplars.
type exemplarColumns struct {
	time            timeColumns
	value           numberColumns
	traceID, spanID *textLeaf
	attrs           *attributes
}

// pointColumns are the columns of data points of all kinds.
type pointColumns struct {
	attrs                        *attributes
	exemplars                    exemplarColumns
	time, start                  timeColumns
	flags                        *leaf[int32, int32]
	value                        numberColumns
	count, zeroCount             *leaf[int64, int64]
	sum, least, most             *leaf[float64, float64]
	counts, positive, negative   *leaf[int64, int64]
	bounds, quantile, atQuantile *leaf[float64, float64]
	scale, posOffset, negOffset  *leaf[int32, int32]
	zeroThreshold                *leaf[float64, float64]
}

func bindPoints(t *table, promoted []Promoted) pointColumns {
	const exemplars, quantiles = "exemplars" + inList + ".", "quantiles" + inList + "."
	return pointColumns{
		attrs:         bindAttributes(t, "attributes", 0, promoted),
		time:          bindTime(t, "time", 0),
		start:         bindTime(t, "start_time", 0),
		flags:         bindNumber[int32](t, "flags"),
		value:         bindValue(t, "", 0),
		count:         bindNumber[int64](t, "count"),
		sum:           bindNumber[float64](t, "sum"),
		least:         bindNumber[float64](t, "min"),
		most:          bindNumber[float64](t, "max"),
		counts:        bindNumberIn[int64](t, "bucket_counts"+inList, 1),
		bounds:        bindNumberIn[float64](t, "explicit_bounds"+inList, 1),
		scale:         bindNumber[int32](t, "exp_scale"),
		zeroCount:     bindNumber[int64](t, "exp_zero_count"),
		zeroThreshold: bindNumber[float64](t, "exp_zero_threshold"),
		posOffset:     bindNumber[int32](t, "exp_positive_offset"),
		positive:      bindNumberIn[int64](t, "exp_positive_counts"+inList, 1),
		negOffset:     bindNumber[int32](t, "exp_negative_offset"),
		negative:      bindNumberIn[int64](t, "exp_negative_counts"+inList, 1),
		quantile:      bindNumberIn[float64](t, quantiles+"quantile", 1),
		atQuantile:    bindNumberIn[float64](t, quantiles+"value", 1),
		exemplars: exemplarColumns{
			time:    bindTime(t, exemplars+"time", 1),
			value:   bindValue(t, exemplars, 1),
			traceID: bindTextIn(t, exemplars+"trace_id", 1),
			spanID:  bindTextIn(t, exemplars+"span_id", 1),
			attrs:   bindAttributes(t, exemplars+"attributes", 1, nil),
		},
	}
}

// add appends row i to the points of m.
func (c *pointColumns) add(i int, m pmetric.Metric) error {
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		return c.number(i, m.Gauge().DataPoints().AppendEmpty())
	case pmetric.MetricTypeSum:
		return c.number(i, m.Sum().DataPoints().AppendEmpty())
	case pmetric.MetricTypeHistogram:
		return c.histogram(i, m.Histogram().DataPoints().AppendEmpty())
	case pmetric.MetricTypeExponentialHistogram:
		return c.exponential(i, m.ExponentialHistogram().DataPoints().AppendEmpty())
	default:
		return c.summary(i, m.Summary().DataPoints().AppendEmpty())
	}
}

// anyPoint is what the four types of data points have in common.
type anyPoint interface {
	SetTimestamp(pcommon.Timestamp)
	SetStartTimestamp(pcommon.Timestamp)
	SetFlags(pmetric.DataPointFlags)
	Attributes() pcommon.Map
}

func (c *pointColumns) common(i int, p anyPoint) error {
	p.SetTimestamp(c.time.at(i))
	p.SetStartTimestamp(c.start.at(i))
	p.SetFlags(pmetric.DataPointFlags(c.flags.entries[i])) // Bits were kept.
	return c.attrs.fill(i, p.Attributes())
}

func (c *pointColumns) number(i int, p pmetric.NumberDataPoint) error {
	c.value.set(i, p)
	if err := c.exemplars.fill(i, p.Exemplars()); err != nil {
		return err
	}
	return c.common(i, p)
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

func (c *pointColumns) distribution(i int, p distribution) error {
	p.SetCount(uint64(c.count.entries[i])) // Bits were kept.
	if c.sum.has(i) {
		p.SetSum(c.sum.entries[i])
	}
	if c.least.has(i) {
		p.SetMin(c.least.entries[i])
	}
	if c.most.has(i) {
		p.SetMax(c.most.entries[i])
	}
	if err := c.exemplars.fill(i, p.Exemplars()); err != nil {
		return err
	}
	return c.common(i, p)
}

func (c *pointColumns) histogram(i int, p pmetric.HistogramDataPoint) error {
	setCounts(c.counts, i, p.BucketCounts())
	if lo, hi := c.bounds.outer(i); lo < hi {
		p.ExplicitBounds().FromRaw(c.bounds.entries[lo:hi])
	}
	return c.distribution(i, p)
}

func (c *pointColumns) exponential(i int, p pmetric.ExponentialHistogramDataPoint) error {
	p.SetScale(c.scale.entries[i])
	p.SetZeroCount(uint64(c.zeroCount.entries[i])) // Bits were kept.
	p.SetZeroThreshold(c.zeroThreshold.entries[i])
	p.Positive().SetOffset(c.posOffset.entries[i])
	setCounts(c.positive, i, p.Positive().BucketCounts())
	p.Negative().SetOffset(c.negOffset.entries[i])
	setCounts(c.negative, i, p.Negative().BucketCounts())
	return c.distribution(i, p)
}

func (c *pointColumns) summary(i int, p pmetric.SummaryDataPoint) error {
	p.SetCount(uint64(c.count.entries[i])) // Bits were kept.
	p.SetSum(c.sum.entries[i])
	lo, hi := c.quantile.outer(i)
	for k := lo; k < hi; k++ {
		q := p.QuantileValues().AppendEmpty()
		q.SetQuantile(c.quantile.entries[k])
		q.SetValue(c.atQuantile.entries[k])
	}
	return c.common(i, p)
}

func setCounts(l *leaf[int64, int64], i int, counts pcommon.UInt64Slice) {
	lo, hi := l.outer(i)
	counts.EnsureCapacity(hi - lo)
	for _, n := range l.entries[lo:hi] {
		counts.Append(uint64(n)) // Bits were kept.
	}
}

func (c *exemplarColumns) fill(i int, exemplars pmetric.ExemplarSlice) error {
	var ids ids
	lo, hi := c.traceID.outer(i)
	exemplars.EnsureCapacity(hi - lo)
	for k := lo; k < hi; k++ {
		e := exemplars.AppendEmpty()
		e.SetTimestamp(c.time.at(k))
		c.value.set(k, e)
		e.SetTraceID(ids.trace(c.traceID.entries[k]))
		e.SetSpanID(ids.span(c.spanID.entries[k]))
		if err := c.attrs.fill(k, e.FilteredAttributes()); err != nil {
			return err
		}
	}
	return ids.err
}
