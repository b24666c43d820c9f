package columnread

import (
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// metricReader makes data points of rows.
type metricReader struct {
	groups  grouper[pmetric.ResourceMetrics, pmetric.ScopeMetrics]
	metrics map[string]pmetric.Metric // of the payload, by content of resource, scope and metric
	id      []byte

	name, kind, unit, description, temporality *textLeaf
	monotonic                                  *leaf[bool, bool]
	metadata                                   *attributes
	points                                     pointColumns
}

func newMetricReader(t *table, info *Info) payloadReader[pmetric.Metrics] {
	r := &metricReader{
		name:        bindText(t, "metric_name"),
		kind:        bindText(t, "metric_type"),
		unit:        bindText(t, "unit"),
		description: bindText(t, "description"),
		temporality: bindText(t, "aggregation_temporality"),
		monotonic:   bindNumber[bool](t, "is_monotonic"),
		metadata:    bindAttributes(t, "metric_metadata", 0, nil),
		points:      bindPoints(t, info.Item),
	}
	r.groups.originColumns = bindOrigin(t, info.Resource)
	r.groups.addScope = func(rm pmetric.ResourceMetrics) pmetric.ScopeMetrics { return rm.ScopeMetrics().AppendEmpty() }
	return r
}

func (r *metricReader) payload(rows int) (pmetric.Metrics, error) {
	md := pmetric.NewMetrics()
	r.groups.start(md.ResourceMetrics().AppendEmpty)
	r.metrics = map[string]pmetric.Metric{}
	for i := range rows {
		m, err := r.metric(i)
		if err == nil {
			err = r.points.add(i, m)
		}
		if err != nil {
			return pmetric.Metrics{}, err
		}
	}
	return md, nil
}

// metric returns the metric that row i is a point of.
func (r *metricReader) metric(i int) (pmetric.Metric, error) {
	scope, scopeID, err := r.groups.at(i)
	if err != nil {
		return pmetric.Metric{}, err
	}
	id := appendText(r.id[:0], string(scopeID))
	for _, text := range []*textLeaf{r.name, r.kind, r.unit, r.description, r.temporality} {
		id = appendText(id, text.entries[i])
	}
	id = appendBool(r.metadata.appendID(i, id), r.monotonic.entries[i])
	r.id = id
	if m, ok := r.metrics[string(id)]; ok {
		return m, nil
	}
	m := scope.Metrics().AppendEmpty()
	m.SetName(r.name.entries[i])
	m.SetUnit(r.unit.entries[i])
	m.SetDescription(r.description.entries[i])
	if err := r.metadata.fill(i, m.Metadata()); err != nil {
		return m, err
	}
	r.metrics[string(id)] = m
	return m, r.setKind(i, m)
}

// setKind makes m a metric of the kind that row i says.
func (r *metricReader) setKind(i int, m pmetric.Metric) error {
	var temporality pmetric.AggregationTemporality
	if r.temporality.has(i) {
		var ids ids
		temporality = pmetric.AggregationTemporality(ids.name(r.temporality.entries[i], temporalities))
		if ids.err != nil {
			return ids.err
		}
	}
	switch kind := r.kind.entries[i]; kind {
	case "gauge":
		m.SetEmptyGauge()
	case "sum":
		m.SetEmptySum().SetAggregationTemporality(temporality)
		m.Sum().SetIsMonotonic(r.monotonic.entries[i])
	case "histogram":
		m.SetEmptyHistogram().SetAggregationTemporality(temporality)
	case "exponential_histogram":
		m.SetEmptyExponentialHistogram().SetAggregationTemporality(temporality)
	case "summary":
		m.SetEmptySummary()
	default:
		return damagedf("a metric of type %q", kind)
	}
	return nil
}
