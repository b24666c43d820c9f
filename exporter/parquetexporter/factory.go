package parquetexporter

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/exporter/exporterhelper/xexporterhelper"
	"go.opentelemetry.io/collector/exporter/xexporter"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pipeline"

	"github.com/otelcol-datastreams/otelcol-datastreams/exporter/parquetexporter/internal/metadata"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
	kinds "github.com/otelcol-datastreams/otelcol-datastreams/internal/signal"
)

// NewFactory returns the factory of the parquet exporter.
func NewFactory() exporter.Factory {
	return xexporter.NewFactory(
		metadata.Type,
		createDefaultConfig,
		xexporter.WithTraces(createTraces, metadata.TracesStability),
		xexporter.WithMetrics(createMetrics, metadata.MetricsStability),
		xexporter.WithLogs(createLogs, metadata.LogsStability),
		xexporter.WithProfiles(createProfiles, metadata.ProfilesStability),
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
	// kinds.Profiles marshals a copy: the marshaler of profiles rewrites what it is given.
	profilesSignal = signal[pprofile.Profiles]{
		columnar.NewProfiles, kinds.Profiles.Marshal, (&pprofile.ProtoUnmarshaler{}).UnmarshalProfiles,
		pprofile.Profiles.SampleCount, func(c *PromoteConfig) []PromotionConfig { return c.Samples },
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

// errProfiles says what a pipeline of profiles needs, besides the Collector's own gate.
var errProfiles = fmt.Errorf("%w: profiles are experimental here, run the collector with --feature-gates=%s to export them",
	pipeline.ErrSignalNotSupported, metadata.ExporterParquetProfilesFeatureGate.ID())

func createProfiles(ctx context.Context, set exporter.Settings, cfg component.Config) (xexporter.Profiles, error) {
	if !metadata.ExporterParquetProfilesFeatureGate.IsEnabled() {
		return nil, errProfiles
	}
	e, err := newExporter(set, cfg.(*Config), &profilesSignal)
	if err != nil {
		return nil, err
	}
	return xexporterhelper.NewProfiles(ctx, set, cfg, e.consume, e.options()...)
}
