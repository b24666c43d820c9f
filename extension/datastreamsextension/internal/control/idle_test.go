package control_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/api"
	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/control"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/live"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/sources"
)

// Numbers cost nothing while nobody looks: no metrics are read, no source is
// noted, and no goroutine runs, before the first listener and after the last.
func TestNobodyLooks(t *testing.T) {
	var scrapes atomic.Int64
	metrics := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { scrapes.Add(1) }))
	defer metrics.Close()
	path := filepath.Join(t.TempDir(), "datastreams.yaml")
	text := strings.Replace(shop, "127.0.0.1:1", strings.TrimPrefix(metrics.URL, "http://"), 1)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	d, err := live.Open(path)
	require.NoError(t, err)
	defer d.Release()
	_, err = d.Serve(zap.NewNop())
	require.NoError(t, err)
	before := goleak.IgnoreCurrent()
	table := sources.New()
	c := control.New(control.Collector{Document: d, Sources: table, Mode: api.Edit, Interval: time.Millisecond})
	defer c.Close()

	resting := func() {
		t.Helper()
		require.False(t, table.Watched())
		require.NoError(t, goleak.Find(before))
		was := scrapes.Load()
		require.Never(t, func() bool { return scrapes.Load() > was }, 20*time.Millisecond, time.Millisecond)
	}
	resting()
	require.Zero(t, scrapes.Load())
	for range 2 {
		snapshots, leave, err := c.Listen()
		require.NoError(t, err)
		for was := scrapes.Load(); scrapes.Load() < was+2; {
			<-snapshots
		}
		require.True(t, table.Watched())
		leave()
		resting()
	}
	c.Sources()
	c.Conditions()
	resting()
}
