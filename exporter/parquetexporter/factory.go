package parquetexporter

import (
	"context"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-datastreams/otelcol-datastreams/exporter/parquetexporter/internal/metadata"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
)

// NewFactory returns the factory of the parquet exporter.
func NewFactory() exporter.Factory {
	return exporter.NewFactory(
		metadata.Type,
		createDefaultConfig,
		exporter.WithTraces(createTraces, metadata.TracesStability),
		exporter.WithMetrics(createMetrics, metadata.MetricsStability),
		exporter.WithLogs(createLogs, metadata.LogsStability),
	)
}

// signal is what the exporters of the payloads D differ in.
type signal[D any] struct {
	table     func(columnar.Options) (*columnar.Table[D], error)
	marshal   func(D) ([]byte, error)
	unmarshal func([]byte) (D, error)
	items     func(D) int // counts rows
	promoted  func(*PromoteConfig) []PromotionConfig
}

var (
	tracesSignal = signal[ptrace.Traces]{
		columnar.NewTraces, (&ptrace.ProtoMarshaler{}).MarshalTraces, (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces,
		ptrace.Traces.SpanCount, func(c *PromoteConfig) []PromotionConfig { return c.Spans },
	}
	metricsSignal = signal[pmetric.Metrics]{
		columnar.NewMetrics, (&pmetric.ProtoMarshaler{}).MarshalMetrics, (&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics,
		pmetric.Metrics.DataPointCount, func(c *PromoteConfig) []PromotionConfig { return c.DataPoints },
	}
	logsSignal = signal[plog.Logs]{
		columnar.NewLogs, (&plog.ProtoMarshaler{}).MarshalLogs, (&plog.ProtoUnmarshaler{}).UnmarshalLogs,
		plog.Logs.LogRecordCount, func(c *PromoteConfig) []PromotionConfig { return c.LogRecords },
	}
)

func (s *signal[D]) newTable(c *Config) (*columnar.Table[D], error) {
	return s.table(columnar.Options{
		GroupRows: c.Roll.RowGroupRows, Level: c.CompressionLevel, Promote: c.Promote.of(s.promoted(&c.Promote)),
	})
}

func createTraces(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Traces, error) {
	e, err := newExporter(set, cfg.(*Config), &tracesSignal)
	if err != nil {
		return nil, err
	}
	return exporterhelper.NewTraces(ctx, set, cfg, e.consume, e.options()...)
}

func createMetrics(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Metrics, error) {
	e, err := newExporter(set, cfg.(*Config), &metricsSignal)
	if err != nil {
		return nil, err
	}
	return exporterhelper.NewMetrics(ctx, set, cfg, e.consume, e.options()...)
}

func createLogs(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Logs, error) {
	e, err := newExporter(set, cfg.(*Config), &logsSignal)
	if err != nil {
		return nil, err
	}
	return exporterhelper.NewLogs(ctx, set, cfg, e.consume, e.options()...)
}
