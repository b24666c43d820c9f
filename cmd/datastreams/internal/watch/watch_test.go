package watch

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// samples are the metrics of a collector ten seconds apart.
func samples(t *testing.T, texts ...string) []Sample {
	t.Helper()
	var all []Sample
	for i, text := range texts {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, text) }))
		s, err := Take(t.Context(), server.URL)
		server.Close()
		require.NoError(t, err)
		s.Time = time.Unix(int64(10*i), 0)
		all = append(all, s)
	}
	return all
}

const text = `otelcol_connector_datastreamrouter_items__items__total{stream="a",signal="traces",outcome="delivered"} %d
otelcol_connector_datastreamrouter_items__items__total{stream="a",signal="logs",outcome="overflow"} %d
otelcol_connector_datastreamrouter_items__items__total{stream="b",signal="logs",outcome="delivered"} 20
otelcol_connector_datastreamrouter_pending_items{stream="b",signal="logs"} 7
otelcol_exporter_queue_size{exporter="otlp_grpc/x",data_type="logs"} 100
otelcol_exporter_queue_size{exporter="otlp_grpc/x",data_type="traces"} 300
otelcol_exporter_queue_capacity{exporter="otlp_grpc/x",data_type="logs"} 1000
otelcol_exporter_queue_capacity{exporter="otlp_grpc/x",data_type="traces"} 1000
otelcol_exporter_sent_spans_total{exporter="otlp_grpc/x"} %d
otelcol_exporter_send_failed_spans_total{exporter="otlp_grpc/x"} 0
`

func TestCompare(t *testing.T) {
	s := samples(t, fmt.Sprintf(text, 1000, 0, 50), fmt.Sprintf(text, 31000, 10000, 25050))
	table, err := Compare(s[0], s[1])
	require.NoError(t, err)
	require.Equal(t, []Stream{
		{Name: "a", PerSecond: map[string]float64{"traces": 3000, "logs": 1000}, Outcomes: map[string]float64{"delivered": 3000, "overflow": 1000}},
		{Name: "b", PerSecond: map[string]float64{"logs": 0}, Outcomes: map[string]float64{"delivered": 0}, Pending: 7},
	}, table.Streams)
	require.Equal(t, []Destination{{Exporter: "otlp_grpc/x", Queue: 400, Capacity: 2000, Sent: 2500}}, table.Destinations)

	var b strings.Builder
	require.NoError(t, table.WriteText(&b, 1))
	require.Equal(t, `STREAM  ITEMS/S  TRACES  METRICS  LOGS  PENDING  OUTCOMES
a       4k       3k      0        1k    0        delivered 75%, overflow 25%
and 1 more

DESTINATION  SENT/S  FAILED/S  QUEUE
otlp_grpc/x  2.5k    0         400 of 2k (20%)
`, trimmed(b.String()))
}

func trimmed(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// A reload begins counters anew: what they have since then is what flowed.
func TestCountersThatBeganAnew(t *testing.T) {
	s := samples(t, fmt.Sprintf(text, 1000, 0, 50), fmt.Sprintf(text, 100, 0, 0))
	table, err := Compare(s[0], s[1])
	require.NoError(t, err)
	require.InDelta(t, 10, table.Streams[0].Total(), 1e-9)
}
