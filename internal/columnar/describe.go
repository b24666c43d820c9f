package columnar

import "github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar/parquet"

// Schema returns the columns of the table's files, in order. It belongs to the caller.
func (t *Table[D]) Schema() []parquet.Node { return nodes(t.columns) }
