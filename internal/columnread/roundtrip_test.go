package columnread

import (
	"bytes"
	"fmt"
	"iter"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/goleak"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/otlprandom"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/signal"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// kind is all that the tests must know about a signal.
type kind[D any] struct {
	name   string
	table  func(columnar.Options) (*columnar.Table[D], error)
	random func(seed uint64) D
	decode func([]byte) (D, error) // from OTLP
	encode func(D) ([]byte, error)
	read   func(f *File, o Options) iter.Seq2[D, error]
	rows   func(testing.TB, D) []row
}

var (
	traceKind = kind[ptrace.Traces]{
		"traces", columnar.NewTraces, otlprandom.Traces, (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces,
		(&ptrace.ProtoMarshaler{}).MarshalTraces, (*File).Traces, spanRows,
	}
	logKind = kind[plog.Logs]{
		"logs", columnar.NewLogs, otlprandom.Logs, (&plog.ProtoUnmarshaler{}).UnmarshalLogs,
		(&plog.ProtoMarshaler{}).MarshalLogs, (*File).Logs, logRows,
	}
	profileKind = kind[pprofile.Profiles]{
		"profiles", columnar.NewProfiles, otlprandom.Profiles, (&pprofile.ProtoUnmarshaler{}).UnmarshalProfiles,
		signal.Profiles.Marshal, (*File).Profiles, sampleRows,
	}
	metricKind = kind[pmetric.Metrics]{
		"metrics", columnar.NewMetrics, otlprandom.Metrics, (&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics,
		(&pmetric.ProtoMarshaler{}).MarshalMetrics, (*File).Metrics, pointRows,
	}
)

// promotions are of keys that otlprandom uses, with values of the right type and of others.
var promotions = []columnar.Promotion{
	{Key: "app.Tenant-\u00e9", Scope: columnar.Resource, Type: columnar.String},
	{Key: "app.items", Scope: columnar.Item, Type: columnar.Int64},
	{Key: "app.amount", Scope: columnar.Item, Type: columnar.Double},
	{Key: "app.paid", Scope: columnar.Resource, Type: columnar.Bool},
}

// write writes payloads to one file.
func write[D any](t testing.TB, k kind[D], options columnar.Options, payloads ...D) []byte {
	t.Helper()
	table, err := k.table(options)
	require.NoError(t, err)
	var buf bytes.Buffer
	w := table.NewWriter(&buf)
	for _, d := range payloads {
		require.NoError(t, w.Append(d, table.Rows(d, nil)))
	}
	_, err = w.Close()
	require.NoError(t, err)
	return buf.Bytes()
}

func open(t testing.TB, data []byte) *File {
	t.Helper()
	f, err := Open(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	return f
}

// readAll returns the payloads of a file.
func readAll[D any](t testing.TB, k kind[D], data []byte, rows int) []D {
	t.Helper()
	var payloads []D
	for d, err := range k.read(open(t, data), Options{Rows: rows}) {
		require.NoError(t, err)
		payloads = append(payloads, d)
	}
	return payloads
}

// requireSame holds the rows that come back against those that went in.
func requireSame[D any](t testing.TB, k kind[D], in D, out []D) {
	t.Helper()
	var got []row
	for _, d := range out {
		got = append(got, k.rows(t, d)...)
	}
	want := k.rows(t, in)
	require.Len(t, got, len(want))
	// Several payloads are sorted each, all of them must be again.
	sortRows(got)
	for i := range want {
		if want[i].proto != got[i].proto {
			require.Equal(t, want[i].json, got[i].json)
			require.Equal(t, want[i].proto, got[i].proto)
		}
	}
}

// OTLP -> Parquet -> OTLP gives the same rows, whatever is in them, however they are cut into row groups and
// payloads, and whichever attributes are promoted.
func TestRoundTrip(t *testing.T) {
	t.Run("traces", func(t *testing.T) { testRoundTrip(t, traceKind) })
	t.Run("logs", func(t *testing.T) { testRoundTrip(t, logKind) })
	t.Run("metrics", func(t *testing.T) { testRoundTrip(t, metricKind) })
	t.Run("profiles", func(t *testing.T) { testRoundTrip(t, profileKind) })
}

func testRoundTrip[D any](t *testing.T, k kind[D]) {
	for seed := range uint64(60) {
		in := k.random(seed)
		for name, tc := range map[string]struct {
			options columnar.Options
			rows    int
		}{
			"standard": {},
			"promoted": {options: columnar.Options{Promote: promotions, GroupRows: 5}, rows: 3},
		} {
			data := write(t, k, tc.options, in)
			out := readAll(t, k, data, tc.rows)
			t.Run(fmt.Sprintf("%s/%d", name, seed), func(t *testing.T) { requireSame(t, k, in, out) })
		}
	}
}

// Pages, batches and row groups end at different rows: nothing is lost or doubled between them.
func TestRoundTripOfManyRows(t *testing.T) {
	t.Run("traces", func(t *testing.T) { testManyRows(t, traceKind) })
	t.Run("logs", func(t *testing.T) { testManyRows(t, logKind) })
	t.Run("metrics", func(t *testing.T) { testManyRows(t, metricKind) })
	t.Run("profiles", func(t *testing.T) { testManyRows(t, profileKind) })
}

func testManyRows[D any](t *testing.T, k kind[D]) {
	var in []D
	var want []row
	for seed := range uint64(300) {
		d := k.random(seed)
		in = append(in, d)
		want = append(want, k.rows(t, d)...)
	}
	sortRows(want)
	var got []row
	for _, d := range readAll(t, k, write(t, k, columnar.Options{GroupRows: 900}, in...), 400) {
		rows := k.rows(t, d)
		require.LessOrEqual(t, len(rows), 400)
		got = append(got, rows...)
	}
	sortRows(got)
	require.Greater(t, len(want), 1500)
	require.Len(t, got, len(want))
	for i := range want {
		require.Equal(t, want[i].json, got[i].json)
	}
}
