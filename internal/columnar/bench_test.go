package columnar

import (
	"bytes"
	"compress/gzip"
	"io"
	"syscall"
	"testing"
	"time"

	kgzip "github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// benchItems is the size of one payload, as the export helper batches them.
const benchItems = 8192

// BenchmarkEncode compares what a payload of about 8k items costs and how large it gets, as Parquet and as
// what others write to object stores. items/cpu-s counts the CPU time of the process, so it charges garbage
// collection too.
func BenchmarkEncode(b *testing.B) {
	c := newCorpus()
	td, ld, md := c.traces(benchItems), c.logs(benchItems), c.metrics(benchItems)
	for _, s := range []struct {
		name        string
		items       int
		parquet     func() ([]File, error)
		proto, json func() ([]byte, error)
	}{
		{
			"traces", td.SpanCount(), func() ([]File, error) { return Traces(td) },
			func() ([]byte, error) { return (&ptrace.ProtoMarshaler{}).MarshalTraces(td) },
			func() ([]byte, error) { return (&ptrace.JSONMarshaler{}).MarshalTraces(td) },
		},
		{
			"logs", ld.LogRecordCount(), func() ([]File, error) { return Logs(ld) },
			func() ([]byte, error) { return (&plog.ProtoMarshaler{}).MarshalLogs(ld) },
			func() ([]byte, error) { return (&plog.JSONMarshaler{}).MarshalLogs(ld) },
		},
		{
			"metrics", md.DataPointCount(), func() ([]File, error) { return Metrics(md) },
			func() ([]byte, error) { return (&pmetric.ProtoMarshaler{}).MarshalMetrics(md) },
			func() ([]byte, error) { return (&pmetric.JSONMarshaler{}).MarshalMetrics(md) },
		},
	} {
		b.Run("signal="+s.name+"/format=parquet", func(b *testing.B) {
			measure(b, s.items, func() int {
				files, err := s.parquet()
				require.NoError(b, err)
				size := 0
				for _, f := range files {
					size += len(f.Data)
				}
				return size
			})
		})
		compare(b, "signal="+s.name+"/format=proto", s.items, s.proto)
		compare(b, "signal="+s.name+"/format=json", s.items, s.json)
	}
}

// compare measures marshal with each of the usual compressions.
func compare(b *testing.B, name string, items int, marshal func() ([]byte, error)) {
	for _, c := range codecs(b) {
		b.Run(name+"/codec="+c.name, func(b *testing.B) {
			measure(b, items, func() int {
				data, err := marshal()
				require.NoError(b, err)
				return c.size(b, data)
			})
		})
	}
}

// measure runs encode, which returns the encoded size of a payload of so many items.
func measure(b *testing.B, items int, encode func() int) {
	size := encode() // The first call fills pools.
	b.ReportAllocs()
	start := cpuTime(b)
	for b.Loop() {
		size = encode()
	}
	cpu := cpuTime(b) - start
	b.ReportMetric(float64(items*b.N)/cpu.Seconds(), "items/cpu-s")
	b.ReportMetric(float64(size)/float64(items), "B/item")
}

// cpuTime returns the CPU time that this process has used.
func cpuTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// codec compresses a marshaled payload and returns the size.
type codec struct {
	name string
	size func(b *testing.B, data []byte) int
}

// compressor is what the writers of the two gzip packages have in common.
type compressor interface {
	io.WriteCloser
	Reset(w io.Writer)
}

func codecs(b *testing.B) []codec {
	var buf bytes.Buffer
	stream := func(w compressor) func(*testing.B, []byte) int {
		return func(b *testing.B, data []byte) int {
			buf.Reset()
			w.Reset(&buf)
			_, err := w.Write(data)
			require.NoError(b, err)
			require.NoError(b, w.Close())
			return buf.Len()
		}
	}
	block := func(level zstd.EncoderLevel) func(*testing.B, []byte) int {
		enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(level), zstd.WithEncoderConcurrency(1))
		require.NoError(b, err)
		var out []byte
		return func(_ *testing.B, data []byte) int {
			out = enc.EncodeAll(data, out[:0])
			return len(out)
		}
	}
	return []codec{
		{"none", func(_ *testing.B, data []byte) int { return len(data) }},
		{"gzip", stream(gzip.NewWriter(nil))},
		{"kgzip", stream(kgzip.NewWriter(nil))},
		{"zstd1", block(zstd.SpeedFastest)},
		{"zstd3", block(zstd.SpeedDefault)},
	}
}
