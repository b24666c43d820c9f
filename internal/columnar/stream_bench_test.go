package columnar

import (
	"io"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// benchStream is the number of items of a file in BenchmarkStream.
const benchStream = 200_000

// BenchmarkStream writes one file from many payloads, as the exporter does: from pdata, and from OTLP bytes.
// Run it with GOMAXPROCS=1: items/cpu-s counts the CPU time of the process, garbage collection included.
// alloc-B/item is what is allocated, B/item the size of the file.
func BenchmarkStream(b *testing.B) {
	c := newCorpus()
	b.Run("signal=traces", func(b *testing.B) {
		stream(b, traces(), ptrace.Traces.SpanCount, c.Traces,
			(&ptrace.ProtoMarshaler{}).MarshalTraces, (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces)
	})
	b.Run("signal=logs", func(b *testing.B) {
		stream(b, logs(), plog.Logs.LogRecordCount, c.Logs,
			(&plog.ProtoMarshaler{}).MarshalLogs, (&plog.ProtoUnmarshaler{}).UnmarshalLogs)
	})
	b.Run("signal=metrics", func(b *testing.B) {
		stream(b, metrics(), pmetric.Metrics.DataPointCount, c.Metrics,
			(&pmetric.ProtoMarshaler{}).MarshalMetrics, (&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics)
	})
}

func stream[D any](
	b *testing.B, table *Table[D], count func(D) int, next func(int, time.Time) D,
	marshal func(D) ([]byte, error), unmarshal func([]byte) (D, error),
) {
	var payloads []D
	var raw [][]byte
	items := 0
	for at := corpusTime; items < benchStream; at = at.Add(10 * time.Second) {
		d := next(benchItems, at)
		data, err := marshal(d)
		require.NoError(b, err)
		items += count(d)
		payloads, raw = append(payloads, d), append(raw, data)
	}
	b.Run("from=pdata", func(b *testing.B) {
		streamed(b, table, len(payloads), items, func(i int) D { return payloads[i] })
	})
	payloads = nil
	b.Run("from=otlp", func(b *testing.B) {
		streamed(b, table, len(raw), items, func(i int) D {
			d, err := unmarshal(raw[i])
			require.NoError(b, err)
			return d
		})
	})
}

// streamed writes n payloads as one file, again and again.
func streamed[D any](b *testing.B, table *Table[D], n, items int, payload func(i int) D) {
	var rows []Row
	file := func() int64 {
		w := table.NewWriter(io.Discard)
		for i := range n {
			d := payload(i)
			rows = table.Rows(d, rows[:0])
			require.NoError(b, w.Append(d, rows))
		}
		info, err := w.Close()
		require.NoError(b, err)
		return info.Bytes
	}
	size := file() // The first file fills pools.
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := cpuTime(b)
	for b.Loop() {
		size = file()
	}
	cpu := cpuTime(b) - start
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(items*b.N)/cpu.Seconds(), "items/cpu-s")
	b.ReportMetric(float64(size)/float64(items), "B/item")
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(items*b.N), "alloc-B/item")
}
