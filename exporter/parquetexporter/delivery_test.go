package parquetexporter

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/extension/extensiontest"

	"github.com/otelcol-datastreams/otelcol-datastreams/exporter/parquetexporter/internal/metadata"
)

// silentStore is the configuration of a bucket that takes requests, tells so
// once, and never answers.
func silentStore(t *testing.T, asked chan struct{}) *Config {
	var once sync.Once
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		once.Do(func() { close(asked) })
		_, _ = io.Copy(io.Discard, r.Body) // The server watches the connection only then.
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	cfg := testConfig("s3://bucket")
	cfg.S3 = configoptional.Some(S3Config{Region: "us-east-1", Endpoint: server.URL, PathStyle: true})
	return cfg
}

// Guarantees that a try which fails halfway leaves no file that the next one
// does not overwrite: as many objects as hours, each with its records once.
func TestRetryOverwritesItself(t *testing.T) {
	bucket := newFakeS3(t)
	bucket.fail = func(attempt int, _ string, _ []byte) (string, int) {
		// The first hour gets through at once, the second after three tries.
		if attempt == 1 || attempt == 7 || attempt == 8 || attempt%2 == 1 {
			return "", 0
		}
		return "SlowDown", http.StatusServiceUnavailable
	}
	e := startLogs(t, nopSettings(), bucket.config(), componenttest.NewNopHost())
	require.NoError(t, e.ConsumeLogs(t.Context(), logs("a", 0, 1)))
	require.NoError(t, e.Shutdown(t.Context()))

	require.Len(t, bucket.puts, 8)
	require.Len(t, bucket.objects, 2)
	for key, data := range bucket.objects {
		require.Equal(t, []string{"a"}, bodies(t, data), key)
	}
}

// Guarantees that an answer that got lost after the object was stored does not
// double the object.
func TestLostAnswer(t *testing.T) {
	bucket := newFakeS3(t)
	bucket.fail = func(attempt int, key string, data []byte) (string, int) {
		bucket.objects[key] = data
		if attempt < 3 {
			return "InternalError", http.StatusInternalServerError
		}
		return "", 0
	}
	e := startLogs(t, nopSettings(), bucket.config(), componenttest.NewNopHost())
	require.NoError(t, e.ConsumeLogs(t.Context(), logs("a", 0)))
	require.NoError(t, e.Shutdown(t.Context()))
	require.Len(t, bucket.puts, 3)
	require.Len(t, bucket.objects, 1)
}

// Guarantees that one file the store never takes costs that file and no other,
// and that it does not turn an error worth a retry into a permanent one.
func TestUnstorableFile(t *testing.T) {
	bucket := newFakeS3(t)
	down := true
	bucket.fail = func(_ int, key string, _ []byte) (string, int) {
		switch {
		case strings.Contains(key, "hour=06"):
			return "EntityTooLarge", http.StatusBadRequest
		case strings.Contains(key, "hour=07") && down:
			down = false
			return "SlowDown", http.StatusServiceUnavailable
		}
		return "", 0
	}
	e := startLogs(t, nopSettings(), bucket.config(), componenttest.NewNopHost())
	err := e.ConsumeLogs(t.Context(), logs("a", 0, 1, 2))
	require.True(t, consumererror.IsPermanent(err), err)
	require.ErrorContains(t, err, "hour=06")
	require.NoError(t, e.Shutdown(t.Context()))

	require.Len(t, bucket.puts, 6, "two tries of three files")
	require.Len(t, bucket.objects, 2)
	require.False(t, down)
}

// Guarantees that the timeout holds for a file, not for a request: a request
// with many hours over a slow link gets done.
func TestTimeoutIsPerFile(t *testing.T) {
	bucket := newFakeS3(t)
	bucket.fail = func(int, string, []byte) (string, int) {
		time.Sleep(50 * time.Millisecond)
		return "", 0
	}
	cfg := bucket.config()
	cfg.Timeout = 500 * time.Millisecond
	cfg.Retry.Enabled = false
	e := startLogs(t, nopSettings(), cfg, componenttest.NewNopHost())
	hours := make([]int, 12)
	for i := range hours {
		hours[i] = i
	}
	require.NoError(t, e.ConsumeLogs(t.Context(), logs("a", hours...)))
	require.NoError(t, e.Shutdown(t.Context()))
	require.Len(t, bucket.objects, len(hours))

	asked := make(chan struct{})
	cfg = silentStore(t, asked)
	cfg.Timeout = 50 * time.Millisecond
	cfg.Retry.Enabled = false
	e = startLogs(t, nopSettings(), cfg, componenttest.NewNopHost())
	err := e.ConsumeLogs(t.Context(), logs("a", 0))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.False(t, consumererror.IsPermanent(err))
	require.NoError(t, e.Shutdown(t.Context()))
}

// batchingQueue gathers what comes within the time given.
func batchingQueue(flush time.Duration) configoptional.Optional[exporterhelper.QueueBatchConfig] {
	queue := createDefaultConfig().(*Config).Queue
	queue.Get().Batch.Get().FlushTimeout = flush
	return queue
}

// Guarantees that batches are made, and that none mixes streams.
func TestBatchesDoNotMixStreams(t *testing.T) {
	dir := t.TempDir()
	cfg := testConfig("file://" + dir)
	cfg.Queue = batchingQueue(time.Minute) // Shutdown flushes.
	e := startLogs(t, nopSettings(), cfg, componenttest.NewNopHost())
	const rounds = 10
	for range rounds {
		for _, stream := range []string{"a", "b", "c"} {
			require.NoError(t, e.ConsumeLogs(inStream(t.Context(), stream), logs(stream, 0)))
		}
	}
	require.NoError(t, e.Shutdown(t.Context()))

	files := objects(t, dir)
	require.Len(t, files, 3, "one batch per stream")
	for _, stream := range []string{"a", "b", "c"} {
		key := fmt.Sprintf("logs/v1/stream=%s/dt=2026-11-22/hour=05/20261122T051000.000000000Z-HASH.parquet", stream)
		require.Equal(t, slices.Repeat([]string{stream}, rounds), layout(t, files)[key])
	}
}

// hostWith is a host that knows one extension.
type hostWith struct {
	id        component.ID
	extension component.Component
}

func (h hostWith) GetExtensions() map[component.ID]component.Component {
	return map[component.ID]component.Component{h.id: h.extension}
}

// Guarantees that data outlives a restart on disk while the store is down, and
// arrives in the stream it belongs to.
func TestRestartKeepsStreams(t *testing.T) {
	factory := filestorage.NewFactory()
	id := component.NewID(factory.Type())
	storage := factory.CreateDefaultConfig().(*filestorage.Config)
	storage.Directory = t.TempDir()
	storage.Compaction.Directory = storage.Directory

	var up atomic.Bool
	bucket := newFakeS3(t)
	bucket.fail = func(int, string, []byte) (string, int) {
		if up.Load() {
			return "", 0
		}
		return "ServiceUnavailable", http.StatusServiceUnavailable
	}
	cfg := bucket.config()
	cfg.Retry.InitialInterval = time.Hour
	cfg.Retry.MaxInterval = time.Hour
	cfg.Queue = batchingQueue(50 * time.Millisecond)
	cfg.Queue.Get().StorageID = &id

	set := nopSettings()
	set.ID = component.NewID(metadata.Type) // The queue's file is named after it.
	run := func(payloads map[string]string, stored int) {
		extension, err := factory.Create(t.Context(), extensiontest.NewNopSettings(factory.Type()), storage)
		require.NoError(t, err)
		require.NoError(t, extension.Start(t.Context(), componenttest.NewNopHost()))
		e := startLogs(t, set, cfg, hostWith{id, extension})
		for stream, body := range payloads {
			require.NoError(t, e.ConsumeLogs(inStream(t.Context(), stream), logs(body, 0)))
		}
		require.Eventually(t, func() bool { return bucket.stored() == stored }, 10*time.Second, time.Millisecond)
		require.NoError(t, e.Shutdown(t.Context()))
		require.NoError(t, extension.Shutdown(t.Context()))
	}
	run(map[string]string{"pay": "p", "shop": "s"}, 0)
	require.Zero(t, bucket.stored())
	up.Store(true)
	run(nil, 2)
	require.Equal(t, map[string][]string{
		"logs/v1/stream=pay/dt=2026-11-22/hour=05/20261122T051000.000000000Z-HASH.parquet":  {"p"},
		"logs/v1/stream=shop/dt=2026-11-22/hour=05/20261122T051000.000000000Z-HASH.parquet": {"s"},
	}, layout(t, bucket.objects))
}
