package columnread

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/arrow-go/v18/parquet/schema"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
)

// oneLog is a file of one log record.
func oneLog(t testing.TB, options columnar.Options) []byte {
	ld := plog.NewLogs()
	r := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	r.SetTimestamp(pcommon.Timestamp(time.Date(2026, 11, 22, 5, 0, 0, 7, time.UTC).UnixNano()))
	r.Body().SetStr("hello")
	return write(t, logKind, options, ld)
}

// foreign is a Parquet file with a column x and the given footer.
func foreign(t testing.TB, pairs ...string) []byte {
	kv := metadata.NewKeyValueMetadata()
	for i := 0; i < len(pairs); i += 2 {
		require.NoError(t, kv.Append(pairs[i], pairs[i+1]))
	}
	fields := schema.FieldList{schema.NewInt32Node("x", parquet.Repetitions.Required, -1)}
	var buf bytes.Buffer
	w := file.NewParquetWriter(&buf, schema.MustGroup(schema.NewGroupNode("schema", parquet.Repetitions.Required, fields, -1)),
		file.WithWriterProps(parquet.NewWriterProperties(parquet.WithCreatedBy("somebody else"))), file.WithWriteMetadata(kv))
	group, err := w.AppendRowGroupChecked()
	require.NoError(t, err)
	column, err := group.NextColumn()
	require.NoError(t, err)
	_, err = column.(*file.Int32ColumnChunkWriter).WriteBatch([]int32{1}, nil, nil)
	require.NoError(t, err)
	require.NoError(t, group.Close())
	require.NoError(t, w.Close())
	return buf.Bytes()
}

func ours(signal, version string) []string {
	return []string{"otel.schema", "otel-parquet", "otel.signal", signal, "otel.schema_version", version}
}

func TestOpenRefuses(t *testing.T) {
	whole := oneLog(t, columnar.Options{})
	for name, tc := range map[string]struct {
		data []byte
		want error
		text string
	}{
		"nothing":            {nil, ErrNotParquet, "not a Parquet file: it has 0 bytes"},
		"text":               {[]byte("a file of something else"), ErrNotParquet, `it begins with "a fi"`},
		"cut off":            {whole[:len(whole)-1], ErrTruncated, "it was cut off, or is still being written"},
		"only the start":     {whole[:64], ErrTruncated, "a Parquet file without its end"},
		"start missing":      {whole[64:], ErrNotParquet, "it begins with"},
		"middle missing":     {append(whole[:20:20], whole[len(whole)-20:]...), ErrDamaged, "damaged file: a footer of"},
		"of somebody":        {foreign(t), ErrForeign, `not written by this distribution: it was written by "somebody else"`},
		"of the future":      {foreign(t, ours("logs", "2.0")...), ErrNewer, "its schema is 2.0, this program reads up to 1.0"},
		"of no version":      {foreign(t, ours("logs", "one")...), ErrDamaged, `schema version "one"`},
		"of no signal":       {foreign(t, ours("smells", "1.0")...), ErrDamaged, `signal "smells"`},
		"of a strange order": {foreign(t, append(ours("logs", "1.0"), "otel.promoted", "[")...), ErrDamaged, "the list of promoted attributes"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(bytes.NewReader(tc.data), int64(len(tc.data)))
			require.ErrorIs(t, err, tc.want)
			require.ErrorContains(t, err, tc.text)
		})
	}
}

// A newer minor version has more columns, which changes nothing for those that are known.
func TestNewerMinorVersion(t *testing.T) {
	f := open(t, foreign(t, ours("logs", "1.7")...))
	require.True(t, f.Info().Newer)
	require.False(t, open(t, oneLog(t, columnar.Options{})).Info().Newer)
}

func TestMissingColumn(t *testing.T) {
	for _, err := range open(t, foreign(t, ours("logs", "1.0")...)).Logs(Options{}) {
		require.ErrorIs(t, err, ErrDamaged)
		require.ErrorContains(t, err, "there is no column attributes.key_value.key")
	}
}

func TestWrongSignal(t *testing.T) {
	for _, err := range open(t, oneLog(t, columnar.Options{})).Traces(Options{}) {
		require.ErrorIs(t, err, ErrSignal)
		require.ErrorContains(t, err, "logs")
	}
}

func TestInfo(t *testing.T) {
	data := oneLog(t, columnar.Options{Promote: promotions})
	info := open(t, data).Info()
	moment := time.Date(2026, 11, 22, 5, 0, 0, 7, time.UTC)
	require.Equal(t, "logs", info.Signal)
	require.Equal(t, columnar.SchemaVersion, info.SchemaVersion)
	require.Contains(t, info.Writer, "otelcol-datastreams")
	require.Equal(t, []string{"service_name", "scope_name", "resource_hash", "time"}, info.Sort)
	require.Equal(t, moment, info.First)
	require.Equal(t, moment, info.Last)
	require.EqualValues(t, 1, info.Rows)
	require.EqualValues(t, 1, info.RowGroups)
	require.Contains(t, info.Resource, Promoted{"service.name", "service_name"})
	require.Contains(t, info.Resource, Promoted{"app.Tenant-\u00e9", "app_tenant__"})
	require.Contains(t, info.Item, Promoted{"http.route", "http_route"})
	var paths []string
	size := int64(0)
	for _, c := range info.Columns {
		paths = append(paths, c.Path)
		size += c.Compressed
		require.GreaterOrEqual(t, c.Values, int64(1))
	}
	require.Contains(t, paths, "attributes.key_value.value")
	require.Positive(t, size)
	require.Less(t, size, int64(len(data)))
}

// A file without rows is a file; there is nothing to yield.
func TestNoRows(t *testing.T) {
	data := write(t, logKind, columnar.Options{})
	require.Empty(t, readAll(t, logKind, data, 0))
	require.Zero(t, open(t, data).Info().Rows)
}

// Ranging may stop at any payload and start again.
func TestStopAndStartAgain(t *testing.T) {
	ld := plog.NewLogs()
	records := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	for range 10 {
		records.AppendEmpty()
	}
	f := open(t, write(t, logKind, columnar.Options{GroupRows: 4}, ld))
	for stop := range 5 {
		n := 0
		for d, err := range f.Logs(Options{Rows: 3}) {
			require.NoError(t, err)
			require.NotZero(t, d.LogRecordCount())
			if n++; n > stop {
				break
			}
		}
		require.Equal(t, stop+1, n) // Of 5: 3 and 1, 3 and 1, 2.
	}
}

// failing gives an error for whatever lies before the offset.
type failing struct {
	*bytes.Reader
	before int64
}

var errDisk = errors.New("the disk is gone")

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off < f.before && off > 0 {
		return 0, errDisk
	}
	return f.Reader.ReadAt(p, off)
}

// Errors of the source come through.
func TestSourceFails(t *testing.T) {
	data := oneLog(t, columnar.Options{})
	size := int64(len(data))
	_, err := Open(failing{bytes.NewReader(data), size}, size)
	require.ErrorIs(t, err, errDisk)

	source := &failing{bytes.NewReader(data), 0}
	f, err := Open(source, size)
	require.NoError(t, err)
	source.before = size
	for _, err := range f.Logs(Options{}) {
		require.ErrorIs(t, err, errDisk)
		require.NotErrorIs(t, err, ErrDamaged)
		require.ErrorContains(t, err, "row group 0")
	}
}

// A limit cuts payloads, and ends the sequence at the right row.
func TestLimit(t *testing.T) {
	ld := plog.NewLogs()
	records := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	for range 10 {
		records.AppendEmpty()
	}
	f := open(t, write(t, logKind, columnar.Options{GroupRows: 4}, ld))
	for limit, want := range [][]int{{3, 1, 3, 1, 2}, {1}, {2}, {3}, {3, 1}, {3, 1, 1}, {3, 1, 2}, {3, 1, 3}, {3, 1, 3, 1}} {
		var sizes []int
		for d, err := range f.Logs(Options{Rows: 3, Limit: int64(limit)}) {
			require.NoError(t, err)
			sizes = append(sizes, d.LogRecordCount())
		}
		require.Equal(t, want, sizes, limit)
	}
}
