package parquetexporter

import (
	"context"
	"net/http"
	"testing"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pipeline"
	"go.opentelemetry.io/collector/receiver"

	"github.com/otelcol-datastreams/otelcol-datastreams/exporter/parquetexporter/internal/metadata"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
)

// Guarantees what the Collector expects of exporters, with a bucket that
// answers each item with success, an error worth a retry or a permanent one:
// no item is lost, doubled, or tried again without need.
//
// The files hold OTLP here, because the bucket has to tell the items apart.
func TestContract(t *testing.T) {
	bucket := newFakeS3(t)
	for _, signal := range []pipeline.Signal{pipeline.SignalTraces, pipeline.SignalLogs, pipeline.SignalMetrics} {
		t.Run(signal.String(), func(t *testing.T) {
			exportertest.CheckConsumeContract(exportertest.CheckConsumeContractParams{
				T:                    t,
				NumberOfTestElements: 100,
				Signal:               signal,
				ExporterFactory:      otlpFileFactory(),
				ExporterConfig:       bucket.config(),
				ReceiverFactory:      bucket.receiver(t),
			})
		})
	}
}

// otlpFileFactory is NewFactory with files of OTLP.
func otlpFileFactory() exporter.Factory {
	logs := fileOf((&plog.ProtoMarshaler{}).MarshalLogs)
	metrics := fileOf((&pmetric.ProtoMarshaler{}).MarshalMetrics)
	traces := fileOf((&ptrace.ProtoMarshaler{}).MarshalTraces)
	return exporter.NewFactory(metadata.Type, createDefaultConfig,
		exporter.WithLogs(func(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Logs, error) {
			return newLogsExporter(ctx, set, cfg, logs)
		}, component.StabilityLevelAlpha),
		exporter.WithMetrics(func(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Metrics, error) {
			e, err := newExporter(set, cfg, pipeline.SignalMetrics, metrics)
			if err != nil {
				return nil, err
			}
			return exporterhelper.NewMetrics(ctx, set, cfg, e.consume, e.options()...)
		}, component.StabilityLevelAlpha),
		exporter.WithTraces(func(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Traces, error) {
			e, err := newExporter(set, cfg, pipeline.SignalTraces, traces)
			if err != nil {
				return nil, err
			}
			return exporterhelper.NewTraces(ctx, set, cfg, e.consume, e.options()...)
		}, component.StabilityLevelAlpha),
	)
}

// fileOf makes one file of each payload.
func fileOf[D any](marshal func(D) ([]byte, error)) func(D) ([]columnar.File, error) {
	return func(data D) ([]columnar.File, error) {
		raw, err := marshal(data)
		return []columnar.File{{Hour: testTime.Truncate(time.Hour), First: testTime, Rows: 1, Data: raw}}, err
	}
}

// receiver returns a receiver of what is put into the bucket. Its next consumer
// decides how a put is answered.
func (f *fakeS3) receiver(t *testing.T) receiver.Factory {
	return receiver.NewFactory(component.MustNewType("bucket"), nil,
		receiver.WithLogs(func(_ context.Context, _ receiver.Settings, _ component.Config, next consumer.Logs) (receiver.Logs, error) {
			return deliver(t, f, (&plog.ProtoUnmarshaler{}).UnmarshalLogs, next.ConsumeLogs), nil
		}, component.StabilityLevelAlpha),
		receiver.WithMetrics(func(_ context.Context, _ receiver.Settings, _ component.Config, next consumer.Metrics) (receiver.Metrics, error) {
			return deliver(t, f, (&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics, next.ConsumeMetrics), nil
		}, component.StabilityLevelAlpha),
		receiver.WithTraces(func(_ context.Context, _ receiver.Settings, _ component.Config, next consumer.Traces) (receiver.Traces, error) {
			return deliver(t, f, (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces, next.ConsumeTraces), nil
		}, component.StabilityLevelAlpha),
	)
}

// bucketReceiver only lives: the bucket's server is there all the time.
type bucketReceiver struct {
	component.StartFunc
	component.ShutdownFunc
}

func deliver[D any](
	t *testing.T, f *fakeS3, unmarshal func([]byte) (D, error), next func(context.Context, D) error,
) bucketReceiver {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fail = func(_ int, _ string, raw []byte) (string, int) {
		data, err := unmarshal(raw)
		if err != nil {
			t.Error(err)
			return "InternalError", http.StatusInternalServerError
		}
		switch err := next(t.Context(), data); {
		case err == nil:
			return "", 0
		case consumererror.IsPermanent(err):
			return "EntityTooLarge", http.StatusBadRequest
		default:
			return "SlowDown", http.StatusServiceUnavailable
		}
	}
	return bucketReceiver{}
}
