package sources

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Signal is one of the four, as an index of Counts.
type Signal int

// The signals.
const (
	Traces Signal = iota
	Metrics
	Logs
	Profiles
	signals // their number
)

// Signals are the names of the signals in the order of Counts.
var Signals = [signals]string{"traces", "metrics", "logs", "profiles"}

// Counts are numbers of items by signal: spans, data points, log records and
// profile samples.
type Counts [signals]int64

// Total is the sum over all signals.
func (c Counts) Total() int64 {
	var sum int64
	for _, n := range c {
		sum += n
	}
	return sum
}

// each calls f for each resource of a payload of any signal, with the number of
// its items. It only reads the payload.
func each(payload any, f func(Signal, pcommon.Resource, int64)) {
	switch p := payload.(type) {
	case ptrace.Traces:
		for _, r := range p.ResourceSpans().All() {
			var n int64
			for _, s := range r.ScopeSpans().All() {
				n += int64(s.Spans().Len())
			}
			f(Traces, r.Resource(), n)
		}
	case pmetric.Metrics:
		for _, r := range p.ResourceMetrics().All() {
			f(Metrics, r.Resource(), points(r))
		}
	case plog.Logs:
		for _, r := range p.ResourceLogs().All() {
			var n int64
			for _, s := range r.ScopeLogs().All() {
				n += int64(s.LogRecords().Len())
			}
			f(Logs, r.Resource(), n)
		}
	case pprofile.Profiles:
		for _, r := range p.ResourceProfiles().All() {
			var n int64
			for _, s := range r.ScopeProfiles().All() {
				for _, profile := range s.Profiles().All() {
					n += int64(profile.Samples().Len())
				}
			}
			f(Profiles, r.Resource(), n)
		}
	}
}

func points(r pmetric.ResourceMetrics) int64 {
	n := 0
	for _, s := range r.ScopeMetrics().All() {
		for _, m := range s.Metrics().All() {
			switch m.Type() {
			case pmetric.MetricTypeGauge:
				n += m.Gauge().DataPoints().Len()
			case pmetric.MetricTypeSum:
				n += m.Sum().DataPoints().Len()
			case pmetric.MetricTypeHistogram:
				n += m.Histogram().DataPoints().Len()
			case pmetric.MetricTypeExponentialHistogram:
				n += m.ExponentialHistogram().DataPoints().Len()
			case pmetric.MetricTypeSummary:
				n += m.Summary().DataPoints().Len()
			}
		}
	}
	return int64(n)
}
