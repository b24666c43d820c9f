package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// metricsServer answers as a collector whose counters grow by 100 each time.
func metricsServer(t *testing.T) string {
	t.Helper()
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		n := asked.Add(1) * 100
		fmt.Fprintf(w, `# TYPE otelcol_connector_datastreamrouter_items_total counter
otelcol_connector_datastreamrouter_items_total{stream="shop",signal="traces",outcome="delivered"} %d
otelcol_connector_datastreamrouter_items_total{signal="logs",outcome="unmatched"} 5
# TYPE otelcol_exporter_queue_size gauge
otelcol_exporter_queue_size{exporter="otlp_grpc/tempo",data_type="traces"} 50
# TYPE otelcol_exporter_queue_capacity gauge
otelcol_exporter_queue_capacity{exporter="otlp_grpc/tempo",data_type="traces"} 200
`, n)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestTopOnce(t *testing.T) {
	url := metricsServer(t)
	var stdout, stderr bytes.Buffer
	require.Equal(t, exitOK, run([]string{"top", "--once", "--interval", "100ms", "--url", url}, &stdout, &stderr), stderr.String())
	require.Regexp(t, `(?s)^STREAM +ITEMS/S.*\nshop +[0-9.k]+ .*delivered 100%.*\(no stream\) +0 .*\notlp_grpc/tempo +0 +0 +50 of 200 \(25%\)`, stdout.String())
	require.NotContains(t, stdout.String(), redraw)

	stdout.Reset()
	require.Equal(t, exitOK, run([]string{"top", "--once", "--interval", "50ms", "-o", "json", "--url", url}, &stdout, &stderr))
	require.Contains(t, stdout.String(), `"exporter": "otlp_grpc/tempo"`)
}

func TestTopOfSomethingElse(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "up 1") }))
	t.Cleanup(server.Close)
	var stdout, stderr bytes.Buffer
	require.Equal(t, exitFailed, run([]string{"top", "--once", "--interval", "1ms", "--url", server.URL}, &stdout, &stderr))
	require.Contains(t, stderr.String(), "the collector has no streams")
}
