package interop

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/lakeddl"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/lakeddl/footer"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/otlprandom"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/shop"
)

// shopBegins is where the corpus starts, so that it lies in two hours. The queries of docs/queries name the day.
var shopBegins = time.Date(2026, 11, 22, 5, 52, 0, 0, time.UTC)

var streams = []string{"checkout", "default"}

// options are small row groups, so that every file has several, and user's columns of every type.
var options = columnar.Options{GroupRows: 512, Promote: []columnar.Promotion{
	{Key: "app.tenant", Scope: columnar.Item, Type: columnar.String},
	{Key: "shop.number", Scope: columnar.Item, Type: columnar.Int64},
	{Key: "shop.ratio", Scope: columnar.Item, Type: columnar.Double},
	{Key: "shop.flag", Scope: columnar.Resource, Type: columnar.Bool},
}}

// lake is a directory with files and statements.
type lake struct {
	root string
	rows map[string]int // by signal
}

// writer writes payloads of all signals as files of a lake.
type writer struct {
	t    *testing.T
	lake lake
	next int
}

func newWriter(t *testing.T, root string) *writer {
	return &writer{t: t, lake: lake{root: root, rows: map[string]int{}}}
}

// shopLake is what real services send: some thousand rows of each signal in two streams and two hours. It is
// the same in every run.
func shopLake(t *testing.T, root string) lake {
	w, s := newWriter(t, root), shop.New(1)
	traces, logs, metrics, profiles := tables(t)
	for i := range 16 {
		at, stream := shopBegins.Add(time.Duration(i)*time.Minute), streams[i%len(streams)]
		add(w, traces, stream, s.Traces(700, at))
		add(w, logs, stream, s.Logs(500, at))
		add(w, metrics, stream, s.Metrics(500, at))
		add(w, profiles, stream, s.Profiles(50, at))
	}
	w.statements()
	return w.lake
}

// randomLake is what nobody sends but OTLP allows: any type, NaN, empty and odd values everywhere. There are no
// random profiles: few payloads would be valid.
func randomLake(t *testing.T, root string) lake {
	w := newWriter(t, root)
	traces, logs, metrics, _ := tables(t)
	for seed := range uint64(40) {
		add(w, traces, "random", otlprandom.Traces(seed))
		add(w, logs, "random", otlprandom.Logs(seed))
		add(w, metrics, "random", otlprandom.Metrics(seed))
	}
	w.statements()
	return w.lake
}

func tables(t *testing.T) (
	*columnar.Table[ptrace.Traces], *columnar.Table[plog.Logs], *columnar.Table[pmetric.Metrics], *columnar.Table[pprofile.Profiles],
) {
	traces, err := columnar.NewTraces(options)
	require.NoError(t, err)
	logs, err := columnar.NewLogs(options)
	require.NoError(t, err)
	metrics, err := columnar.NewMetrics(options)
	require.NoError(t, err)
	profiles, err := columnar.NewProfiles(options)
	require.NoError(t, err)
	return traces, logs, metrics, profiles
}

// add writes one file per hour of the payload.
func add[D any](w *writer, table *columnar.Table[D], stream string, d D) {
	byHour := map[time.Time][]columnar.Row{}
	for _, r := range table.Rows(d, nil) {
		hour := time.Unix(0, r.Time).UTC().Truncate(time.Hour)
		byHour[hour] = append(byHour[hour], r)
	}
	for _, hour := range slices.SortedFunc(maps.Keys(byHour), time.Time.Compare) {
		rows := byHour[hour]
		var out bytes.Buffer
		file := table.NewWriter(&out)
		require.NoError(w.t, file.Append(d, rows))
		info, err := file.Close()
		require.NoError(w.t, err)
		w.lake.rows[table.Name()] += info.Rows
		w.next++
		w.file(filepath.Join(table.Name(), columnar.PathVersion, "stream="+stream, hour.Format("dt=2006-01-02/hour=15"),
			fmt.Sprintf("%06d.parquet", w.next)), out.Bytes())
	}
}

func (w *writer) file(name string, data []byte) {
	w.t.Helper()
	path := filepath.Join(w.lake.root, name)
	require.NoError(w.t, os.MkdirAll(filepath.Dir(path), 0o750))
	require.NoError(w.t, os.WriteFile(path, data, 0o600))
}

// statements writes the statements for each engine beside the data, and how many rows there are.
func (w *writer) statements() {
	w.t.Helper()
	tables, err := footer.Standard(options)
	require.NoError(w.t, err)
	if w.lake.rows["profiles"] > 0 {
		profiles, err := footer.Profiles(options)
		require.NoError(w.t, err)
		tables = append(tables, profiles)
	}
	documents, err := lakeddl.Documents(lakeddl.Options{URL: "file://" + w.lake.root}, tables)
	require.NoError(w.t, err)
	for name, document := range documents {
		w.file(filepath.Join("_meta", columnar.PathVersion, name), document)
	}
	rows, err := json.Marshal(w.lake.rows)
	require.NoError(w.t, err)
	w.file(filepath.Join("_meta", "rows.json"), rows)
}
