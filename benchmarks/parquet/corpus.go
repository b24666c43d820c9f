package main

import (
	"time"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/shop"
)

const (
	// itemsPerPayload is what the export helper batches into one request.
	itemsPerPayload = 8192
	// pointsPerPayload is fewer than the fleet has time series, so that none has two points at one time.
	pointsPerPayload = itemsPerPayload / 2
)

// begins is the time of the first payload: all of 200,000 spans are of one hour.
var begins = time.Date(2026, 11, 22, 5, 10, 0, 0, time.UTC)

// corpus is telemetry as OTLP bytes, a payload every step, which cost the garbage collector nothing.
type corpus[D any] struct {
	payloads  [][]byte
	items     int
	unmarshal func([]byte) (D, error)
}

func newCorpus[D any](items, payload int, step time.Duration, next func(int, time.Time) D, count func(D) int,
	marshal func(D) ([]byte, error), unmarshal func([]byte) (D, error),
) (corpus[D], error) {
	c := corpus[D]{unmarshal: unmarshal}
	for at := begins; c.items < items; at = at.Add(step) {
		d := next(min(payload, items-c.items), at)
		data, err := marshal(d)
		if err != nil {
			return c, err
		}
		c.payloads = append(c.payloads, data)
		c.items += count(d)
	}
	return c, nil
}

func traceCorpus(spans int) (corpus[ptrace.Traces], error) {
	return newCorpus(spans, itemsPerPayload, 10*time.Second, shop.New(1).Traces, ptrace.Traces.SpanCount,
		(&ptrace.ProtoMarshaler{}).MarshalTraces, (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces)
}

func logCorpus(records int) (corpus[plog.Logs], error) {
	return newCorpus(records, itemsPerPayload, 10*time.Second, shop.New(1).Logs, plog.Logs.LogRecordCount,
		(&plog.ProtoMarshaler{}).MarshalLogs, (&plog.ProtoUnmarshaler{}).UnmarshalLogs)
}

func metricCorpus(points int) (corpus[pmetric.Metrics], error) {
	return newCorpus(points, pointsPerPayload, 30*time.Second, shop.New(1).Metrics, pmetric.Metrics.DataPointCount,
		(&pmetric.ProtoMarshaler{}).MarshalMetrics, (&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics)
}

// steadyPoints is how many points the steady mix is measured with: all that it is defined for, unless somebody asks for
// few items.
func steadyPoints(items int) int {
	if items < shop.SteadySeries {
		return items
	}
	return shop.SteadySeries * shop.SteadyExports
}

// steadyCorpus is the mix of metrics that the bar is about, in whole exports.
func steadyCorpus(points int) (corpus[pmetric.Metrics], error) {
	steady := shop.NewSteady(1, begins)
	return newCorpus(points, shop.SteadySeries, shop.SteadyInterval,
		func(_ int, at time.Time) pmetric.Metrics { return steady.Metrics(at) }, pmetric.Metrics.DataPointCount,
		(&pmetric.ProtoMarshaler{}).MarshalMetrics, (&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics)
}
