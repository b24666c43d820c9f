package parquetexporter

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/otelcol-datastreams/otelcol-datastreams/exporter/parquetexporter/internal/metadatatest"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
)

var hashes = regexp.MustCompile(`-[0-9a-f]{32}\.parquet$`)

// layout returns the texts in the objects by key, with hashes replaced.
func layout(t *testing.T, objects map[string][]byte) map[string][]string {
	texts := make(map[string][]string)
	for key, data := range objects {
		name := hashes.ReplaceAllString(key, "-HASH.parquet")
		texts[name] = append(texts[name], bodies(t, data)...)
	}
	return texts
}

func TestStreamsAndHours(t *testing.T) {
	dir := t.TempDir()
	cfg := testConfig("file://" + dir)
	cfg.Stream = "unrouted"
	e := startLogs(t, nopSettings(), cfg, componenttest.NewNopHost())

	ctx := t.Context()
	require.NoError(t, e.ConsumeLogs(inStream(ctx, "pay"), logs("a", 0, 0, 1, 19)))
	require.NoError(t, e.ConsumeLogs(inStream(ctx, "../shop"), logs("b", 0)))
	require.NoError(t, e.ConsumeLogs(ctx, logs("c", 0)))
	require.NoError(t, e.Shutdown(ctx))

	require.Equal(t, map[string][]string{
		"logs/v1/stream=pay/dt=2026-11-22/hour=05/20261122T051000.000000000Z-HASH.parquet":         {"a", "a"},
		"logs/v1/stream=pay/dt=2026-11-22/hour=06/20261122T061000.000000000Z-HASH.parquet":         {"a"},
		"logs/v1/stream=pay/dt=2026-11-23/hour=00/20261123T001000.000000000Z-HASH.parquet":         {"a"},
		"logs/v1/stream=%2E.%2Fshop/dt=2026-11-22/hour=05/20261122T051000.000000000Z-HASH.parquet": {"b"},
		"logs/v1/stream=unrouted/dt=2026-11-22/hour=05/20261122T051000.000000000Z-HASH.parquet":    {"c"},
	}, layout(t, objects(t, dir)))
}

// Guarantees that data shared with other exporters stays as it is, and that
// nothing is written for nothing.
func TestReadOnlyAndEmpty(t *testing.T) {
	dir := t.TempDir()
	e := startLogs(t, nopSettings(), testConfig("file://"+dir), componenttest.NewNopHost())
	require.False(t, e.Capabilities().MutatesData)

	require.NoError(t, e.ConsumeLogs(t.Context(), plog.NewLogs()))
	require.Empty(t, objects(t, dir))

	ld := logs("shared", 0, 1)
	ld.MarkReadOnly()
	require.NoError(t, e.ConsumeLogs(t.Context(), ld))
	require.Len(t, objects(t, dir), 2)
	require.NoError(t, e.Shutdown(t.Context()))
}

func TestEncodeErrorIsPermanent(t *testing.T) {
	failed := errors.New("no column for this")
	cfg := testConfig("file://" + t.TempDir())
	e, err := newLogsExporter(t.Context(), nopSettings(), cfg, func(plog.Logs) ([]columnar.File, error) { return nil, failed })
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), componenttest.NewNopHost()))
	err = e.ConsumeLogs(t.Context(), logs("a", 0))
	require.ErrorIs(t, err, failed)
	require.True(t, consumererror.IsPermanent(err))
	require.NoError(t, e.Shutdown(t.Context()))
}

func TestStartRefusesBadDirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	e, err := newLogsExporter(t.Context(), nopSettings(), testConfig("file://"+file), encodeLogs)
	require.NoError(t, err)
	err = e.Start(t.Context(), componenttest.NewNopHost())
	require.ErrorContains(t, err, `url "file://`+file+`": make directory`)
	require.NoError(t, e.Shutdown(t.Context()))
}

func TestStartRefusesUnknownRegion(t *testing.T) {
	e, err := newLogsExporter(t.Context(), nopSettings(), testConfig("s3://bucket"), encodeLogs)
	require.NoError(t, err)
	require.EqualError(t, e.Start(t.Context(), componenttest.NewNopHost()),
		`url "s3://bucket": no AWS region: set s3.region or AWS_REGION`)
}

// Guarantees that a dead destination neither fails nor delays the start, and
// that somebody hears of it once.
func TestStartWithDeadBucket(t *testing.T) {
	core, observed := observer.New(zap.WarnLevel)
	set := nopSettings()
	set.Logger = zap.New(core)
	bucket := newFakeS3(t)
	cfg := bucket.config()
	cfg.S3.Get().Endpoint = "http://127.0.0.1:1"

	e := startLogs(t, set, cfg, componenttest.NewNopHost())
	require.Eventually(t, func() bool { return observed.Len() > 0 }, 10*time.Second, time.Millisecond)
	require.NoError(t, e.Shutdown(t.Context()))
	require.Equal(t, 1, observed.Len())
	require.Equal(t, "s3://bucket/prefix", observed.All()[0].ContextMap()["url"])
}

func TestShutdownStopsCheck(t *testing.T) {
	core, observed := observer.New(zap.WarnLevel)
	set := nopSettings()
	set.Logger = zap.New(core)
	asked := make(chan struct{})
	cfg := silentStore(t, asked)

	e := startLogs(t, set, cfg, componenttest.NewNopHost())
	<-asked
	require.NoError(t, e.Shutdown(t.Context()))
	require.Zero(t, observed.Len(), "being shut down is no news")
}

func TestCounters(t *testing.T) {
	tel := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, tel.Shutdown(context.WithoutCancel(t.Context()))) })
	set := nopSettings()
	set.TelemetrySettings = tel.NewTelemetrySettings()
	dir := t.TempDir()
	e := startLogs(t, set, testConfig("file://"+dir), componenttest.NewNopHost())
	require.NoError(t, e.ConsumeLogs(inStream(t.Context(), "pay"), logs("a", 0, 0, 1)))
	require.NoError(t, e.ConsumeLogs(inStream(t.Context(), "pay"), logs("b", 2)))
	require.NoError(t, e.ConsumeLogs(t.Context(), logs("c", 0)))
	require.NoError(t, e.ConsumeLogs(t.Context(), plog.NewLogs()))
	require.NoError(t, e.Shutdown(t.Context()))

	size := make(map[string]int64)
	for key, data := range objects(t, dir) {
		size[strings.Split(key, "/")[2]] += int64(len(data))
	}
	points := func(pay, unrouted int64) []metricdata.DataPoint[int64] {
		return []metricdata.DataPoint[int64]{counted("pay", pay), counted("default", unrouted)}
	}
	loose := []metricdatatest.Option{metricdatatest.IgnoreTimestamp(), metricdatatest.IgnoreExemplars()}
	metadatatest.AssertEqualExporterParquetFiles(t, tel, points(3, 1), loose...)
	metadatatest.AssertEqualExporterParquetRows(t, tel, points(4, 1), loose...)
	metadatatest.AssertEqualExporterParquetBytes(t, tel, points(size["stream=pay"], size["stream=default"]), loose...)
}

func counted(stream string, value int64) metricdata.DataPoint[int64] {
	return metricdata.DataPoint[int64]{
		Attributes: attribute.NewSet(attribute.String("stream", stream), attribute.String("signal", "logs")),
		Value:      value,
	}
}

// Guarantees that a sender who makes up stream names does not make up series.
func TestCountersAreBounded(t *testing.T) {
	tel := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, tel.Shutdown(context.WithoutCancel(t.Context()))) })
	c, err := newCounters(tel.NewTelemetrySettings(), "logs")
	require.NoError(t, err)
	for i := range maxCountedStreams + 10 {
		c.count(t.Context(), strings.Repeat("x", i+1), totals{files: 1, bytes: 1, rows: 1})
	}
	c.count(t.Context(), "x", totals{files: 1, bytes: 1, rows: 1})

	got, err := tel.GetMetric("otelcol_exporter_parquet_files")
	require.NoError(t, err)
	series := got.Data.(metricdata.Sum[int64]).DataPoints
	require.Len(t, series, maxCountedStreams+1)
	for _, point := range series {
		switch stream, _ := point.Attributes.Value("stream"); stream.AsString() {
		case otherStreams:
			require.EqualValues(t, 10, point.Value)
		case "x":
			require.EqualValues(t, 2, point.Value)
		default:
			require.EqualValues(t, 1, point.Value)
		}
	}
}
