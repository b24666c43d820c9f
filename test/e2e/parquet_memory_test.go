package e2e

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/shop"
)

// soakVariable says how long TestParquetMemory sends data, as a Go duration: by
// default for some seconds, which is enough to reach the peak.
const soakVariable = "PARQUET_SOAK"

const (
	soakRate  = 20_000 // spans a second
	soakBatch = 500    // spans in a request
)

// Guarantees that a collector whose only work is to write spans into Parquet
// files takes a bounded amount of memory, which does not grow with time. Files
// are finished every two seconds, so that ten minutes see as many of them as a
// day with the default settings.
func TestParquetMemory(t *testing.T) {
	duration := 15 * time.Second
	if value := os.Getenv(soakVariable); value != "" {
		var err error
		duration, err = time.ParseDuration(value)
		require.NoError(t, err)
	}
	env := freePorts(t, "HTTP", "HEALTH", "PPROF")
	env["LAKE"], env["ROLL"] = t.TempDir(), "2s"
	p := collector(t, "testdata/parquet-memory.yaml", env)
	time.Sleep(2 * time.Second)
	idle, idleHeap := resident(t, p), liveHeap(t, env["PPROF"])

	var peak int64
	var heaps []int64 // live, in each tenth of the run
	sent := soak(t, env["HTTP"], duration, func(tenth int) {
		peak = max(peak, resident(t, p))
		if tenth >= len(heaps) {
			heaps = append(heaps, liveHeap(t, env["PPROF"]))
		}
	})
	t.Logf("%d spans in %s: resident %.0f MB idle, %.0f MB more at the peak; live heap %.0f MB idle, by tenths of the run %s MB",
		sent, duration, mb(idle), mb(peak-idle), mb(idleHeap), list(heaps))
	require.Less(t, mb(peak-idle), 150.0)
	// The least of each half: what is live between row groups. The first sample
	// is that of an idle process.
	require.Greater(t, len(heaps), 2)
	steady := heaps[1:]
	half := len(steady) / 2
	require.Less(t, mb(slices.Min(steady[half:])), mb(slices.Min(steady[:half]))+25, "the live heap grows")
}

// soak sends spans at a steady rate, and calls look about ten times a second with
// the tenth of the run that it is.
func soak(t *testing.T, address string, duration time.Duration, look func(tenth int)) (spans int) {
	t.Helper()
	payloads := soakPayloads(t)
	begin := time.Now()
	for time.Since(begin) < duration {
		look(int(10 * time.Since(begin) / duration))
		for range soakRate / soakBatch / 10 {
			answer, err := http.Post("http://"+address+"/v1/traces", "application/x-protobuf", bytes.NewReader(payloads[spans/soakBatch%len(payloads)]))
			require.NoError(t, err)
			require.NoError(t, answer.Body.Close())
			require.Equal(t, http.StatusOK, answer.StatusCode)
			spans += soakBatch
		}
		due := time.Duration(spans) * time.Second / soakRate
		time.Sleep(due - time.Since(begin))
	}
	return spans
}

// soakPayloads returns requests of an hour that has ended.
func soakPayloads(t *testing.T) [][]byte {
	t.Helper()
	source, at := shop.New(1), time.Now().UTC().Truncate(time.Hour).Add(-time.Hour)
	var payloads [][]byte
	for range 200 {
		td := source.Traces(soakBatch, at)
		b, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(td)
		require.NoError(t, err)
		payloads = append(payloads, b)
	}
	return payloads
}

// resident returns the physical memory of a process, in bytes.
func resident(t *testing.T, p *process) int64 {
	t.Helper()
	return number(t, fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid), "VmRSS:", 1024)
}

// number returns the number behind a word at the start of a line of a file.
func number(t *testing.T, path, word string, unit int64) int64 {
	t.Helper()
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		t.Skipf("no %s here", path)
	}
	require.NoError(t, err)
	return numberIn(t, bytes.NewReader(data), word, unit)
}

func numberIn(t *testing.T, r io.Reader, word string, unit int64) int64 {
	t.Helper()
	for lines := bufio.NewScanner(r); lines.Scan(); {
		rest, ok := strings.CutPrefix(lines.Text(), word)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
		require.NoError(t, err)
		return n * unit
	}
	t.Fatalf("no line starts with %q", word)
	return 0
}

// liveHeap returns the bytes that are in use right after a garbage collection.
func liveHeap(t *testing.T, address string) int64 {
	t.Helper()
	answer, err := http.Get("http://" + address + "/debug/pprof/heap?gc=1&debug=1")
	require.NoError(t, err)
	defer answer.Body.Close()
	return numberIn(t, answer.Body, "# HeapAlloc =", 1)
}

func mb(n int64) float64 { return float64(n) / 1e6 }

func list(sizes []int64) string {
	words := make([]string, len(sizes))
	for i, n := range sizes {
		words[i] = fmt.Sprintf("%.0f", mb(n))
	}
	return strings.Join(words, " ")
}
