package feed_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/goleak"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/feed"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/sources"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const shop = `version: 1
settings: { source_identity: [service.name] }
destinations:
  lake: { parquet: {} }
  vendor: { otlp_http: { endpoint: "http://a" } }
streams:
  checkout: { sources: [{ service.name: cart }], destinations: [lake] }
  trial: { sources: [{ service.name: { glob: "c*" } }], mode: observe, destinations: [vendor] }
  default: { destinations: [lake] }
`

func view(t *testing.T) *feed.View {
	d, found := document.Parse("d", []byte(shop))
	require.NoError(t, found.Err())
	v, err := feed.NewView(d)
	require.NoError(t, err)
	return v
}

func numbers(delivered, sent, queue string) string {
	return `# TYPE otelcol_connector_datastreamrouter_items_total counter
otelcol_connector_datastreamrouter_items_total{stream="checkout",signal="traces",outcome="delivered"} ` + delivered + `
otelcol_connector_datastreamrouter_items_total{stream="checkout",signal="logs",outcome="rejected"} ` + delivered + `
otelcol_connector_datastreamrouter_items_total{stream="trial",signal="traces",outcome="observed"} ` + delivered + `
otelcol_connector_datastreamrouter_items_total{signal="traces",outcome="unmatched"} ` + delivered + `
# TYPE otelcol_connector_datastreamrouter_pending_items gauge
otelcol_connector_datastreamrouter_pending_items{stream="checkout",signal="traces"} 7
# TYPE otelcol_exporter_sent_spans_total counter
otelcol_exporter_sent_spans_total{exporter="parquet/lake"} ` + sent + `
# TYPE otelcol_exporter_queue_size gauge
otelcol_exporter_queue_size{exporter="otlp_http/vendor",data_type="traces"} ` + queue + `
# TYPE otelcol_exporter_queue_capacity gauge
otelcol_exporter_queue_capacity{exporter="otlp_http/vendor",data_type="traces"} 100
`
}

func spans(service string, n int) ptrace.Traces {
	d := ptrace.NewTraces()
	r := d.ResourceSpans().AppendEmpty()
	r.Resource().Attributes().PutStr("service.name", service)
	s := r.ScopeSpans().AppendEmpty()
	for range n {
		s.Spans().AppendEmpty()
	}
	return d
}

func TestSnapshots(t *testing.T) {
	text := numbers("100", "100", "10")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(text)) }))
	defer server.Close()
	now := time.Unix(1000, 0)
	table := sources.New()
	v := view(t)
	taker := &feed.Taker{
		Scrape: func(ctx context.Context, endpoint string) (feed.Metrics, error) {
			require.Equal(t, "127.0.0.1:8888", endpoint)
			return feed.ScrapeAt(server.Client())(ctx, strings.TrimPrefix(server.URL, "http://"))
		},
		State: func() (feed.DocumentState, *feed.View) { return feed.DocumentState{State: "applied"}, v },
		Table: table, Now: func() time.Time { return now },
	}
	first := taker.Take(t.Context())
	require.Empty(t, first.Problem)
	require.Zero(t, first.Streams[0].Total.In, "one value makes no rate")
	require.True(t, table.Watched())

	table.Note(spans("cart", 20))
	table.Note(spans("reports", 1))
	text, now = numbers("120", "110", "80"), now.Add(2*time.Second)
	s := taker.Take(t.Context())
	require.Equal(t, []string{"checkout", "trial", "default"}, []string{s.Streams[0].Name, s.Streams[1].Name, s.Streams[2].Name})
	checkout := s.Streams[0]
	require.InDelta(t, 10, checkout.Signals["traces"].Delivered, 7)
	require.InDelta(t, checkout.Signals["traces"].In+checkout.Signals["logs"].In, checkout.Total.In, 1e-9)
	require.Positive(t, checkout.Total.Lost)
	require.InDelta(t, 7, checkout.Pending, 0)
	require.InDelta(t, 120, checkout.Counts["delivered"], 0)
	require.Positive(t, s.Streams[1].Total.Withheld)
	require.Positive(t, s.Unmatched)
	require.Equal(t, "ok", s.Destinations[0].Health)
	require.Equal(t, "slow", s.Destinations[1].Health)
	require.Equal(t, 2, s.Sources.Known)
	require.Equal(t, "cart", s.Sources.Top[0].ID, "who has sent most comes first")
	require.Equal(t, []string{"checkout"}, s.Sources.Top[0].Streams)
	require.Equal(t, []string{"trial"}, s.Sources.Top[0].Observers)
	require.Equal(t, []string{"default"}, s.Sources.Top[1].Streams)

	// A reload starts the counters again.
	text, now = numbers("30", "30", "0"), now.Add(time.Second)
	s = taker.Take(t.Context())
	require.Positive(t, s.Streams[0].Total.In, "what was counted since the reload is a rate, and never less than 0")

	taker.Rest()
	require.False(t, table.Watched())
	require.Len(t, taker.Listed(), 2, "sources stay when nobody looks")
}

func TestSnapshotsWithoutNumbers(t *testing.T) {
	v := view(t)
	taker := &feed.Taker{
		Scrape: func(context.Context, string) (feed.Metrics, error) { return feed.Metrics{}, errors.New("no answer") },
		State:  func() (feed.DocumentState, *feed.View) { return feed.DocumentState{}, v },
		Table:  sources.New(), Now: time.Now,
	}
	defer taker.Rest()
	require.Contains(t, taker.Take(t.Context()).Problem, "no answer")
	taker.State = func() (feed.DocumentState, *feed.View) { return feed.DocumentState{State: "none"}, nil }
	s := taker.Take(t.Context())
	require.Empty(t, s.Problem)
	require.Empty(t, s.Streams)
}

func TestHub(t *testing.T) {
	taken, rested := make(chan struct{}, 1000), 0
	hub := feed.NewHub(time.Millisecond, func(context.Context) feed.Snapshot {
		taken <- struct{}{}
		return feed.Snapshot{Unmatched: float64(len(taken))}
	}, func() { rested++ })
	require.Empty(t, taken, "nobody listens, nothing is computed")

	slow, leaveSlow, err := hub.Listen()
	require.NoError(t, err)
	quick, leaveQuick, err := hub.Listen()
	require.NoError(t, err)
	for range 5 {
		var s feed.Snapshot
		require.NoError(t, json.Unmarshal(<-quick, &s))
	}
	var late feed.Snapshot
	require.NoError(t, json.Unmarshal(<-slow, &late))
	require.Greater(t, late.Unmatched, 1.0, "who is slow misses some, and gets the latest")

	leaveQuick()
	leaveSlow()
	leaveSlow()
	require.Equal(t, 1, rested)
	seen := len(taken)
	require.Never(t, func() bool { return len(taken) > seen+1 }, 20*time.Millisecond, 5*time.Millisecond)

	for range feed.MaxListeners {
		_, leave, err := hub.Listen()
		require.NoError(t, err)
		defer leave()
	}
	_, _, err = hub.Listen()
	require.ErrorIs(t, err, feed.ErrTooMany)
	hub.Close()
	_, _, err = hub.Listen()
	require.Error(t, err)
}

// Close ends those who listen: a server that shuts down waits for them.
func TestHubCloses(t *testing.T) {
	hub := feed.NewHub(time.Hour, func(context.Context) feed.Snapshot { return feed.Snapshot{} }, func() {})
	c, leave, err := hub.Listen()
	require.NoError(t, err)
	<-c
	hub.Close()
	_, open := <-c
	require.False(t, open)
	leave()
}

// A snapshot that is taken while the last listener leaves must not have the
// table watch again.
func TestTakeAfterRest(t *testing.T) {
	v, table := view(t), sources.New()
	ctx, leave := context.WithCancel(t.Context())
	taker := &feed.Taker{
		State: func() (feed.DocumentState, *feed.View) { return feed.DocumentState{}, v },
		Table: table, Now: time.Now,
	}
	taker.Scrape = func(context.Context, string) (feed.Metrics, error) {
		require.True(t, table.Watched())
		leave()
		taker.Rest()
		return feed.Metrics{}, nil
	}
	require.NotEmpty(t, taker.Take(ctx).Destinations)
	require.Empty(t, taker.Destinations(), "nobody looks")
	taker.Scrape = func(context.Context, string) (feed.Metrics, error) { return feed.Metrics{}, nil }
	taker.Take(ctx)
	require.False(t, table.Watched())
}
