package parquetexporter

import (
	"context"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/otelcol-datastreams/otelcol-datastreams/exporter/parquetexporter/internal/metadata"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
)

const (
	// maxCountedStreams bounds the values of the attribute stream. A router's
	// configuration bounds them already, but without one a sender names them.
	maxCountedStreams = 1000
	// otherStreams stands for all streams beyond the bound.
	otherStreams = "_other"
)

// totals sums up files.
type totals struct {
	files, bytes, rows int64
}

func (t *totals) add(f columnar.File) {
	t.files++
	t.bytes += int64(len(f.Data))
	t.rows += int64(f.Rows)
}

// counters counts what one exporter has written, per stream. It is safe for
// concurrent use.
type counters struct {
	builder *metadata.TelemetryBuilder
	signal  string

	mu      sync.Mutex
	streams map[string]metric.MeasurementOption
}

func newCounters(set component.TelemetrySettings, signal string) (*counters, error) {
	builder, err := metadata.NewTelemetryBuilder(set)
	if err != nil {
		return nil, err
	}
	return &counters{builder: builder, signal: signal, streams: make(map[string]metric.MeasurementOption)}, nil
}

func (c *counters) count(ctx context.Context, stream string, t totals) {
	if t.files == 0 {
		return
	}
	attributes := c.attributes(stream)
	c.builder.ExporterParquetFiles.Add(ctx, t.files, attributes)
	c.builder.ExporterParquetBytes.Add(ctx, t.bytes, attributes)
	c.builder.ExporterParquetRows.Add(ctx, t.rows, attributes)
}

func (c *counters) attributes(stream string) metric.MeasurementOption {
	c.mu.Lock()
	defer c.mu.Unlock()
	if attributes, ok := c.streams[stream]; ok {
		return attributes
	}
	if len(c.streams) >= maxCountedStreams {
		stream = otherStreams
	}
	attributes := metric.WithAttributeSet(attribute.NewSet(
		attribute.String("stream", stream),
		attribute.String("signal", c.signal),
	))
	if stream != otherStreams {
		c.streams[stream] = attributes
	}
	return attributes
}
