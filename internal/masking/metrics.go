package masking

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// metrics masks all texts of md.
func (w *worker) metrics(md pmetric.Metrics) {
	eachScope(w, md.ResourceMetrics(), pmetric.ResourceMetrics.ScopeMetrics, (*worker).metricsOf)
}

func (w *worker) metricsOf(sm pmetric.ScopeMetrics) {
	metrics := sm.Metrics()
	for i := range metrics.Len() {
		w.metric(metrics.At(i))
	}
}

func (w *worker) metric(m pmetric.Metric) {
	if out, changed := w.plainText(m.Name(), MetricName); changed {
		m.SetName(out)
	}
	if out, changed := w.plainText(m.Description(), MetricName); changed {
		m.SetDescription(out)
	}
	if out, changed := w.plainText(m.Unit(), MetricName); changed {
		m.SetUnit(out)
	}
	w.attributes(m.Metadata(), MetricMetadata)
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		m.Gauge().DataPoints().RemoveIf(w.numberPoint)
	case pmetric.MetricTypeSum:
		m.Sum().DataPoints().RemoveIf(w.numberPoint)
	case pmetric.MetricTypeHistogram:
		m.Histogram().DataPoints().RemoveIf(func(p pmetric.HistogramDataPoint) bool { return w.point(p.Attributes(), p.Exemplars()) })
	case pmetric.MetricTypeExponentialHistogram:
		m.ExponentialHistogram().DataPoints().RemoveIf(func(p pmetric.ExponentialHistogramDataPoint) bool {
			return w.point(p.Attributes(), p.Exemplars())
		})
	case pmetric.MetricTypeSummary:
		m.Summary().DataPoints().RemoveIf(func(p pmetric.SummaryDataPoint) bool { return w.point(p.Attributes(), pmetric.NewExemplarSlice()) })
	}
}

func (w *worker) numberPoint(p pmetric.NumberDataPoint) bool {
	return w.point(p.Attributes(), p.Exemplars())
}

// point masks a data point. It returns whether the point is to be dropped.
func (w *worker) point(attributes pcommon.Map, exemplars pmetric.ExemplarSlice) bool {
	w.dropRecord = false
	w.attributes(attributes, DatapointAttributes)
	drop := w.dropRecord
	exemplars.RemoveIf(func(e pmetric.Exemplar) bool {
		w.dropRecord = false
		w.attributes(e.FilteredAttributes(), ExemplarAttributes)
		return w.countDropped(w.dropRecord)
	})
	return w.countDropped(drop)
}

// countDropped counts a record if it is to be dropped.
func (w *worker) countDropped(drop bool) bool {
	if drop {
		w.tally.dropped.Add(1)
	}
	return drop
}
