package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
)

// Every contestant writes something, and what it costs is counted.
func TestMeasureWriting(t *testing.T) {
	all, err := measureWriting(500)
	require.NoError(t, err)
	require.Len(t, all, 22)
	for _, w := range all {
		require.Positive(t, w.speed(), w.name)
		if w.name != cellsOnly {
			require.Positive(t, w.size(), w.name)
		}
	}
	require.NotContains(t, writingTable(all)+writingBars(all), "NaN")
	svg := string(plot(all))
	require.Contains(t, svg, parquetGo)
	require.NotContains(t, svg, "NaN")
}

// The other writers write as many values into every column as we do: a file that lacks some would look small.
func TestOthersWriteEverything(t *testing.T) {
	c, err := traceCorpus(2000)
	require.NoError(t, err)
	s, err := newSchema()
	require.NoError(t, err)
	arrow, err := newArrowSink(s)
	require.NoError(t, err)
	parquetGo := newParquetGoSink(s)
	table, err := columnar.NewTraces(columnar.Options{})
	require.NoError(t, err)
	var oursFile, arrowFile, parquetGoFile bytes.Buffer
	arrow.out.copy, parquetGo.out.copy = &arrowFile, &parquetGoFile
	ours := table.NewWriter(&oursFile)
	for _, data := range c.payloads {
		td, err := c.unmarshal(data)
		require.NoError(t, err)
		require.NoError(t, ours.Append(td, table.Rows(td, nil)))
		require.NoError(t, arrow.add(td))
		require.NoError(t, parquetGo.add(td))
	}
	_, err = ours.Close()
	require.NoError(t, err)
	_, err = arrow.close()
	require.NoError(t, err)
	_, err = parquetGo.close()
	require.NoError(t, err)
	want := valuesByColumn(t, oursFile.Bytes())
	require.EqualValues(t, c.items, want["time"])
	require.Greater(t, want["events.list.element.attributes.key_value.key"], int64(c.items))
	require.Equal(t, want, valuesByColumn(t, arrowFile.Bytes()))
	require.Equal(t, want, valuesByColumn(t, parquetGoFile.Bytes()))
}

// valuesByColumn returns the number of values of each leaf, nulls and empty lists included.
func valuesByColumn(t *testing.T, data []byte) map[string]int64 {
	t.Helper()
	f, err := file.NewParquetReader(bytes.NewReader(data))
	require.NoError(t, err)
	values := map[string]int64{}
	for g := range f.NumRowGroups() {
		for i := range f.MetaData().Schema.NumColumns() {
			chunk, err := f.MetaData().RowGroup(g).ColumnChunk(i)
			require.NoError(t, err)
			values[chunk.PathInSchema().String()] += chunk.NumValues()
		}
	}
	return values
}

// The benchmark's sections have their places in the page.
func TestUpdateFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "page.md")
	require.NoError(t, os.WriteFile(path, []byte("a\n<!-- bench:x -->\nold\n<!-- /bench -->\nb\n"), 0o600))
	require.NoError(t, updateFile(path, map[string]string{"x": "new\n"}))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "a\n<!-- bench:x -->\nnew\n<!-- /bench -->\nb\n", string(text))
	require.ErrorContains(t, updateFile(path, map[string]string{"y": ""}), "no place for y")
}

// A layout that answers otherwise is no layout to compare with.
func TestEvaluate(t *testing.T) {
	rows := func(v any) []map[string]any { return []map[string]any{{"v": v}} }
	queries := []query{{name: "q"}}
	var results [][]map[string]any
	for range queryRounds + 1 {
		results = append(results, nil, rows(0.0), rows("x"), rows(2000.0), rows("x"), rows(9000.0), rows("x"), rows(10_000.0), rows("x"), rows(14_000.0))
	}
	answers, err := evaluate(queries, results)
	require.NoError(t, err)
	require.Equal(t, []answer{{"q", [layouts]float64{2, 7, 1, 4}}}, answers)
	require.Equal(t, laidByDuck, answers[0].next())
	for _, layout := range []int{2, 4, 6} {
		other := slices.Clone(results)
		other[len(other)-layout] = rows("y")
		_, err = evaluate(queries, other)
		require.ErrorContains(t, err, "differs from ours")
	}
}
