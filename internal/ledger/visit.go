// Package ledger reads the records of payloads one by one, so that tests can
// account for each of them.
package ledger

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Visit is called with the attributes of a record and of its resource. Both
// share memory with the payload, but for those of profiles, which are copies.
type Visit func(resource, record pcommon.Map)

// Spans visits each span.
func Spans(td ptrace.Traces, visit Visit) {
	for _, rs := range td.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, span := range ss.Spans().All() {
				visit(rs.Resource().Attributes(), span.Attributes())
			}
		}
	}
}

// LogRecords visits each log record.
func LogRecords(ld plog.Logs, visit Visit) {
	for _, rl := range ld.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, record := range sl.LogRecords().All() {
				visit(rl.Resource().Attributes(), record.Attributes())
			}
		}
	}
}

// DataPoints visits each data point, of metrics of all kinds.
func DataPoints(md pmetric.Metrics, visit Visit) {
	for _, rm := range md.ResourceMetrics().All() {
		for _, sm := range rm.ScopeMetrics().All() {
			for _, m := range sm.Metrics().All() {
				points(m, func(record pcommon.Map) { visit(rm.Resource().Attributes(), record) })
			}
		}
	}
}

func points(m pmetric.Metric, visit func(pcommon.Map)) {
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		each(m.Gauge().DataPoints(), visit)
	case pmetric.MetricTypeSum:
		each(m.Sum().DataPoints(), visit)
	case pmetric.MetricTypeHistogram:
		each(m.Histogram().DataPoints(), visit)
	case pmetric.MetricTypeExponentialHistogram:
		each(m.ExponentialHistogram().DataPoints(), visit)
	case pmetric.MetricTypeSummary:
		each(m.Summary().DataPoints(), visit)
	}
}

func each[P interface{ Attributes() pcommon.Map }](list interface {
	Len() int
	At(int) P
}, visit func(pcommon.Map),
) {
	for i := range list.Len() {
		visit(list.At(i).Attributes())
	}
}

// Profiles visits each profile, its attributes resolved by the dictionary. It
// returns an error for a profile that refers to entries that are not there.
func Profiles(pd pprofile.Profiles, visit Visit) error {
	table := pd.Dictionary().AttributeTable()
	for _, rp := range pd.ResourceProfiles().All() {
		for _, sp := range rp.ScopeProfiles().All() {
			for _, p := range sp.Profiles().All() {
				attrs, err := pprofile.FromAttributeIndices(table, p, pd.Dictionary())
				if err != nil {
					return err
				}
				visit(rp.Resource().Attributes(), attrs)
			}
		}
	}
	return nil
}
