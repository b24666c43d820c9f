package columnar

import (
	"bytes"
	"context"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/stretchr/testify/require"
)

// row is one row of a file as Go values: string, int32, int64, float64, bool, []any for lists, row for structs,
// []entry for maps, nil for null.
type row map[string]any

// entry is one entry of a map.
type entry struct{ key, value string }

func (r row) str(name string) string {
	s, _ := r[name].(string)
	return s
}

func (r row) i32(name string) int32 {
	v, _ := r[name].(int32)
	return v
}

func (r row) i64(name string) int64 {
	v, _ := r[name].(int64)
	return v
}

// readRows returns all rows of the files, read by arrow-go's own reader.
func readRows(t testing.TB, files []File) []row {
	t.Helper()
	var rows []row
	for _, f := range files {
		read := readFile(t, f.Data)
		require.Len(t, read, f.Rows)
		rows = append(rows, read...)
	}
	return rows
}

func readFile(t testing.TB, data []byte) []row {
	t.Helper()
	pf, err := file.NewParquetReader(bytes.NewReader(data))
	require.NoError(t, err)
	reader, err := pqarrow.NewFileReader(pf, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	require.NoError(t, err)
	table, err := reader.ReadTable(context.Background())
	require.NoError(t, err)
	rows := make([]row, table.NumRows())
	for i := range rows {
		rows[i] = row{}
	}
	for c := range int(table.NumCols()) {
		name, at := table.Schema().Field(c).Name, 0
		for _, chunk := range table.Column(c).Data().Chunks() {
			for i := range chunk.Len() {
				rows[at][name] = valueAt(t, chunk, i)
				at++
			}
		}
	}
	return rows
}

func valueAt(t testing.TB, a arrow.Array, i int) any {
	t.Helper()
	if a.IsNull(i) {
		return nil
	}
	switch a := a.(type) {
	case *array.String:
		return string([]byte(a.Value(i)))
	case *array.Int32:
		return a.Value(i)
	case *array.Int64:
		return a.Value(i)
	case *array.Timestamp:
		return int64(a.Value(i))
	case *array.Float64:
		return a.Value(i)
	case *array.Boolean:
		return a.Value(i)
	case *array.Map:
		entries := []entry{}
		lo, hi := a.ValueOffsets(i)
		for k := int(lo); k < int(hi); k++ {
			entries = append(entries, entry{valueAt(t, a.Keys(), k).(string), valueAt(t, a.Items(), k).(string)})
		}
		return entries
	case *array.List:
		items := []any{}
		lo, hi := a.ValueOffsets(i)
		for k := int(lo); k < int(hi); k++ {
			items = append(items, valueAt(t, a.ListValues(), k))
		}
		return items
	case *array.Struct:
		fields := row{}
		for f := range a.NumField() {
			fields[a.DataType().(*arrow.StructType).Field(f).Name] = valueAt(t, a.Field(f), i)
		}
		return fields
	default:
		require.Failf(t, "unexpected type", "%T", a)
		return nil
	}
}
