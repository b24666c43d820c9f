// Package footer reads the schema of a Parquet file as lakeddl needs it: from the file's footer, with a reader
// that knows nothing of how this distribution writes.
package footer

import (
	"bytes"
	"errors"
	"fmt"

	arrowparquet "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar/parquet"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/lakeddl"
)

// Standard returns the tables of all signals but profiles, which few lakes have, as they are with the given
// options: without options, those of every lake. The error names every option that is wrong.
func Standard(o columnar.Options) ([]lakeddl.Table, error) {
	traces, tracesErr := empty(columnar.NewTraces(o))
	logs, logsErr := empty(columnar.NewLogs(o))
	metrics, metricsErr := empty(columnar.NewMetrics(o))
	return []lakeddl.Table{traces, logs, metrics}, errors.Join(tracesErr, logsErr, metricsErr)
}

// Profiles returns the table of profiles as it is with the given options.
func Profiles(o columnar.Options) (lakeddl.Table, error) { return empty(columnar.NewProfiles(o)) }

// empty reads the schema of a file without rows.
func empty[D any](t *columnar.Table[D], err error) (lakeddl.Table, error) {
	if err != nil {
		return lakeddl.Table{}, err
	}
	var out bytes.Buffer
	if _, err := t.NewWriter(&out).Close(); err != nil {
		return lakeddl.Table{}, err
	}
	return Read(bytes.NewReader(out.Bytes()))
}

// Read returns the table that a file belongs to. It fails for files that this distribution did not write.
func Read(r arrowparquet.ReaderAtSeeker) (lakeddl.Table, error) {
	f, err := file.NewParquetReader(r)
	if err != nil {
		return lakeddl.Table{}, err
	}
	defer f.Close()
	signal := f.MetaData().KeyValueMetadata().FindValue("otel.signal")
	if signal == nil {
		return lakeddl.Table{}, errors.New("the file does not say which signal it holds: the collector did not write it")
	}
	columns, err := nodes(f.MetaData().Schema.Root())
	return lakeddl.Table{Signal: *signal, Columns: columns}, err
}

// nodes converts the children of a group.
func nodes(g *schema.GroupNode) ([]parquet.Node, error) {
	all := make([]parquet.Node, g.NumFields())
	var errs error
	for i := range all {
		var err error
		all[i], err = node(g.Field(i))
		errs = errors.Join(errs, err)
	}
	return all, errs
}

func node(n schema.Node) (parquet.Node, error) {
	out := parquet.Node{Name: n.Name(), Repetition: parquet.Repetition(n.RepetitionType())}
	switch n.LogicalType().(type) {
	case schema.MapLogicalType:
		out.Logical = parquet.Map
	case schema.ListLogicalType:
		out.Logical = parquet.List
	case schema.StringLogicalType:
		out.Logical = parquet.String
	case schema.TimestampLogicalType:
		out.Logical = parquet.TimestampMicros
	}
	switch t := n.(type) {
	case *schema.GroupNode:
		var err error
		out.Children, err = nodes(t)
		return out, err
	case *schema.PrimitiveNode:
		out.Type = parquet.Type(t.PhysicalType())
	}
	switch out.Type {
	case parquet.Boolean, parquet.Int32, parquet.Int64, parquet.Double, parquet.ByteArray:
		return out, nil
	}
	return out, fmt.Errorf("column %s is of a type that the collector does not write", n.Path())
}
