package parquetexporter

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap/confmaptest"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"

	"github.com/otelcol-datastreams/otelcol-datastreams/exporter/parquetexporter/internal/metadatatest"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/spool"
)

var (
	loose    = []metricdatatest.Option{metricdatatest.IgnoreTimestamp(), metricdatatest.IgnoreExemplars()}
	anyValue = append([]metricdatatest.Option{metricdatatest.IgnoreValue()}, loose...)
)

func measured(t *testing.T) (*componenttest.Telemetry, exporter.Settings) {
	tel := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, tel.Shutdown(context.WithoutCancel(t.Context()))) })
	set := settings()
	set.TelemetrySettings = tel.NewTelemetrySettings()
	return tel, set
}

// setOf returns the attributes of a measurement of logs, and more of them.
func setOf(more ...string) attribute.Set {
	list := []attribute.KeyValue{attribute.String("signal", "logs")}
	for i := 0; i < len(more); i += 2 {
		list = append(list, attribute.String(more[i], more[i+1]))
	}
	return attribute.NewSet(list...)
}

func point[N int64 | float64](value N, more ...string) metricdata.DataPoint[N] {
	return metricdata.DataPoint[N]{Attributes: setOf(more...), Value: value}
}

// times is n durations.
func times(more ...string) []metricdata.HistogramDataPoint[float64] {
	return []metricdata.HistogramDataPoint[float64]{{Attributes: setOf(more...)}}
}

// What is open and what waits is seen while it does.
func TestGauges(t *testing.T) {
	tel, set := measured(t)
	bucket := newFakeS3(t)
	bucket.set(always("SlowDown", http.StatusServiceUnavailable))
	cfg := bucket.config(t)
	cfg.Roll.MaxRows = 2
	e := startLogs(t, set, cfg)
	require.NoError(t, e.ConsumeLogs(t.Context(), logs("a", 0)))
	metadatatest.AssertEqualExporterParquetOpenFiles(t, tel, []metricdata.DataPoint[int64]{point[int64](1)}, loose...)
	// The row was late, so that its stream is known; nothing of it waits.
	waiting := []metricdata.DataPoint[int64]{point[int64](0, "stream", "default")}
	metadatatest.AssertEqualExporterParquetSpoolFiles(t, tel, waiting, loose...)
	metadatatest.AssertEqualExporterParquetSpoolSize(t, tel, waiting, loose...)
	metadatatest.AssertEqualExporterParquetSpoolAge(t, tel, []metricdata.DataPoint[float64]{point[float64](0, "stream", "default")}, loose...)
	metadatatest.AssertEqualExporterParquetLogDamagedRecords(t, tel, []metricdata.DataPoint[int64]{point[int64](0)}, loose...)
	metadatatest.AssertEqualExporterParquetDamagedSize(t, tel, []metricdata.DataPoint[int64]{point[int64](0)}, loose...)
	metadatatest.AssertEqualExporterParquetDamagedFilesRemoved(t, tel, []metricdata.DataPoint[int64]{point[int64](0)}, loose...)
	for _, name := range []string{"open_size", "log_size"} {
		require.Positive(t, gauge(t, tel, name), name)
	}

	require.NoError(t, e.ConsumeLogs(t.Context(), logs("a", 0)))
	require.Eventually(t, func() bool { return gauge(t, tel, "spool_files") == 1 }, 20*time.Second, time.Millisecond)
	require.Zero(t, gauge(t, tel, "open_files"))
	require.Eventually(t, func() bool { return gauge(t, tel, "open_size") == 0 }, 20*time.Second, time.Millisecond)
	require.Positive(t, gauge(t, tel, "spool_size"))
	require.Eventually(t, func() bool { return seconds(t, tel, "spool_age") > 0 }, 20*time.Second, time.Millisecond)
	shutdownNow(t, e)
}

// gauge returns the sum over all streams.
func gauge(t *testing.T, tel *componenttest.Telemetry, name string) int64 {
	t.Helper()
	got, err := tel.GetMetric("otelcol_exporter_parquet_" + name)
	require.NoError(t, err)
	var sum int64
	for _, p := range got.Data.(metricdata.Gauge[int64]).DataPoints {
		sum += p.Value
	}
	return sum
}

func seconds(t *testing.T, tel *componenttest.Telemetry, name string) float64 {
	t.Helper()
	got, err := tel.GetMetric("otelcol_exporter_parquet_" + name)
	require.NoError(t, err)
	points := got.Data.(metricdata.Gauge[float64]).DataPoints
	require.Len(t, points, 1)
	return points[0].Value
}

// What becomes of rows is counted by stream: stored, stored before, late,
// misplaced, lost. Every metric is there, with its attributes.
func TestCounters(t *testing.T) {
	tel, set := measured(t)
	bucket := newFakeS3(t)
	answered := false
	bucket.set(func(key string) (string, int, bool) {
		switch {
		case strings.Contains(key, "stream=toolarge/"):
			return "EntityTooLarge", http.StatusBadRequest, false
		case strings.Contains(key, "stream=again/") && !answered:
			answered = true // But the answer does not get through.
			return "InternalError", http.StatusInternalServerError, true
		}
		return "", 0, false
	})
	cfg := bucket.config(t)
	cfg.Roll.MaxRows = 1
	e := startLogs(t, set, cfg)
	ctx := t.Context()
	require.NoError(t, e.ConsumeLogs(inStream(ctx, "pay"), logs("a", 0, 0, -1)))
	require.NoError(t, e.ConsumeLogs(inStream(ctx, "pay"), logs("b", -24*30, -24*31, 48)))
	require.NoError(t, e.ConsumeLogs(inStream(ctx, "again"), logs("c", 0)))
	require.NoError(t, e.ConsumeLogs(inStream(ctx, "toolarge"), logs("d", 0, 0)))
	require.Eventually(t, func() bool {
		_, lost := tel.GetMetric("otelcol_exporter_parquet_lost_rows") // What is lost comes last, and no file is left meanwhile.
		return bucket.stored() == 4 && lost == nil && gauge(t, tel, "spool_files") == 0
	}, 20*time.Second, 10*time.Millisecond)
	requireEveryMetric(t, tel)
	freshness, err := tel.GetMetric("otelcol_exporter_parquet_freshness")
	require.NoError(t, err)
	for _, p := range freshness.Data.(metricdata.Gauge[float64]).DataPoints {
		if stream, _ := p.Attributes.Value("stream"); stream.AsString() == "again" {
			require.InDelta(t, time.Since(testTime).Seconds(), p.Value, 60)
		}
	}
	require.NoError(t, e.Shutdown(ctx))

	size := make(map[string]int64)
	for key, data := range bucket.objects {
		size[strings.Split(key, "/")[3]] += int64(len(data))
	}
	points := func(pay, again int64) []metricdata.DataPoint[int64] {
		return []metricdata.DataPoint[int64]{point(pay, "stream", "pay"), point(again, "stream", "again")}
	}
	metadatatest.AssertEqualExporterParquetFiles(t, tel, points(3, 1), loose...)
	metadatatest.AssertEqualExporterParquetRows(t, tel, points(6, 1), loose...)
	metadatatest.AssertEqualExporterParquetBytes(t, tel, points(size["stream=pay"], size["stream=again"]), loose...)
	metadatatest.AssertEqualExporterParquetAlreadyStoredFiles(t, tel, []metricdata.DataPoint[int64]{point[int64](1, "stream", "again")}, loose...)
	metadatatest.AssertEqualExporterParquetLostRows(t, tel,
		[]metricdata.DataPoint[int64]{point[int64](2, "stream", "toolarge", "reason", string(spool.Refused))}, loose...)
	metadatatest.AssertEqualExporterParquetLateRows(t, tel, append(points(3, 1), point[int64](2, "stream", "toolarge")), loose...)
	metadatatest.AssertEqualExporterParquetMisplacedRows(t, tel, []metricdata.DataPoint[int64]{
		point[int64](2, "stream", "pay", "direction", "past"), point[int64](1, "stream", "pay", "direction", "future"),
	}, loose...)
	metadatatest.AssertEqualExporterParquetLogSyncDuration(t, tel, times(), anyValue...)
	metadatatest.AssertEqualExporterParquetUploadDuration(t, tel, append(times("stream", "pay"), times("stream", "again")...), anyValue...)
	metadatatest.AssertEqualExporterParquetSealDuration(t, tel,
		append(append(times("stream", "pay"), times("stream", "again")...), times("stream", "toolarge")...), anyValue...)
}

// requireEveryMetric asserts that there is a point of each metric that
// metadata.yaml promises, with the attributes that it promises.
func requireEveryMetric(t *testing.T, tel *componenttest.Telemetry) {
	t.Helper()
	conf, err := confmaptest.LoadConf("metadata.yaml")
	require.NoError(t, err)
	metrics, err := conf.Sub("telemetry::metrics")
	require.NoError(t, err)
	for name, promised := range metrics.ToStringMap() {
		got, err := tel.GetMetric("otelcol_" + name)
		require.NoError(t, err)
		sets := attributesOf(t, got.Data)
		require.NotEmpty(t, sets, name)
		for _, set := range sets {
			var keys []any
			for _, kv := range set.ToSlice() {
				keys = append(keys, string(kv.Key))
			}
			require.ElementsMatch(t, promised.(map[string]any)["attributes"], keys, name)
		}
	}
}

func attributesOf(t *testing.T, data metricdata.Aggregation) []attribute.Set {
	t.Helper()
	switch d := data.(type) {
	case metricdata.Sum[int64]:
		return sets(d.DataPoints)
	case metricdata.Gauge[int64]:
		return sets(d.DataPoints)
	case metricdata.Gauge[float64]:
		return sets(d.DataPoints)
	case metricdata.Histogram[float64]:
		var all []attribute.Set
		for _, p := range d.DataPoints {
			all = append(all, p.Attributes)
		}
		return all
	}
	require.Failf(t, "unknown kind of metric", "%T", data)
	return nil
}

func sets[N int64 | float64](points []metricdata.DataPoint[N]) []attribute.Set {
	var all []attribute.Set
	for _, p := range points {
		all = append(all, p.Attributes)
	}
	return all
}

// Guarantees that what nobody will ever read is counted, not only logged.
func TestExpired(t *testing.T) {
	tel, set := measured(t)
	bucket := newFakeS3(t)
	bucket.set(always("SlowDown", http.StatusServiceUnavailable))
	cfg := bucket.config(t)
	cfg.Roll.MaxAge, cfg.Spool.MaxAge = 100*time.Millisecond, 100*time.Millisecond
	e := startLogs(t, set, cfg)
	require.NoError(t, e.ConsumeLogs(t.Context(), logs("a", 0, 0, 0)))
	require.Eventually(t, func() bool { _, err := tel.GetMetric("otelcol_exporter_parquet_lost_rows"); return err == nil }, 20*time.Second, 10*time.Millisecond)
	metadatatest.AssertEqualExporterParquetLostRows(t, tel,
		[]metricdata.DataPoint[int64]{point[int64](3, "stream", "default", "reason", string(spool.Expired))}, loose...)
	require.NoError(t, e.Shutdown(t.Context()))
}
