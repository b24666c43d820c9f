package parquetexporter

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pipeline"

	"github.com/otelcol-datastreams/otelcol-datastreams/exporter/parquetexporter/internal/metadata"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/streamname"
)

var testTime = time.Date(2026, 11, 22, 5, 10, 0, 0, time.UTC)

// encodeLogs stands in for columnar.Logs where a test wants to read objects
// without Parquet: a file holds the OTLP of the records of one hour.
func encodeLogs(ld plog.Logs) ([]columnar.File, error) {
	byHour := make(map[time.Time]plog.Logs)
	for _, rl := range ld.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, record := range sl.LogRecords().All() {
				hour := record.Timestamp().AsTime().Truncate(time.Hour)
				if _, ok := byHour[hour]; !ok {
					byHour[hour] = plog.NewLogs()
					byHour[hour].ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty()
				}
				record.CopyTo(byHour[hour].ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().AppendEmpty())
			}
		}
	}
	var files []columnar.File
	for hour, logs := range byHour {
		data, err := (&plog.ProtoMarshaler{}).MarshalLogs(logs)
		if err != nil {
			return nil, err
		}
		first := logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Timestamp().AsTime()
		files = append(files, columnar.File{Hour: hour, First: first, Rows: logs.LogRecordCount(), Data: data})
	}
	slices.SortFunc(files, func(a, b columnar.File) int { return cmp.Compare(a.Hour.Unix(), b.Hour.Unix()) })
	return files, nil
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

// bodies returns the texts that encodeLogs has put into an object.
func bodies(t *testing.T, data []byte) []string {
	ld, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(data)
	require.NoError(t, err)
	var texts []string
	for _, record := range ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().All() {
		texts = append(texts, record.Body().Str())
	}
	return texts
}

// inStream is the context of data that a router has put into a stream.
func inStream(ctx context.Context, stream string) context.Context {
	return streamname.NewStamp(stream).Context(ctx)
}

// testConfig has short pauses and no queue, so that an export returns when it
// is done.
func testConfig(url string) *Config {
	cfg := createDefaultConfig().(*Config)
	cfg.URL = url
	cfg.Retry.InitialInterval = time.Millisecond
	cfg.Retry.MaxInterval = 2 * time.Millisecond
	cfg.Queue = configoptional.None[exporterhelper.QueueBatchConfig]()
	return cfg
}

// newLogsExporter is createLogs with encodeLogs or another stand-in.
func newLogsExporter(
	ctx context.Context, set exporter.Settings, cfg component.Config, encode func(plog.Logs) ([]columnar.File, error),
) (exporter.Logs, error) {
	e, err := newExporter(set, cfg, pipeline.SignalLogs, encode)
	if err != nil {
		return nil, err
	}
	return exporterhelper.NewLogs(ctx, set, cfg, e.consume, e.options()...)
}

// startLogs starts an exporter and leaves shutting down to the test.
func startLogs(t *testing.T, set exporter.Settings, cfg *Config, host component.Host) exporter.Logs {
	e, err := newLogsExporter(t.Context(), set, cfg, encodeLogs)
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), host))
	return e
}

func nopSettings() exporter.Settings { return exportertest.NewNopSettings(metadata.Type) }

// objects returns the objects below dir by key.
func objects(t *testing.T, dir string) map[string][]byte {
	found := make(map[string][]byte)
	root := os.DirFS(dir)
	require.NoError(t, fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		found[name], err = fs.ReadFile(root, name)
		return err
	}))
	return found
}

// fakeS3 is a bucket that fails on demand.
type fakeS3 struct {
	url string

	mu      sync.Mutex
	objects map[string][]byte // Last content by key.
	puts    []string          // Keys of all attempts, failed ones included.
	// fail returns the S3 error code and status to answer with, or "".
	fail func(attempt int, key string, data []byte) (code string, status int)
}

func newFakeS3(t *testing.T) *fakeS3 {
	f := &fakeS3{objects: make(map[string][]byte)}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	f.url = server.URL
	return f
}

func (f *fakeS3) stored() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.objects)
}

func (f *fakeS3) config() *Config {
	cfg := testConfig("s3://bucket/prefix")
	cfg.S3 = configoptional.Some(S3Config{Region: "us-east-1", Endpoint: f.url, PathStyle: true})
	return cfg
}

func (f *fakeS3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key := strings.TrimPrefix(r.URL.Path, "/bucket/prefix/")
	data, err := io.ReadAll(r.Body)
	if err != nil || r.Method != http.MethodPut {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.puts = append(f.puts, key)
	if f.fail != nil {
		if code, status := f.fail(len(f.puts), key, data); code != "" {
			w.WriteHeader(status)
			fmt.Fprintf(w, "<Error><Code>%s</Code></Error>", code)
			return
		}
	}
	f.objects[key] = data
}
