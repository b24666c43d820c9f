package parquetexporter

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

func traces() ptrace.Traces {
	td := ptrace.NewTraces()
	spans := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	for i := range byte(3) {
		span := spans.AppendEmpty()
		span.SetName("GET /")
		span.SetSpanID([8]byte{1, i})
		span.SetStartTimestamp(pcommon.NewTimestampFromTime(testTime))
	}
	return td
}

func metrics() pmetric.Metrics {
	md := pmetric.NewMetrics()
	m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	m.SetName("queue.size")
	points := m.SetEmptyGauge().DataPoints()
	for i := range int64(2) {
		point := points.AppendEmpty()
		point.SetIntValue(i)
		point.SetTimestamp(pcommon.NewTimestampFromTime(testTime))
	}
	return md
}

// Guarantees that what the factory makes writes real Parquet for each signal,
// under a key that a second exporter, as after a restart, finds again.
func TestFactoryWritesParquet(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		exportAll(t, testConfig("file://"+dir))
	}
	files := objects(t, dir)
	rows := make(map[string]int64)
	for key, data := range files {
		require.True(t, strings.HasSuffix(key, ".parquet"), key)
		reader, err := file.NewParquetReader(bytes.NewReader(data))
		require.NoError(t, err)
		rows[hashes.ReplaceAllString(key, "")] = reader.NumRows()
		require.NoError(t, reader.Close())
	}
	const partition = "/v1/stream=default/dt=2026-11-22/hour=05/20261122T051000.000000000Z"
	require.Equal(t, map[string]int64{"traces" + partition: 3, "logs" + partition: 4, "metrics" + partition: 2}, rows)
	require.Len(t, files, 3, "%v", slices.Collect(maps.Keys(files)))
}

func exportAll(t *testing.T, cfg *Config) {
	ctx, factory := t.Context(), NewFactory()
	traceExporter, err := factory.CreateTraces(ctx, nopSettings(), cfg)
	require.NoError(t, err)
	logExporter, err := factory.CreateLogs(ctx, nopSettings(), cfg)
	require.NoError(t, err)
	metricExporter, err := factory.CreateMetrics(ctx, nopSettings(), cfg)
	require.NoError(t, err)
	all := []component.Component{traceExporter, logExporter, metricExporter}
	for _, e := range all {
		require.NoError(t, e.Start(ctx, componenttest.NewNopHost()))
	}
	require.NoError(t, traceExporter.ConsumeTraces(ctx, traces()))
	require.NoError(t, logExporter.ConsumeLogs(ctx, logs("a", 0, 0, 0, 0)))
	require.NoError(t, metricExporter.ConsumeMetrics(ctx, metrics()))
	for _, e := range all {
		require.NoError(t, e.Shutdown(ctx))
	}
}
