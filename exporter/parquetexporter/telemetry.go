package parquetexporter

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/otelcol-datastreams/otelcol-datastreams/exporter/parquetexporter/internal/metadata"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/spool"
)

const (
	// maxCountedStreams bounds the values of the attribute stream. A router's
	// configuration bounds them already, but without one a sender names them.
	maxCountedStreams = 1000
	// otherStreams stands for all streams beyond the bound.
	otherStreams = "_other"
)

// telemetry counts what becomes of the files of one exporter and signal. It is
// safe for concurrent use.
type telemetry struct {
	builder *metadata.TelemetryBuilder
	signal  attribute.KeyValue
	whole   metric.MeasurementOption // of the signal alone

	mu      sync.Mutex
	streams map[string]*streamTelemetry
}

// streamTelemetry is what is known of a stream.
type streamTelemetry struct {
	attributes []attribute.KeyValue
	option     metric.MeasurementOption
	latest     time.Time // event that the destination has
}

var _ spool.Observer = (*telemetry)(nil)

func newTelemetry(set component.TelemetrySettings, signal string) (*telemetry, error) {
	builder, err := metadata.NewTelemetryBuilder(set)
	if err != nil {
		return nil, err
	}
	t := &telemetry{builder: builder, signal: attribute.String("signal", signal), streams: make(map[string]*streamTelemetry)}
	t.whole = metric.WithAttributeSet(attribute.NewSet(t.signal))
	return t, nil
}

// Sealed implements spool.Observer.
func (t *telemetry) Sealed(f spool.File, took time.Duration) {
	t.builder.ExporterParquetSealDuration.Record(context.Background(), took.Seconds(), t.of(f.Stream()))
}

// Stored implements spool.Observer.
func (t *telemetry) Stored(f spool.File, took time.Duration, existed bool) {
	ctx, stream := context.Background(), t.of(f.Stream())
	t.builder.ExporterParquetUploadDuration.Record(ctx, took.Seconds(), stream)
	t.builder.ExporterParquetFiles.Add(ctx, 1, stream)
	t.builder.ExporterParquetRows.Add(ctx, int64(f.Rows), stream)
	t.builder.ExporterParquetBytes.Add(ctx, f.Bytes, stream)
	if existed {
		t.builder.ExporterParquetAlreadyStoredFiles.Add(ctx, 1, stream)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if s := t.streamLocked(f.Stream()); f.Last.After(s.latest) {
		s.latest = f.Last
	}
}

// Lost implements spool.Observer.
func (t *telemetry) Lost(f spool.File, reason spool.Reason) {
	t.builder.ExporterParquetLostRows.Add(context.Background(), int64(f.Rows), t.of(f.Stream(), attribute.String("reason", string(reason))))
}

// Misplaced implements spool.Observer.
func (t *telemetry) Misplaced(stream string, past, future int) {
	for direction, rows := range map[string]int{"past": past, "future": future} {
		if rows > 0 {
			t.builder.ExporterParquetMisplacedRows.Add(context.Background(), int64(rows), t.of(stream, attribute.String("direction", direction)))
		}
	}
}

// synced is told how long the log's disk took.
func (t *telemetry) synced(took time.Duration) {
	t.builder.ExporterParquetLogSyncDuration.Record(context.Background(), took.Seconds(), t.whole)
}

// of returns the attributes of a stream's measurement.
func (t *telemetry) of(stream string, more ...attribute.KeyValue) metric.MeasurementOption {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.streamLocked(stream)
	if len(more) == 0 {
		return s.option
	}
	return metric.WithAttributes(append(more, s.attributes...)...)
}

func (t *telemetry) streamLocked(stream string) *streamTelemetry {
	if s, ok := t.streams[stream]; ok {
		return s
	}
	if len(t.streams) >= maxCountedStreams {
		stream = otherStreams
		if s, ok := t.streams[stream]; ok {
			return s
		}
	}
	attributes := []attribute.KeyValue{attribute.String("stream", stream), t.signal}
	s := &streamTelemetry{attributes: attributes, option: metric.WithAttributeSet(attribute.NewSet(attributes...))}
	t.streams[stream] = s
	return s
}

// observe reports the state of the spool, and how fresh the data is, until close.
func (t *telemetry) observe(engine interface{ Stats() spool.Stats }) error {
	b := t.builder
	gauge := func(value func(spool.Stats) int64) metric.Int64Callback {
		return func(_ context.Context, o metric.Int64Observer) error {
			o.Observe(value(engine.Stats()), t.whole)
			return nil
		}
	}
	age := func(_ context.Context, o metric.Float64Observer) error {
		o.Observe(since(engine.Stats().OldestSealed), t.whole)
		return nil
	}
	return errors.Join(
		b.RegisterExporterParquetSpoolFilesCallback(gauge(func(s spool.Stats) int64 { return int64(s.SealedFiles) })),
		b.RegisterExporterParquetSpoolSizeCallback(gauge(func(s spool.Stats) int64 { return s.SealedBytes })),
		b.RegisterExporterParquetSpoolAgeCallback(age),
		b.RegisterExporterParquetOpenFilesCallback(gauge(func(s spool.Stats) int64 { return int64(s.OpenFiles) })),
		b.RegisterExporterParquetOpenSizeCallback(gauge(func(s spool.Stats) int64 { return s.OpenBytes })),
		b.RegisterExporterParquetLogSizeCallback(gauge(func(s spool.Stats) int64 { return s.Log.Bytes })),
		b.RegisterExporterParquetLogDamagedRecordsCallback(gauge(func(s spool.Stats) int64 { return int64(s.Log.Lost) })), // A count of records.
		b.RegisterExporterParquetDamagedSizeCallback(gauge(func(s spool.Stats) int64 { return s.DamagedBytes })),
		b.RegisterExporterParquetDamagedFilesRemovedCallback(gauge(func(s spool.Stats) int64 { return s.DamagedRemoved })), // A count of files.
		b.RegisterExporterParquetFreshnessCallback(t.observeFreshness),
	)
}

func (t *telemetry) observeFreshness(_ context.Context, o metric.Float64Observer) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range t.streams {
		if !s.latest.IsZero() {
			o.Observe(since(s.latest), s.option)
		}
	}
	return nil
}

// since returns the seconds since at, 0 if that is no time.
func since(at time.Time) float64 {
	if at.IsZero() {
		return 0
	}
	return time.Since(at).Seconds()
}

func (t *telemetry) close() { t.builder.Shutdown() }
