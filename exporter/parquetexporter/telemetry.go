package parquetexporter

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/otelcol-datastreams/otelcol-datastreams/exporter/parquetexporter/internal/metadata"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/spool"
)

// telemetry counts what becomes of the files of one exporter and signal. It is
// safe for concurrent use.
type telemetry struct {
	builder *metadata.TelemetryBuilder
	signal  attribute.KeyValue
	whole   metric.MeasurementOption // of the signal alone
	// By the attributes that instruments have besides stream and signal.
	streams, directions, reasons *held

	mu    sync.Mutex
	known map[string]*streamTelemetry // by label
}

// streamTelemetry is what is known of a stream, or of all those without a label.
type streamTelemetry struct {
	option metric.MeasurementOption
	latest time.Time // event that the destination has
}

var _ spool.Observer = (*telemetry)(nil)

func newTelemetry(set component.TelemetrySettings, signal string) (*telemetry, error) {
	builder, err := metadata.NewTelemetryBuilder(set)
	if err != nil {
		return nil, err
	}
	t := &telemetry{
		builder: builder, signal: attribute.String("signal", signal),
		streams: streamLabels.hold(), directions: directionLabels.hold(), reasons: reasonLabels.hold(),
		known: make(map[string]*streamTelemetry),
	}
	t.whole = t.with()
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
	t.builder.ExporterParquetLostRows.Add(context.Background(), int64(f.Rows),
		t.with(attribute.String("stream", t.reasons.of(f.Stream())), attribute.String("reason", string(reason))))
}

// Late implements spool.Observer.
func (t *telemetry) Late(stream string, rows int) {
	t.builder.ExporterParquetLateRows.Add(context.Background(), int64(rows), t.of(stream))
}

// Misplaced implements spool.Observer.
func (t *telemetry) Misplaced(stream string, past, future int) {
	label := attribute.String("stream", t.directions.of(stream))
	add := func(direction string, rows int) {
		if rows > 0 {
			t.builder.ExporterParquetMisplacedRows.Add(context.Background(), int64(rows), t.with(label, attribute.String("direction", direction)))
		}
	}
	add("past", past)
	add("future", future)
}

// synced is told how long the log's disk took.
func (t *telemetry) synced(took time.Duration) {
	t.builder.ExporterParquetLogSyncDuration.Record(context.Background(), took.Seconds(), t.whole)
}

// with returns the attributes of a measurement: the signal and more.
func (t *telemetry) with(more ...attribute.KeyValue) metric.MeasurementOption {
	return metric.WithAttributeSet(attribute.NewSet(append(more, t.signal)...))
}

// of returns the attributes of a stream's measurement.
func (t *telemetry) of(stream string) metric.MeasurementOption {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.streamLocked(stream).option
}

func (t *telemetry) streamLocked(stream string) *streamTelemetry {
	label := t.streams.of(stream)
	s, ok := t.known[label]
	if !ok {
		s = &streamTelemetry{option: t.with(attribute.String("stream", label))}
		t.known[label] = s
	}
	return s
}

// state is what an engine tells when it is asked.
type state interface {
	Stats() spool.Stats
	Backlog() map[string]spool.Backlog
}

// observe reports the state of the spool, and how fresh the data is, until close.
func (t *telemetry) observe(engine state) error {
	b := t.builder
	gauge := func(value func(spool.Stats) int64) metric.Int64Callback {
		return func(_ context.Context, o metric.Int64Observer) error {
			o.Observe(value(engine.Stats()), t.whole)
			return nil
		}
	}
	return errors.Join(
		b.RegisterExporterParquetSpoolFilesCallback(func(_ context.Context, o metric.Int64Observer) error {
			t.eachBacklog(engine, func(b spool.Backlog, stream metric.MeasurementOption) { o.Observe(int64(b.Files), stream) })
			return nil
		}),
		b.RegisterExporterParquetSpoolSizeCallback(func(_ context.Context, o metric.Int64Observer) error {
			t.eachBacklog(engine, func(b spool.Backlog, stream metric.MeasurementOption) { o.Observe(b.Bytes, stream) })
			return nil
		}),
		b.RegisterExporterParquetSpoolAgeCallback(func(_ context.Context, o metric.Float64Observer) error {
			t.eachBacklog(engine, func(b spool.Backlog, stream metric.MeasurementOption) { o.Observe(since(b.Oldest), stream) })
			return nil
		}),
		b.RegisterExporterParquetOpenFilesCallback(gauge(func(s spool.Stats) int64 { return int64(s.OpenFiles) })),
		b.RegisterExporterParquetOpenSizeCallback(gauge(func(s spool.Stats) int64 { return s.OpenBytes })),
		b.RegisterExporterParquetLogSizeCallback(gauge(func(s spool.Stats) int64 { return s.Log.Bytes })),
		b.RegisterExporterParquetLogDamagedRecordsCallback(gauge(func(s spool.Stats) int64 { return int64(s.Log.Lost) })), // A count of records.
		b.RegisterExporterParquetDamagedSizeCallback(gauge(func(s spool.Stats) int64 { return s.DamagedBytes })),
		b.RegisterExporterParquetDamagedFilesRemovedCallback(gauge(func(s spool.Stats) int64 { return s.DamagedRemoved })), // A count of files.
		b.RegisterExporterParquetFreshnessCallback(t.observeFreshness),
	)
}

// eachBacklog reports what waits of each stream that was seen, which may be
// nothing, and of all others together.
func (t *telemetry) eachBacklog(engine state, report func(spool.Backlog, metric.MeasurementOption)) {
	backlog := engine.Backlog()
	t.mu.Lock()
	defer t.mu.Unlock()
	sums := make(map[*streamTelemetry]spool.Backlog)
	for _, stream := range slices.Sorted(maps.Keys(backlog)) { // The first ones get labels.
		s := t.streamLocked(stream)
		sums[s] = sums[s].And(backlog[stream])
	}
	for _, s := range t.known {
		report(sums[s], s.option)
	}
}

func (t *telemetry) observeFreshness(_ context.Context, o metric.Float64Observer) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range t.known {
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

// close ends what observe began, and gives the labels back.
func (t *telemetry) close() {
	t.builder.Shutdown()
	for _, labels := range []*held{t.streams, t.directions, t.reasons} {
		labels.release()
	}
}
