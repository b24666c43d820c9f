package columnar

import (
	"strconv"

	"github.com/zeebo/xxh3"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// metricFiller fills the columns of metricColumns.
type metricFiller struct {
	*origin

	time, start                            *numberColumn[int64]
	timeNanos, startNanos, flags           *numberColumn[int32]
	metricName, metricType                 *textColumn
	unit, description, temporality         *textColumn
	monotonic                              *numberColumn[bool]
	seriesHash                             *numberColumn[int64]
	attrs, metadata                        *attributeColumns
	value, sumValue, smallest, largest     *numberColumn[float64]
	valueInt, count                        *numberColumn[int64]
	bucketCounts, positive, negative       *listColumn[int64]
	bounds                                 *listColumn[float64]
	scale, positiveOffset, negativeOffset  *numberColumn[int32]
	zeroCount                              *numberColumn[int64]
	zeroThreshold, quantile, quantileValue *numberColumn[float64]
	quantiles                              *shape
	exemplars                              exemplarColumns

	series  attributeHash // of the current point
	current pmetric.Metric
	header  metricHeader
	metrics pmetric.MetricSlice // of the current scope
}

// metricHeader is what the points of a metric share, as codes of the columns.
type metricHeader struct {
	name, kind, unit, description, temporality int32
	metadata                                   attributeRange
	hash                                       uint64
}

// exemplarColumns are the columns of a point's exemplars.
type exemplarColumns struct {
	shape           *shape
	time, valueInt  *numberColumn[int64]
	timeNanos       *numberColumn[int32]
	value           *numberColumn[float64]
	traceID, spanID *idColumn
	attrs           *attributeColumns
}

func newMetricFiller(g *group, columns []column) filler[pmetric.Metrics] {
	f := &metricFiller{
		origin:        bindOrigin(g, columns),
		time:          bind[*numberColumn[int64]](g, "time"),
		timeNanos:     bind[*numberColumn[int32]](g, "time_nanos"),
		start:         bind[*numberColumn[int64]](g, "start_time"),
		startNanos:    bind[*numberColumn[int32]](g, "start_time_nanos"),
		metricName:    bind[*textColumn](g, "metric_name"),
		metricType:    bind[*textColumn](g, "metric_type"),
		unit:          bind[*textColumn](g, "unit"),
		description:   bind[*textColumn](g, "description"),
		temporality:   bind[*textColumn](g, "aggregation_temporality"),
		monotonic:     bind[*numberColumn[bool]](g, "is_monotonic"),
		attrs:         bindAttributes(g, "attributes", columns, scopeItem),
		metadata:      bindAttributes(g, "metric_metadata", columns, scopeNone),
		seriesHash:    bind[*numberColumn[int64]](g, "series_hash"),
		value:         bind[*numberColumn[float64]](g, "value"),
		valueInt:      bind[*numberColumn[int64]](g, "value_int"),
		count:         bind[*numberColumn[int64]](g, "count"),
		sumValue:      bind[*numberColumn[float64]](g, "sum"),
		smallest:      bind[*numberColumn[float64]](g, "min"),
		largest:       bind[*numberColumn[float64]](g, "max"),
		flags:         bind[*numberColumn[int32]](g, "flags"),
		quantiles:     bind[*shape](g, "quantiles"),
		quantile:      bind[*numberColumn[float64]](g, "quantiles.quantile"),
		quantileValue: bind[*numberColumn[float64]](g, "quantiles.value"),
		exemplars: exemplarColumns{
			shape:     bind[*shape](g, "exemplars"),
			time:      bind[*numberColumn[int64]](g, "exemplars.time"),
			timeNanos: bind[*numberColumn[int32]](g, "exemplars.time_nanos"),
			value:     bind[*numberColumn[float64]](g, "exemplars.value"),
			valueInt:  bind[*numberColumn[int64]](g, "exemplars.value_int"),
			traceID:   bind[*idColumn](g, "exemplars.trace_id"),
			spanID:    bind[*idColumn](g, "exemplars.span_id"),
			attrs:     bindAttributes(g, "exemplars.attributes", columns, scopeNone),
		},
	}
	f.bindHistograms(g)
	f.attrs.hash = &f.series
	return f
}

func (f *metricFiller) bindHistograms(g *group) {
	f.bucketCounts = bindList[int64](g, "bucket_counts")
	f.bounds = bindList[float64](g, "explicit_bounds")
	f.scale = bind[*numberColumn[int32]](g, "exp_scale")
	f.zeroCount = bind[*numberColumn[int64]](g, "exp_zero_count")
	f.zeroThreshold = bind[*numberColumn[float64]](g, "exp_zero_threshold")
	f.positiveOffset = bind[*numberColumn[int32]](g, "exp_positive_offset")
	f.positive = bindList[int64](g, "exp_positive_counts")
	f.negativeOffset = bind[*numberColumn[int32]](g, "exp_negative_offset")
	f.negative = bindList[int64](g, "exp_negative_counts")
}

func (f *metricFiller) leave() {
	f.at = place{}
	f.metrics, f.current = pmetric.MetricSlice{}, pmetric.Metric{}
}

func (f *metricFiller) reset() {
	f.leave()
	f.origin.reset()
	f.attrs.reset()
	f.series.buf = recycle(f.series.buf)
	f.metadata.reset()
	f.exemplars.attrs.reset()
}

// metricRows appends a Row for each row of md, in payload order.
func metricRows(md pmetric.Metrics, dst []Row) []Row {
	for r, rm := range md.ResourceMetrics().All() {
		for s, sm := range rm.ScopeMetrics().All() {
			for i, m := range sm.Metrics().All() {
				for p, t := range pointTimes(m) {
					dst = append(dst, newRow(t, r, s, i, p))
				}
			}
		}
	}
	return dst
}

func (f *metricFiller) add(md pmetric.Metrics, r Row, i int) {
	step := f.at.move(r)
	if step >= stepScope {
		rm := md.ResourceMetrics().At(int(r.resource))
		sm := rm.ScopeMetrics().At(int(r.scope))
		f.enter(step, rm.Resource(), rm.SchemaUrl(), sm.Scope(), sm.SchemaUrl())
		f.metrics = sm.Metrics()
	}
	if step >= stepItem {
		f.setMetric(f.metrics.At(int(r.item)))
	}
	f.put()
	f.putHeader(i)
	f.point(i, int(r.point))
}

// setMetric makes m the metric of the rows that follow.
func (f *metricFiller) setMetric(m pmetric.Metric) {
	f.current = m
	f.header = metricHeader{
		name:        f.metricName.code(m.Name()),
		kind:        f.metricType.code(typeName(m.Type())),
		unit:        f.unit.codeNonEmpty(m.Unit()),
		description: f.description.codeNonEmpty(m.Description()),
		temporality: -1,
		metadata:    f.metadata.add(m.Metadata(), target{}),
		hash:        xxh3.HashString(m.Name()) + uint64(f.resource.hash),
	}
	switch m.Type() {
	case pmetric.MetricTypeSum:
		f.header.temporality = f.temporality.code(temporalityName(m.Sum().AggregationTemporality()))
	case pmetric.MetricTypeHistogram:
		f.header.temporality = f.temporality.code(temporalityName(m.Histogram().AggregationTemporality()))
	case pmetric.MetricTypeExponentialHistogram:
		f.header.temporality = f.temporality.code(temporalityName(m.ExponentialHistogram().AggregationTemporality()))
	default:
	}
}

func (f *metricFiller) putHeader(i int) {
	h := &f.header
	f.metricName.put(i, h.name)
	f.metricType.put(i, h.kind)
	putCode(f.unit, i, h.unit)
	putCode(f.description, i, h.description)
	putCode(f.temporality, i, h.temporality)
	f.metadata.put(i, h.metadata)
	if f.current.Type() == pmetric.MetricTypeSum {
		f.monotonic.put(i, f.current.Sum().IsMonotonic())
	}
}

// anyPoint is what the four types of data points have in common.
type anyPoint interface {
	Timestamp() pcommon.Timestamp
	StartTimestamp() pcommon.Timestamp
	Attributes() pcommon.Map
	Flags() pmetric.DataPointFlags
}

// putCommon fills what all points have.
func (f *metricFiller) putCommon(i int, p anyPoint) {
	us, nanos := micros(p.Timestamp())
	f.time.put(i, us)
	f.timeNanos.put(i, nanos)
	if t := p.StartTimestamp(); t != 0 {
		us, nanos = micros(t)
		f.start.put(i, us)
		putNonZero(f.startNanos, i, nanos)
	}
	f.series.sum = f.header.hash
	f.attrs.putRow(i, p.Attributes())
	f.seriesHash.put(i, int64(f.series.sum)) // A hash has no sign.
	putNonZero(f.flags, i, int32(p.Flags())) // Bits are kept.
}

// typeName returns the name of a kind of metric. Metrics of no kind have no points.
func typeName(t pmetric.MetricType) string {
	switch t {
	case pmetric.MetricTypeGauge:
		return "gauge"
	case pmetric.MetricTypeSum:
		return "sum"
	case pmetric.MetricTypeHistogram:
		return "histogram"
	case pmetric.MetricTypeExponentialHistogram:
		return "exponential_histogram"
	case pmetric.MetricTypeSummary:
		return "summary"
	default:
		return ""
	}
}

// temporalityName returns the name of a temporality, or the number of one that OTLP does not know.
func temporalityName(t pmetric.AggregationTemporality) string {
	switch t {
	case pmetric.AggregationTemporalityUnspecified:
		return "UNSPECIFIED"
	case pmetric.AggregationTemporalityDelta:
		return "DELTA"
	case pmetric.AggregationTemporalityCumulative:
		return "CUMULATIVE"
	default:
		return strconv.Itoa(int(t))
	}
}
