//go:build unix

package spool

import (
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/objectstore"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/shop"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/wal"
)

// BenchmarkConsume measures the way of payloads of 8,192 spans into objects in
// a directory. spans/cpu-s counts the CPU time of the process, sealing, storing
// and garbage collection included.
func BenchmarkConsume(b *testing.B) {
	const size = 8192
	corpus := shop.New(1)
	payloads := make([]ptrace.Traces, 25)
	for i := range payloads {
		payloads[i] = corpus.Traces(size, noon.Add(time.Duration(i)*10*time.Second))
	}
	for _, durable := range []bool{true, false} {
		b.Run(fmt.Sprint("durable=", durable), func(b *testing.B) {
			store, err := objectstore.OpenDir(b.TempDir())
			require.NoError(b, err)
			payload, err := tracesKind.payload(0)
			require.NoError(b, err)
			e, err := Open(b.Context(), Options{
				Directory: b.TempDir(), Durable: durable, Log: wal.DefaultOptions(),
				Roll:    Roll{MaxAge: time.Minute, MaxBytes: 128 << 20, MaxRows: 2_000_000},
				MaxPast: 48 * time.Hour, MaxFuture: time.Hour,
				MaxOpenFiles: 64, MaxOpenBytes: 1 << 30, MaxSealedBytes: 10 << 30,
				Uploads: 2, Timeout: time.Minute, Drain: time.Minute,
				Store: store, Observer: make(lossReport, 1), Logger: zap.NewNop(),
			}, payload)
			require.NoError(b, err)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start, n := cpuTime(b), 0
			for b.Loop() {
				require.NoError(b, e.Consume(b.Context(), "shop", payloads[n%len(payloads)]))
				n++
			}
			require.NoError(b, e.Shutdown(b.Context()))
			cpu := cpuTime(b) - start
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(size*n)/cpu.Seconds(), "spans/cpu-s")
			b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(size*n), "alloc-B/span")
		})
	}
}

// cpuTime returns the CPU time that this process has used.
func cpuTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
