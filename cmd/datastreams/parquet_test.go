package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/shop"
)

var parquetTime = time.Date(2026, 11, 22, 5, 30, 0, 123456789, time.UTC)

// parquetFile writes a payload to a file and returns its name.
func parquetFile[D any](t *testing.T, newTable func(columnar.Options) (*columnar.Table[D], error), d D) string {
	t.Helper()
	table, err := newTable(columnar.Options{GroupRows: 2})
	require.NoError(t, err)
	var buf bytes.Buffer
	w := table.NewWriter(&buf)
	require.NoError(t, w.Append(d, table.Rows(d, nil)))
	_, err = w.Close()
	require.NoError(t, err)
	return file(t, buf.Bytes())
}

func file(t *testing.T, data []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file.parquet")
	require.NoError(t, os.WriteFile(name, data, 0o600))
	return name
}

// someLogs are n records, numbered by their bodies.
func someLogs(from, n int) plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr("service.name", "cart")
	records := rl.ScopeLogs().AppendEmpty().LogRecords()
	for i := range n {
		r := records.AppendEmpty()
		r.SetTimestamp(pcommon.NewTimestampFromTime(parquetTime.Add(time.Duration(i))))
		r.Body().SetInt(int64(from + i))
	}
	return ld
}

func someTraces() ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "cart")
	rs.Resource().Attributes().PutInt("process.pid", 42)
	ss := rs.ScopeSpans().AppendEmpty()
	ss.Scope().SetName("http")
	s := ss.Spans().AppendEmpty()
	s.SetTraceID(pcommon.TraceID{1, 2})
	s.SetSpanID(pcommon.SpanID{3})
	s.SetName("GET /cart")
	s.SetKind(ptrace.SpanKindServer)
	s.SetStartTimestamp(pcommon.NewTimestampFromTime(parquetTime))
	s.SetEndTimestamp(pcommon.NewTimestampFromTime(parquetTime.Add(time.Millisecond)))
	s.Attributes().PutInt("http.response.status_code", 200)
	s.Attributes().PutEmptySlice("items").AppendEmpty().SetDouble(1)
	s.Events().AppendEmpty().SetName("paid")
	return td
}

func someMetrics() pmetric.Metrics {
	md := pmetric.NewMetrics()
	m := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	m.SetName("orders")
	sum := m.SetEmptySum()
	sum.SetIsMonotonic(true)
	sum.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	p := sum.DataPoints().AppendEmpty()
	p.SetTimestamp(pcommon.NewTimestampFromTime(parquetTime))
	p.SetIntValue(7)
	return md
}

// runOK runs the tool and returns what it says.
func runOK(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	require.Equal(t, exitOK, run(args, &stdout, &stderr), stderr.String())
	require.Empty(t, stderr.String())
	return stdout.String()
}

// What cat writes is what went into the file, as the collector's own JSON.
func TestParquetCat(t *testing.T) {
	traces, logs, metrics := someTraces(), someLogs(0, 1), someMetrics()
	out := runOK(t, "parquet", "cat",
		parquetFile(t, columnar.NewTraces, traces), parquetFile(t, columnar.NewLogs, logs), parquetFile(t, columnar.NewMetrics, metrics))
	lines := strings.SplitAfter(out, "\n")
	require.Len(t, lines, 4)
	require.Empty(t, lines[3])

	want, err := (&ptrace.JSONMarshaler{}).MarshalTraces(traces)
	require.NoError(t, err)
	require.Equal(t, string(want)+"\n", lines[0])
	want, err = (&plog.JSONMarshaler{}).MarshalLogs(logs)
	require.NoError(t, err)
	require.Equal(t, string(want)+"\n", lines[1])
	want, err = (&pmetric.JSONMarshaler{}).MarshalMetrics(metrics)
	require.NoError(t, err)
	require.Equal(t, string(want)+"\n", lines[2])
}

func TestParquetCatProfiles(t *testing.T) {
	profiles := shop.New(1).Profiles(3, time.Date(2026, 11, 22, 5, 30, 0, 0, time.UTC))
	out := runOK(t, "parquet", "cat", parquetFile(t, columnar.NewProfiles, profiles))
	samples := 0
	for line := range strings.Lines(out) {
		got, err := (&pprofile.JSONUnmarshaler{}).UnmarshalProfiles([]byte(line))
		require.NoError(t, err)
		samples += got.SampleCount()
	}
	require.Equal(t, profiles.SampleCount(), samples)
}

// JSON is UTF-8, whatever bytes a string holds.
func TestParquetCatIsUTF8(t *testing.T) {
	logs := someLogs(0, 1)
	logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Body().SetStr("caf\xe9!")
	out := runOK(t, "parquet", "cat", parquetFile(t, columnar.NewLogs, logs))
	require.True(t, utf8.ValidString(out))
	require.Contains(t, out, "\"caf\uFFFD!\"")
}

// The limit counts over all files, in whatever way rows are cut into lines.
func TestParquetCatRows(t *testing.T) {
	a, b := parquetFile(t, columnar.NewLogs, someLogs(0, 5)), parquetFile(t, columnar.NewLogs, someLogs(5, 5))
	for limit := range 12 {
		out := runOK(t, "parquet", "cat", "--rows", fmt.Sprint(limit), a, b)
		want := limit
		if limit == 0 || limit > 10 {
			want = 10
		}
		read := 0
		for line := range strings.Lines(out) {
			ld, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs([]byte(line))
			require.NoError(t, err)
			for _, r := range ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().All() {
				require.EqualValues(t, read, r.Body().Int())
				read++
			}
		}
		require.Equal(t, want, read)
	}
}

func TestParquetSchema(t *testing.T) {
	out := runOK(t, "parquet", "schema", parquetFile(t, columnar.NewLogs, someLogs(0, 5)))
	for _, pattern := range []string{
		`(?m)^signal +logs$`,
		`(?m)^schema version +1\.\d+$`,
		`(?m)^rows +5 in 3 row groups$`,
		`(?m)^first event +2026-11-22T05:30:00\.123456789Z$`,
		`(?m)^last event +2026-11-22T05:30:00\.123456793Z$`,
		`(?m)^sorted by +service_name, scope_name, resource_hash, time$`,
		`(?m)^promoted of resource +service\.name, service\.namespace, .*$`,
		`(?m)^promoted of log record +log\.iostream, .*$`,
		`(?m)^ +bytes +share +per row +uncompressed +type  column$`,
		`(?m)^ +\d+ +\d+\.\d% +\d+\.\d\d +\d+ +byte_array  attributes\.key_value\.value$`,
		`(?m)^ +\d+ +100\.0% .* total$`,
	} {
		require.Regexp(t, pattern, out)
	}
}

func TestParquetMistakes(t *testing.T) {
	whole, err := os.ReadFile(parquetFile(t, columnar.NewLogs, someLogs(0, 5)))
	require.NoError(t, err)
	good := file(t, whole)
	damaged := bytes.Clone(whole)
	clear(damaged[4:500]) // Pages.
	for name, tc := range map[string]struct {
		args []string
		code int
		text string
	}{
		"no file":        {[]string{"cat"}, exitUsage, `^datastreams: datastreams parquet cat needs the name of a file; see datastreams parquet cat --help\n$`},
		"two files":      {[]string{"schema", good, good}, exitUsage, `datastreams parquet schema takes one file, but got 2`},
		"no such part":   {[]string{"dog"}, exitUsage, `there is no command "dog"; see datastreams parquet --help\n$`},
		"negative rows":  {[]string{"cat", "--rows", "-1", good}, exitUsage, `rows: -1 is negative`},
		"missing":        {[]string{"cat", "no.parquet"}, exitFailed, `^datastreams: open no.parquet: no such file or directory\n$`},
		"a directory":    {[]string{"cat", t.TempDir()}, exitFailed, `not a file; name the Parquet files themselves\n$`},
		"not Parquet":    {[]string{"schema", file(t, []byte("time,body\n1,hello\n"))}, exitFailed, `file.parquet: not a Parquet file: it begins with "time"\n$`},
		"cut off":        {[]string{"cat", file(t, whole[:len(whole)-9])}, exitFailed, `file.parquet: a Parquet file without its end: it was cut off, or is still being written\n$`},
		"damaged middle": {[]string{"cat", file(t, damaged)}, exitFailed, `file.parquet: row group 0: damaged file: `},
	} {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			require.Equal(t, tc.code, run(append([]string{"parquet"}, tc.args...), &stdout, &stderr))
			require.Regexp(t, tc.text, stderr.String())
			require.Empty(t, stdout.String())
		})
	}
}

// What came out before an error is not lost.
func TestParquetCatKeepsWhatItHas(t *testing.T) {
	var stdout, stderr bytes.Buffer
	code := run([]string{"parquet", "cat", parquetFile(t, columnar.NewLogs, someLogs(0, 1)), "no.parquet"}, &stdout, &stderr)
	require.Equal(t, exitFailed, code)
	require.Equal(t, 1, strings.Count(stdout.String(), "\n"))
}
