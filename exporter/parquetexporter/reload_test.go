package parquetexporter

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
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

// What a reload has not changed is looked up once in a process; what was not in
// order, or has another configuration, is looked up again.
func TestCheckedOnce(t *testing.T) {
	dir := t.TempDir()
	statements := filepath.Join(dir, "_meta", "v1", "duckdb.sql")
	set := settings()
	set.ID = component.NewIDWithName(set.ID.Type(), t.Name())
	check := func(cfg *Config) {
		e, err := newExporter(set, cfg, &logsSignal)
		require.NoError(t, err)
		loc, err := parseLocation(cfg.URL)
		require.NoError(t, err)
		e.store, err = openStore(t.Context(), cfg, loc)
		require.NoError(t, err)
		d, _ := destinationOf(e.id)
		e.checkOnce(t.Context(), d)
		require.NoError(t, e.store.Close())
	}
	_, known := destinationOf(set.ID)
	require.False(t, known)
	_, known = destinationOf(set.ID)
	require.True(t, known)

	cfg := testConfig(t, "file:"+dir)
	again := *cfg // As a reload decodes it.
	require.NoError(t, os.WriteFile(filepath.Join(dir, "_meta"), nil, 0o600))
	check(cfg)
	require.NoFileExists(t, statements)
	require.NoError(t, os.Remove(filepath.Join(dir, "_meta")))
	check(&again)
	require.FileExists(t, statements)
	require.NoError(t, os.Remove(statements))
	check(cfg)
	require.NoFileExists(t, statements)
	other := *cfg
	other.Promote.Resource = []PromotionConfig{{Key: "team"}}
	check(&other)
	require.FileExists(t, statements)
}
