package parquetexporter

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/extension"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/membership"
)

// reloadingHost has an extension that says that the collector reloads.
type reloadingHost struct{ component.Host }

func (reloadingHost) GetExtensions() map[component.ID]component.Component {
	return map[component.ID]component.Component{component.MustNewID("datastreams"): reloader{}}
}

type reloader struct{ extension.Extension }

func (reloader) Reloading() bool { return true }

var _ membership.Reloader = reloader{}

// A reload does not wait for a destination that is down: senders are refused
// meanwhile, and what waits is on the disk. The next exporter finds it there.
func TestReloadDoesNotWait(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
	defer server.Close()
	cfg := newFakeS3(t).config(t)
	cfg.S3.Get().Endpoint = server.URL
	set := settings()
	e := newLogs(t, set, cfg)
	require.NoError(t, e.Start(t.Context(), reloadingHost{componenttest.NewNopHost()}))
	require.NoError(t, e.ConsumeLogs(t.Context(), logs("kept", 0)))
	began := time.Now()
	require.NoError(t, e.Shutdown(t.Context()))
	require.Less(t, time.Since(began), durableGrace)

	dir := t.TempDir()
	next := testConfig(t, "file:"+dir)
	next.Spool = cfg.Spool
	e = startLogs(t, set, next)
	require.NoError(t, e.Shutdown(t.Context()))
	require.Len(t, objects(t, dir), 1)
}
