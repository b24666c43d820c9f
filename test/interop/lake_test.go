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

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar/parquet"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/lakeddl"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/lakeddl/footer"
)

// lake is a directory with files and statements.
type lake struct {
	root string
	rows map[string]int // by signal
}

// writer writes payloads of all signals as files of a lake.
type writer struct {
	t    *testing.T
	lake lake
	days map[string]bool // the only ones whose rows are written; nil: all
	next int
}

func newWriter(t *testing.T, root string) *writer {
	return &writer{t: t, lake: lake{root: root, rows: map[string]int{}}}
}

// add writes one file per hour of the payload.
func add[D any](w *writer, table *columnar.Table[D], stream string, d D) {
	byHour := map[time.Time][]columnar.Row{}
	for _, r := range table.Rows(d, nil) {
		hour := time.Unix(0, r.Time).UTC().Truncate(time.Hour)
		if w.days == nil || w.days[hour.Format(time.DateOnly)] {
			byHour[hour] = append(byHour[hour], r)
		}
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

// statements writes the statements for each engine beside the data, and what the readers are to find: how many
// rows, and which columns.
func (w *writer) statements() {
	w.t.Helper()
	tables := w.tables()
	documents, err := lakeddl.Documents(lakeddl.Options{URL: "file://" + w.lake.root}, tables)
	require.NoError(w.t, err)
	for name, document := range documents {
		w.file(filepath.Join("_meta", columnar.PathVersion, name), document)
	}
	schema := map[string][]column{}
	for _, table := range tables {
		schema[table.Signal] = columnsOf(table.Columns)
	}
	expected, err := json.Marshal(map[string]any{"rows": w.lake.rows, "schema": schema, "days": slices.Sorted(maps.Keys(w.days))})
	require.NoError(w.t, err)
	w.file(filepath.Join("_meta", "expected.json"), expected)
}

func (w *writer) tables() []lakeddl.Table {
	tables, err := footer.Standard(options)
	require.NoError(w.t, err)
	if w.lake.rows["profiles"] > 0 {
		profiles, err := footer.Profiles(options)
		require.NoError(w.t, err)
		tables = append(tables, profiles)
	}
	return tables
}

// column tells the scripts what a column is, whichever readers there are.
type column struct {
	Name   string   `json:"name"`
	Kind   string   `json:"kind"`             // text, integer, double, bool, time, map (of text to text), list or struct
	Item   *column  `json:"item,omitempty"`   // of a list
	Fields []column `json:"fields,omitempty"` // of a struct
}

func columnsOf(nodes []parquet.Node) []column {
	all := make([]column, len(nodes))
	for i := range nodes {
		all[i] = columnOf(&nodes[i])
	}
	return all
}

func columnOf(n *parquet.Node) column {
	c := column{Name: n.Name, Kind: "text"}
	switch {
	case n.Logical == parquet.Map:
		c.Kind = "map"
	case n.Logical == parquet.List:
		item := columnOf(&n.Children[0].Children[0])
		c.Kind, c.Item = "list", &item
	case len(n.Children) > 0:
		c.Kind, c.Fields = "struct", columnsOf(n.Children)
	case n.Logical == parquet.TimestampMicros:
		c.Kind = "time"
	case n.Type == parquet.Boolean:
		c.Kind = "bool"
	case n.Type == parquet.Int32 || n.Type == parquet.Int64:
		c.Kind = "integer"
	case n.Type == parquet.Double:
		c.Kind = "double"
	}
	return c
}
