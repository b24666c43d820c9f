package main

import (
	parquetgo "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar/parquet"
)

// rowsPerWrite is how many rows of a column are handed to parquet-go at once.
const rowsPerWrite = 1024

// parquetGoSink writes through the column writers of parquet-go, which is the fastest way that it offers.
type parquetGoSink struct {
	maker   *rowMaker
	columns []column
	schema  *parquetgo.Schema
	values  [][]parquetgo.Value // by leaf
	waiting int                 // rows in values
	rows    int                 // rows in the row group
	out     counter
	file    *parquetgo.Writer
}

// column is a column with the leaves that it has in parquet-go, which orders them by name.
type column struct {
	node   *parquet.Node
	leaf   int      // of a scalar
	fields []column // of a list's struct, or key and value of a map
}

func newParquetGoSink(s *schema) *parquetGoSink {
	root := parquetgo.Group{}
	for i := range s.columns {
		root[s.columns[i].Name] = parquetGoNode(&s.columns[i])
	}
	sink := &parquetGoSink{maker: s.newRowMaker(), schema: parquetgo.NewSchema("spans", root)}
	for i := range s.columns {
		sink.columns = append(sink.columns, sink.column(&s.columns[i], nil))
	}
	sink.values = make([][]parquetgo.Value, len(sink.schema.Columns()))
	return sink
}

func parquetGoNode(n *parquet.Node) parquetgo.Node {
	dictionary := func(of parquetgo.Node) parquetgo.Node { return parquetgo.Encoded(of, &parquetgo.RLEDictionary) }
	var out parquetgo.Node
	switch {
	case n.Logical == parquet.Map:
		return parquetgo.Map(dictionary(parquetgo.String()), dictionary(parquetgo.String()))
	case n.Logical == parquet.List:
		fields := parquetgo.Group{}
		for i := range n.Children[0].Children[0].Children {
			c := &n.Children[0].Children[0].Children[i]
			fields[c.Name] = parquetGoNode(c)
		}
		return parquetgo.List(fields)
	case n.Logical == parquet.TimestampMicros:
		out = parquetgo.Encoded(parquetgo.Timestamp(parquetgo.Microsecond), &parquetgo.DeltaBinaryPacked)
	case n.Name == "duration_ns":
		out = parquetgo.Encoded(parquetgo.Leaf(parquetgo.Int64Type), &parquetgo.DeltaBinaryPacked)
	case n.Type == parquet.Int64:
		out = dictionary(parquetgo.Leaf(parquetgo.Int64Type))
	case n.Type == parquet.Int32:
		out = dictionary(parquetgo.Leaf(parquetgo.Int32Type))
	case n.Name == "span_id" || n.Name == "parent_span_id":
		out = parquetgo.Encoded(parquetgo.String(), &parquetgo.Plain)
	default:
		out = dictionary(parquetgo.String())
	}
	if n.Repetition == parquet.Optional {
		out = parquetgo.Optional(out)
	}
	return out
}

func (s *parquetGoSink) column(n *parquet.Node, above []string) column {
	path := append(above[:len(above):len(above)], n.Name)
	c := column{node: n}
	switch n.Logical {
	case parquet.Map:
		path = append(path, "key_value")
		for i := range n.Children[0].Children {
			c.fields = append(c.fields, s.column(&n.Children[0].Children[i], path))
		}
	case parquet.List:
		path = append(path, "list", "element")
		for i := range n.Children[0].Children[0].Children {
			c.fields = append(c.fields, s.column(&n.Children[0].Children[0].Children[i], path))
		}
	default:
		found, _ := s.schema.Lookup(path...)
		c.leaf = found.ColumnIndex
	}
	return c
}

func (s *parquetGoSink) add(td ptrace.Traces) error {
	return s.maker.each(td, func(row []cell) error {
		for i := range s.columns {
			s.emit(&s.columns[i], &row[i], 0, 0, 0)
		}
		s.rows++
		if s.waiting++; s.waiting == rowsPerWrite || s.rows == rowsPerGroup {
			if err := s.write(); err != nil {
				return err
			}
		}
		if s.rows == rowsPerGroup {
			s.rows = 0
			return s.file.Flush()
		}
		return nil
	})
}

// emit appends the values of a cell that lies in depth lists, at the given levels.
func (s *parquetGoSink) emit(c *column, v *cell, rep, def, depth int) {
	switch {
	case len(c.fields) == 0:
		s.scalar(c, v, rep, def)
	case len(v.entries) == 0 && len(v.rows) == 0:
		s.empty(c, rep, def)
	case len(v.rows) > 0:
		for _, row := range v.rows {
			for i := range row {
				s.emit(&c.fields[i], &row[i], rep, def+1, depth+1)
			}
			rep = depth + 1
		}
	default:
		for _, e := range v.entries {
			s.put(c.fields[0].leaf, parquetgo.ValueOf(e.key), rep, def+1)
			s.put(c.fields[1].leaf, parquetgo.ValueOf(e.value), rep, def+1)
			rep = depth + 1
		}
	}
}

func (s *parquetGoSink) empty(c *column, rep, def int) {
	if len(c.fields) == 0 {
		s.put(c.leaf, parquetgo.NullValue(), rep, def)
	}
	for i := range c.fields {
		s.empty(&c.fields[i], rep, def)
	}
}

func (s *parquetGoSink) scalar(c *column, v *cell, rep, def int) {
	if c.node.Repetition == parquet.Optional {
		if !v.set {
			s.put(c.leaf, parquetgo.NullValue(), rep, def)
			return
		}
		def++
	}
	switch c.node.Type {
	case parquet.Int32:
		s.put(c.leaf, parquetgo.Int32Value(int32(v.number)), rep, def)
	case parquet.Int64:
		s.put(c.leaf, parquetgo.Int64Value(v.number), rep, def)
	default:
		s.put(c.leaf, parquetgo.ValueOf(v.text), rep, def)
	}
}

func (s *parquetGoSink) put(leaf int, v parquetgo.Value, rep, def int) {
	s.values[leaf] = append(s.values[leaf], v.Level(rep, def, leaf))
}

// write hands over the waiting rows.
func (s *parquetGoSink) write() error {
	if s.file == nil {
		s.file = parquetgo.NewWriter(&s.out, s.schema, parquetgo.DataPageVersion(1),
			parquetgo.Compression(&zstd.Codec{Level: zstd.SpeedFastest}))
	}
	for i, w := range s.file.ColumnWriters() {
		if _, err := w.WriteRowValues(s.values[i]); err != nil {
			return err
		}
		s.values[i] = s.values[i][:0]
	}
	s.waiting = 0
	return nil
}

func (s *parquetGoSink) close() (int64, error) {
	if err := s.write(); err != nil {
		return 0, err
	}
	err := s.file.Close()
	n := s.out.n
	s.file, s.out.n, s.rows = nil, 0, 0
	return n, err
}
