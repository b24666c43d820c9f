package main

import (
	"time"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/shop"
)

// itemsPerPayload is what the export helper batches into one request.
const itemsPerPayload = 8192

// begins is the time of the first payload: all of 200,000 spans are of one hour.
var begins = time.Date(2026, 11, 22, 5, 10, 0, 0, time.UTC)

// corpus is telemetry as OTLP bytes, which cost the garbage collector nothing.
type corpus[D any] struct {
	payloads  [][]byte
	items     int
	unmarshal func([]byte) (D, error)
}

func newCorpus[D any](items int, next func(int, time.Time) D, count func(D) int,
	marshal func(D) ([]byte, error), unmarshal func([]byte) (D, error),
) (corpus[D], error) {
	c := corpus[D]{unmarshal: unmarshal}
	for at := begins; c.items < items; at = at.Add(10 * time.Second) {
		d := next(min(itemsPerPayload, items-c.items), at)
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
	return newCorpus(spans, shop.New(1).Traces, ptrace.Traces.SpanCount,
		(&ptrace.ProtoMarshaler{}).MarshalTraces, (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces)
}

func logCorpus(records int) (corpus[plog.Logs], error) {
	return newCorpus(records, shop.New(1).Logs, plog.Logs.LogRecordCount,
		(&plog.ProtoMarshaler{}).MarshalLogs, (&plog.ProtoUnmarshaler{}).UnmarshalLogs)
}

func metricCorpus(points int) (corpus[pmetric.Metrics], error) {
	return newCorpus(points, shop.New(1).Metrics, pmetric.Metrics.DataPointCount,
		(&pmetric.ProtoMarshaler{}).MarshalMetrics, (&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics)
}
