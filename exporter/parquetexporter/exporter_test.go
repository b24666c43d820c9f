package parquetexporter

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/otelcol-datastreams/otelcol-datastreams/exporter/parquetexporter/internal/metadata"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/objectstore"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/spool"
)

func TestStreamsAndHours(t *testing.T) {
	dir := t.TempDir()
	cfg := testConfig(t, "file://"+dir)
	cfg.Stream = "unrouted"
	e := startLogs(t, settings(), cfg)

	ctx := t.Context()
	long := strings.Repeat("x", 1000)
	require.NoError(t, e.ConsumeLogs(inStream(ctx, "pay"), logs("a", 0, 0, -1, -19)))
	require.NoError(t, e.ConsumeLogs(inStream(ctx, "../shop"), logs("b", 0)))
	require.NoError(t, e.ConsumeLogs(inStream(ctx, long), logs("c", 0)))
	require.NoError(t, e.ConsumeLogs(ctx, logs("d", 0)))
	require.NoError(t, e.ConsumeLogs(inStream(ctx, "pay"), logs("e", 0)))
	require.Empty(t, objects(t, dir), "no file is due")
	require.NoError(t, e.Shutdown(ctx))

	files := objects(t, dir)
	require.Len(t, files, 6, "two payloads share a file")
	require.Equal(t, map[string][]string{
		"logs/v1/stream=pay/" + partitionOf(0):                               {"a", "a", "e"},
		"logs/v1/stream=pay/" + partitionOf(-1):                              {"a"},
		"logs/v1/stream=pay/" + partitionOf(-19):                             {"a"},
		"logs/v1/stream=%2E.%2Fshop/" + partitionOf(0):                       {"b"},
		"logs/v1/stream=unrouted/" + partitionOf(0):                          {"d"},
		"logs/v1/stream=" + objectstore.Element(long) + "/" + partitionOf(0): {"c"},
	}, bodies(t, files))
	require.NoDirExists(t, filepath.Join(dir, ".spool"), "another directory was given")
}

// Guarantees that whatever a sender takes for a stream becomes one element of a
// path that every file system takes, and that no two share one.
func FuzzStreamElement(f *testing.F) {
	f.Add("default", "../x")
	f.Add(strings.Repeat("\x00", 50), strings.Repeat("\x00", 51))
	f.Add(strings.Repeat("y", 116)+"\x00"+"z", strings.Repeat("y", 115)+strings.Repeat("\x00", 99))
	f.Fuzz(func(t *testing.T, stream, other string) {
		element := objectstore.Element(stream)
		require.Regexp(t, `^(%|([A-Za-z0-9_-]|%[0-9A-F]{2})([A-Za-z0-9_.-]|%[0-9A-F]{2})*)$`, element)
		require.LessOrEqual(t, len(element), 150, "the spool takes no longer ones")
		if stream != other {
			require.NotEqual(t, element, objectstore.Element(other))
		}
	})
}

// Guarantees that a file URL needs nothing else, and that exporters that share
// it do not get into each other's way.
func TestDefaultSpool(t *testing.T) {
	dir := t.TempDir()
	cfg := testConfig(t, "file://"+dir)
	cfg.Spool.Directory = ""
	other := settings()
	other.ID = component.NewIDWithName(metadata.Type, "other")
	first, second := startLogs(t, settings(), cfg), startLogs(t, other, cfg)
	require.NoError(t, first.ConsumeLogs(t.Context(), logs("a", 0)))
	require.NoError(t, second.ConsumeLogs(t.Context(), logs("a", 0)))
	require.NoError(t, first.Shutdown(t.Context()))
	require.NoError(t, second.Shutdown(t.Context()))
	require.DirExists(t, filepath.Join(dir, ".spool", "parquet_lake", "logs"))
	require.Len(t, objects(t, dir), 2, "files of two exporters never have the same name")
}

// Guarantees that data shared with other exporters stays as it is, and that
// nothing is written for nothing, not even to the log.
func TestReadOnlyAndEmpty(t *testing.T) {
	dir := t.TempDir()
	cfg := testConfig(t, "file://"+dir)
	e := startLogs(t, settings(), cfg)
	require.False(t, e.Capabilities().MutatesData)

	empty := plog.NewLogs()
	empty.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty()
	require.NoError(t, e.ConsumeLogs(t.Context(), plog.NewLogs()))
	require.NoError(t, e.ConsumeLogs(t.Context(), empty))
	segments, err := filepath.Glob(filepath.Join(cfg.Spool.Directory, "*", "logs", "log", "*.wal"))
	require.NoError(t, err)
	require.Empty(t, segments)

	ld := logs("shared", 0, -1)
	ld.MarkReadOnly()
	require.NoError(t, e.ConsumeLogs(t.Context(), ld))
	segments, err = filepath.Glob(filepath.Join(cfg.Spool.Directory, "*", "logs", "log", "*.wal"))
	require.NoError(t, err)
	require.NotEmpty(t, segments)
	require.NoError(t, e.Shutdown(t.Context()))
	require.Len(t, objects(t, dir), 2)
}

// Guarantees that what is wrong on this machine is found at the start, and that
// nothing is left open then.
func TestStartRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	tests := map[string]struct {
		url    string
		change func(*Config)
		want   string
	}{
		"directory":      {"file://" + file, func(*Config) {}, `url "file://` + file + `": make directory`},
		"spool":          {"file://" + t.TempDir(), func(c *Config) { c.Spool.Directory = file }, `spool "` + file},
		"no region":      {"s3://bucket", func(*Config) {}, `url "s3://bucket": no AWS region: set s3.region or AWS_REGION`},
		"spool's parent": {"file://" + t.TempDir(), func(c *Config) { c.Spool.Directory = file + "/below" }, `spool "` + file},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			cfg := testConfig(t, tt.url)
			tt.change(cfg)
			e := newLogs(t, settings(), cfg)
			require.ErrorContains(t, e.Start(t.Context(), componenttest.NewNopHost()), tt.want)
			require.NoError(t, e.Shutdown(t.Context()))
		})
	}
}

// Guarantees that two processes never write to one spool.
func TestStartRefusesUsedSpool(t *testing.T) {
	cfg := testConfig(t, "file://"+t.TempDir())
	first, second := startLogs(t, settings(), cfg), newLogs(t, settings(), cfg)
	require.ErrorContains(t, second.Start(t.Context(), componenttest.NewNopHost()), "in use by another process")
	require.NoError(t, second.Shutdown(t.Context()))
	require.NoError(t, first.Shutdown(t.Context()))
}

func TestShutdownTwiceAndWithoutStart(t *testing.T) {
	cfg := testConfig(t, "file://"+t.TempDir())
	require.NoError(t, newLogs(t, settings(), cfg).Shutdown(t.Context()))
	e := startLogs(t, settings(), cfg)
	require.NoError(t, e.Shutdown(t.Context()))
	require.NoError(t, e.Shutdown(t.Context()))
	err := e.ConsumeLogs(t.Context(), logs("late", 0))
	require.ErrorContains(t, err, "shut down")
	require.False(t, consumererror.IsPermanent(err), "the sender keeps it")
}

// Guarantees that a dead destination neither fails nor delays the start, that
// somebody hears of it once, and that what is taken meanwhile is stored later,
// once, in the stream it belongs to.
func TestStartWithDeadBucket(t *testing.T) {
	bucket := newFakeS3(t)
	cfg := bucket.config(t)
	cfg.S3.Get().Endpoint = "http://127.0.0.1:1"
	set, warnings := observed()
	e := startLogs(t, set, cfg)
	const warning = "The destination does not answer as it should. Data waits in the spool until it can be stored."
	require.Eventually(t, func() bool { return warnings.FilterMessage(warning).Len() > 0 }, 20*time.Second, time.Millisecond)
	require.NoError(t, e.ConsumeLogs(inStream(t.Context(), "pay"), logs("a", 0)))
	require.NoError(t, e.ConsumeLogs(inStream(t.Context(), "shop"), logs("b", 0)))
	shutdownNow(t, e)
	require.Equal(t, 1, warnings.FilterMessage(warning).Len())
	require.Equal(t, "s3://bucket/prefix", warnings.FilterMessage(warning).All()[0].ContextMap()["url"])
	require.Zero(t, bucket.stored())

	cfg.S3.Get().Endpoint = bucket.url
	e = startLogs(t, settings(), cfg)
	require.NoError(t, e.ConsumeLogs(inStream(t.Context(), "shop"), logs("c", 0)))
	require.NoError(t, e.Shutdown(t.Context()))
	require.Equal(t, map[string][]string{
		"prefix/logs/v1/stream=pay/" + partitionOf(0):  {"a"},
		"prefix/logs/v1/stream=shop/" + partitionOf(0): {"b", "c"},
	}, bodies(t, bucket.objects))
}

// Guarantees that a part of the bucket is all that the exporter touches, and
// that a prefix sets streams and signals apart.
func TestPrefix(t *testing.T) {
	bucket := newFakeS3(t)
	cfg := bucket.config(t)
	cfg.URL = "s3://bucket/lake/{signal}/team-{stream}"
	e := startLogs(t, settings(), cfg)
	require.Eventually(t, func() bool { bucket.mu.Lock(); defer bucket.mu.Unlock(); return len(bucket.probed) >= 2 }, 20*time.Second, time.Millisecond)
	require.NoError(t, e.ConsumeLogs(inStream(t.Context(), "pay"), logs("a", 0)))
	require.NoError(t, e.Shutdown(t.Context()))
	for _, key := range bucket.probed {
		require.True(t, strings.HasPrefix(key, "lake/_meta/"), key)
	}
	require.Equal(t, map[string][]string{"lake/logs/team-pay/logs/v1/stream=pay/" + partitionOf(0): {"a"}}, bodies(t, bucket.objects))
}

// Guarantees that data in memory goes to the bucket at a shutdown and leaves
// nothing behind, and that it is no secret if it cannot.
func TestMemoryDurability(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	leftovers := func() []string {
		found, err := filepath.Glob(filepath.Join(os.TempDir(), "otelcol-parquet-*"))
		require.NoError(t, err)
		return found
	}
	bucket := newFakeS3(t)
	cfg := bucket.config(t)
	cfg.Durability, cfg.Spool.Directory = durabilityMemory, ""
	e := startLogs(t, settings(), cfg)
	require.Len(t, leftovers(), 1)
	require.NoError(t, e.ConsumeLogs(t.Context(), logs("a", 0)))
	require.NoError(t, e.Shutdown(t.Context()))
	require.Equal(t, 1, bucket.stored())
	require.Empty(t, leftovers())

	bucket.set(always("SlowDown", http.StatusServiceUnavailable))
	set, warnings := observed()
	e = startLogs(t, set, cfg)
	require.NoError(t, e.ConsumeLogs(t.Context(), logs("b", 0)))
	shutdownNow(t, e)
	require.Equal(t, 1, bucket.stored())
	require.Empty(t, leftovers())
	// Files if the little time was enough to finish one, or else rows.
	require.Len(t, warnings.FilterMessageSnippet("Lost ").All(), 1)
	require.Empty(t, warnings.FilterMessageSnippet("wait in the spool").All())
}

// Guarantees that a sender learns what is worth another try: data that no log
// takes is not, a full spool is.
func TestRefusals(t *testing.T) {
	noise := make([]byte, 2<<20)
	for i := range noise {
		noise[i] = byte(' ' + rand.N(90))
	}
	tests := map[string]struct {
		change    func(*Config)
		payload   plog.Logs
		want      error
		permanent bool
	}{
		"too large": {func(c *Config) { c.Spool.MaxLogMiB = 1 }, logs(string(noise), 0), spool.ErrTooLarge, true},
		"no room":   {func(c *Config) { c.Spool.MaxSizeMiB = 0 }, logs("a", 0), spool.ErrBusy, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			cfg := testConfig(t, "file://"+t.TempDir())
			tt.change(cfg) // To what no configuration may say.
			e := startLogs(t, settings(), cfg)
			err := e.ConsumeLogs(t.Context(), tt.payload)
			require.ErrorIs(t, err, tt.want)
			require.Equal(t, tt.permanent, consumererror.IsPermanent(err))
			require.NoError(t, e.Shutdown(t.Context()))
		})
	}
}

// Guarantees that a shutdown does not wait for a bucket that never answers.
func TestShutdownStopsCheck(t *testing.T) {
	asked := make(chan struct{})
	var once sync.Once
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		once.Do(func() { close(asked) })
		<-r.Context().Done()
	}))
	t.Cleanup(silent.Close)
	cfg := newFakeS3(t).config(t)
	cfg.S3.Get().Endpoint = silent.URL
	set, warnings := observed()
	e := startLogs(t, set, cfg)
	<-asked
	require.NoError(t, e.Shutdown(t.Context()))
	require.Zero(t, warnings.Len(), "being shut down is no news")
}

// The statements for query engines lie beside the files, and know the promoted
// attributes.
func TestStatements(t *testing.T) {
	dir := t.TempDir()
	cfg := testConfig(t, "file://"+dir)
	cfg.Promote.Resource = []PromotionConfig{{Key: "team"}}
	e := startLogs(t, settings(), cfg)
	for _, engine := range []string{"clickhouse", "duckdb", "spark"} {
		path := filepath.Join(dir, "_meta", "v1", engine+".sql")
		require.Eventually(t, func() bool {
			data, err := os.ReadFile(path)
			return err == nil && strings.Contains(string(data), "team")
		}, 10*time.Second, 10*time.Millisecond, engine)
	}
	require.NoError(t, e.Shutdown(t.Context()))
}
