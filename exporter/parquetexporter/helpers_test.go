package parquetexporter

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/otelcol-datastreams/otelcol-datastreams/exporter/parquetexporter/internal/metadata"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnread"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/streamname"
)

// testTime lies in an hour that has ended, so that no test runs across its end.
var testTime = time.Now().UTC().Truncate(time.Hour).Add(-50 * time.Minute)

// partitionOf returns the directories of an hour, by its offset to testTime's.
func partitionOf(hour int) string {
	return testTime.Add(time.Duration(hour) * time.Hour).Format("dt=2006-01-02/hour=15")
}

// logs returns one record per hour offset to testTime, with body as its text.
func logs(body string, hours ...int) plog.Logs {
	ld := plog.NewLogs()
	records := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	for _, hour := range hours {
		record := records.AppendEmpty()
		record.SetTimestamp(pcommon.NewTimestampFromTime(testTime.Add(time.Duration(hour) * time.Hour)))
		record.Body().SetStr(body)
	}
	return ld
}

// inStream is the context of data that a router has put into a stream.
func inStream(ctx context.Context, stream string) context.Context {
	return streamname.NewStamp(stream).Context(ctx)
}

// testConfig has a spool of its own and files that nothing but a shutdown
// finishes.
func testConfig(t *testing.T, url string) *Config {
	cfg := createDefaultConfig().(*Config)
	cfg.URL = url
	cfg.Spool.Directory = t.TempDir()
	cfg.Roll.MaxAge = time.Hour
	return cfg
}

// settings have a name that stays the same, as that of a collector's exporter.
func settings() exporter.Settings {
	set := exportertest.NewNopSettings(metadata.Type)
	set.ID = component.NewIDWithName(metadata.Type, "lake")
	return set
}

// observed returns settings whose warnings and errors are kept.
func observed() (exporter.Settings, *observer.ObservedLogs) {
	core, entries := observer.New(zap.WarnLevel)
	set := settings()
	set.Logger = zap.New(core)
	return set, entries
}

func newLogs(t *testing.T, set exporter.Settings, cfg *Config) exporter.Logs {
	t.Helper()
	e, err := NewFactory().CreateLogs(t.Context(), set, cfg)
	require.NoError(t, err)
	return e
}

// startLogs starts an exporter and leaves shutting down to the test.
func startLogs(t *testing.T, set exporter.Settings, cfg *Config) exporter.Logs {
	t.Helper()
	e := newLogs(t, set, cfg)
	require.NoError(t, e.Start(t.Context(), componenttest.NewNopHost()))
	return e
}

// shutdownNow does not wait for the destination.
func shutdownNow(t *testing.T, e component.Component) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	require.NoError(t, e.Shutdown(ctx))
}

// objects returns the objects below dir by key.
func objects(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	found := make(map[string][]byte)
	root := os.DirFS(dir)
	require.NoError(t, fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".parquet") {
			return err
		}
		found[name], err = fs.ReadFile(root, name)
		return err
	}))
	return found
}

func open(t *testing.T, data []byte) *columnread.File {
	t.Helper()
	f, err := columnread.Open(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	return f
}

// bodies returns the texts of the log records in the objects, sorted, by
// directory.
func bodies(t *testing.T, objects map[string][]byte) map[string][]string {
	t.Helper()
	texts := make(map[string][]string)
	for key, data := range objects {
		for ld, err := range open(t, data).Logs(columnread.Options{}) {
			require.NoError(t, err)
			for _, rl := range ld.ResourceLogs().All() {
				for _, sl := range rl.ScopeLogs().All() {
					for _, record := range sl.LogRecords().All() {
						texts[path.Dir(key)] = append(texts[path.Dir(key)], record.Body().Str())
					}
				}
			}
		}
	}
	for _, list := range texts {
		slices.Sort(list)
	}
	return texts
}

// fakeS3 is a bucket with conditional writes that fails on demand.
type fakeS3 struct {
	url string

	mu      sync.Mutex
	objects map[string][]byte // Parquet files by key.
	headers map[string]http.Header
	probed  []string // keys of everything else
	// fail returns the S3 error code and status to answer with, or "". Whether
	// the object is stored is another matter.
	fail func(key string) (code string, status int, stored bool)
}

func newFakeS3(t *testing.T) *fakeS3 {
	f := &fakeS3{objects: make(map[string][]byte), headers: make(map[string]http.Header)}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	f.url = server.URL
	return f
}

// always answers as told.
func always(code string, status int) func(string) (string, int, bool) {
	return func(string) (string, int, bool) { return code, status, false }
}

func (f *fakeS3) set(fail func(key string) (string, int, bool)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fail = fail
}

func (f *fakeS3) stored() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.objects)
}

func (f *fakeS3) config(t *testing.T) *Config {
	cfg := testConfig(t, "s3://bucket/prefix")
	cfg.S3 = configoptional.Some(S3Config{Region: "us-east-1", Endpoint: f.url, PathStyle: true})
	return cfg
}

func (f *fakeS3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	key := strings.TrimPrefix(r.URL.Path, "/bucket/")
	switch {
	case r.Method == http.MethodHead:
		f.head(w, key)
	case r.Method == http.MethodPut && !strings.HasSuffix(key, ".parquet"):
		f.probed = append(f.probed, key)
		if len(f.probed) > 1 {
			refuse(w, "PreconditionFailed", http.StatusPreconditionFailed)
		}
	case r.Method == http.MethodPut:
		f.put(w, key, data, r.Header)
	default:
		refuse(w, "NotImplemented", http.StatusNotImplemented)
	}
}

func (f *fakeS3) head(w http.ResponseWriter, key string) {
	data, ok := f.objects[key]
	if !ok {
		if strings.HasSuffix(key, ".parquet") {
			w.WriteHeader(http.StatusNotFound)
		}
		return // Of the bucket.
	}
	w.Header().Set("X-Amz-Meta-Sha256", f.headers[key].Get("X-Amz-Meta-Sha256"))
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
}

func (f *fakeS3) put(w http.ResponseWriter, key string, data []byte, header http.Header) {
	if _, taken := f.objects[key]; taken && header.Get("If-None-Match") == "*" {
		refuse(w, "PreconditionFailed", http.StatusPreconditionFailed)
		return
	}
	if f.fail != nil {
		if code, status, stored := f.fail(key); code != "" {
			if stored {
				f.objects[key], f.headers[key] = data, header
			}
			refuse(w, code, status)
			return
		}
	}
	f.objects[key], f.headers[key] = data, header
}

func refuse(w http.ResponseWriter, code string, status int) {
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code></Error>", code)
}
