package columnar

import (
	"fmt"
	"slices"
	"testing"

	"go.opentelemetry.io/collector/pdata/pmetric"
)

func showPoint(p anyPoint) string {
	return fmt.Sprintln("point", int64(p.Timestamp()), int64(p.StartTimestamp()), showMap(p.Attributes()), uint32(p.Flags()))
}

func showOptional(has bool, v float64) string {
	if !has {
		return "none"
	}
	return showDouble(v)
}

func showNumber(p pmetric.NumberDataPoint) string {
	switch p.ValueType() {
	case pmetric.NumberDataPointValueTypeInt:
		return fmt.Sprint("int ", p.IntValue())
	case pmetric.NumberDataPointValueTypeDouble:
		return showDouble(p.DoubleValue())
	default:
		return "none"
	}
}

func showDoubles(values []float64) []string {
	shown := []string{}
	for _, v := range values {
		shown = append(shown, showDouble(v))
	}
	return shown
}

func showExemplars(exemplars pmetric.ExemplarSlice) string {
	out := ""
	for _, e := range exemplars.All() {
		value := "none"
		switch e.ValueType() {
		case pmetric.ExemplarValueTypeInt:
			value = fmt.Sprint("int ", e.IntValue())
		case pmetric.ExemplarValueTypeDouble:
			value = showDouble(e.DoubleValue())
		default:
		}
		out += fmt.Sprintln("exemplar", int64(e.Timestamp()), value, e.TraceID(), e.SpanID(), showMap(e.FilteredAttributes()))
	}
	return out
}

func showDistribution(p distribution) string {
	return showPoint(p) + fmt.Sprintln("count", int64(p.Count()), showOptional(p.HasSum(), p.Sum()),
		showOptional(p.HasMin(), p.Min()), showOptional(p.HasMax(), p.Max())) + showExemplars(p.Exemplars())
}

func showPoints(m pmetric.Metric) []string {
	var all []string
	numbers := func(header string, points pmetric.NumberDataPointSlice) {
		for _, p := range points.All() {
			all = append(all, header+showPoint(p)+fmt.Sprintln("value", showNumber(p))+showExemplars(p.Exemplars()))
		}
	}
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		numbers("", m.Gauge().DataPoints())
	case pmetric.MetricTypeSum:
		numbers(fmt.Sprintln(temporalityName(m.Sum().AggregationTemporality()), m.Sum().IsMonotonic()), m.Sum().DataPoints())
	case pmetric.MetricTypeHistogram:
		for _, p := range m.Histogram().DataPoints().All() {
			all = append(all, fmt.Sprintln(temporalityName(m.Histogram().AggregationTemporality()))+showDistribution(p)+
				fmt.Sprintln("buckets", p.BucketCounts().AsRaw(), showDoubles(p.ExplicitBounds().AsRaw())))
		}
	case pmetric.MetricTypeExponentialHistogram:
		for _, p := range m.ExponentialHistogram().DataPoints().All() {
			all = append(all, fmt.Sprintln(temporalityName(m.ExponentialHistogram().AggregationTemporality()))+showDistribution(p)+
				fmt.Sprintln("exponential", p.Scale(), p.ZeroCount(), showDouble(p.ZeroThreshold()),
					p.Positive().Offset(), p.Positive().BucketCounts().AsRaw(), p.Negative().Offset(), p.Negative().BucketCounts().AsRaw()))
		}
	case pmetric.MetricTypeSummary:
		for _, p := range m.Summary().DataPoints().All() {
			out := showPoint(p) + fmt.Sprintln("count", p.Count(), showDouble(p.Sum()))
			for _, q := range p.QuantileValues().All() {
				out += fmt.Sprintln("quantile", showDouble(q.Quantile()), showDouble(q.Value()))
			}
			all = append(all, out)
		}
	default:
	}
	return all
}

func (r row) showOptional(name string) string {
	v, ok := r[name].(float64)
	return showOptional(ok, v)
}

func (r row) showNumber() string {
	if v, ok := r["value_int"].(int64); ok {
		return fmt.Sprint("int ", v)
	}
	return r.showOptional("value")
}

func (r row) counts(name string) []uint64 {
	counts := []uint64{}
	for _, v := range r[name].([]any) {
		counts = append(counts, uint64(v.(int64)))
	}
	return counts
}

func (r row) showExemplars(t testing.TB) string {
	out := ""
	for _, item := range r["exemplars"].([]any) {
		e := item.(row)
		out += fmt.Sprintln("exemplar", e.nanos("time"), e.showNumber(), e.str("trace_id"), e.str("span_id"),
			e.shownMap(t, "attributes", nil, scopeNone))
	}
	return out
}

func (r row) showDistribution(t testing.TB) string {
	return fmt.Sprintln("count", r.i64("count"), r.showOptional("sum"), r.showOptional("min"), r.showOptional("max")) + r.showExemplars(t)
}

func (r row) showPoint(t testing.TB) string {
	point := fmt.Sprintln("point", r.nanos("time"), r.nanos("start_time"), r.shownMap(t, "attributes", metrics().columns, scopeItem), uint32(r.i32("flags")))
	temporality := r.str("aggregation_temporality")
	switch r.str("metric_type") {
	case "gauge":
		return point + fmt.Sprintln("value", r.showNumber()) + r.showExemplars(t)
	case "sum":
		return fmt.Sprintln(temporality, r["is_monotonic"]) + point + fmt.Sprintln("value", r.showNumber()) + r.showExemplars(t)
	case "histogram":
		var bounds []float64
		for _, v := range r["explicit_bounds"].([]any) {
			bounds = append(bounds, v.(float64))
		}
		return fmt.Sprintln(temporality) + point + r.showDistribution(t) + fmt.Sprintln("buckets", r.counts("bucket_counts"), showDoubles(bounds))
	case "exponential_histogram":
		return fmt.Sprintln(temporality) + point + r.showDistribution(t) + fmt.Sprintln("exponential", r.i32("exp_scale"),
			uint64(r.i64("exp_zero_count")), r.showOptional("exp_zero_threshold"),
			r.i32("exp_positive_offset"), r.counts("exp_positive_counts"), r.i32("exp_negative_offset"), r.counts("exp_negative_counts"))
	default:
		out := point + fmt.Sprintln("count", uint64(r.i64("count")), r.showOptional("sum"))
		for _, item := range r["quantiles"].([]any) {
			out += fmt.Sprintln("quantile", item.(row).showOptional("quantile"), item.(row).showOptional("value"))
		}
		return out
	}
}

func showMetricRows(t testing.TB, rows []row) []string {
	var all []string
	for _, r := range rows {
		all = append(all, r.showOrigin(t, metrics().columns)+fmt.Sprintln("metric", r.str("metric_name"), r.str("metric_type"), r.str("unit"),
			r.str("description"), r.shownMap(t, "metric_metadata", nil, scopeNone))+r.showPoint(t))
	}
	slices.Sort(all)
	return all
}
