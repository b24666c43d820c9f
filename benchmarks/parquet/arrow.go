package main

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	arrowparquet "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar/parquet"
)

// arrowSink writes as most programs use arrow-go: a RecordBuilder per row group, written by pqarrow.
type arrowSink struct {
	columns   []parquet.Node
	maker     *rowMaker
	builder   *array.RecordBuilder
	groupRows int
	rows      int
	out       counter
	file      *pqarrow.FileWriter
}

func newArrowSink(s *schema) (*arrowSink, error) {
	fields, err := arrowFields(s.columns)
	if err != nil {
		return nil, err
	}
	return &arrowSink{
		columns: s.columns, maker: s.newRowMaker(), groupRows: rowsPerGroup,
		builder: array.NewRecordBuilder(memory.NewGoAllocator(), arrow.NewSchema(fields, nil)),
	}, nil
}

func arrowFields(columns []parquet.Node) ([]arrow.Field, error) {
	fields := make([]arrow.Field, len(columns))
	for i := range columns {
		t, err := arrowType(&columns[i])
		if err != nil {
			return nil, err
		}
		fields[i] = arrow.Field{Name: columns[i].Name, Type: t, Nullable: columns[i].Repetition == parquet.Optional}
	}
	return fields, nil
}

func arrowType(n *parquet.Node) (arrow.DataType, error) {
	switch {
	case n.Logical == parquet.Map:
		t := arrow.MapOf(arrow.BinaryTypes.String, arrow.BinaryTypes.String)
		t.SetItemNullable(false)
		return t, nil
	case n.Logical == parquet.List:
		fields, err := arrowFields(n.Children[0].Children[0].Children)
		return arrow.ListOfNonNullable(arrow.StructOf(fields...)), err
	case n.Logical == parquet.TimestampMicros:
		return arrow.FixedWidthTypes.Timestamp_us, nil
	case n.Type == parquet.ByteArray:
		return arrow.BinaryTypes.String, nil
	case n.Type == parquet.Int32:
		return arrow.PrimitiveTypes.Int32, nil
	case n.Type == parquet.Int64:
		return arrow.PrimitiveTypes.Int64, nil
	}
	return nil, fmt.Errorf("column %s has a type that spans do not use", n.Name)
}

func (s *arrowSink) add(td ptrace.Traces) error {
	return s.maker.each(td, func(row []cell) error {
		for i := range row {
			appendCell(s.builder.Field(i), &s.columns[i], &row[i])
		}
		if s.rows++; s.rows == s.groupRows {
			return s.flush()
		}
		return nil
	})
}

func appendCell(b array.Builder, n *parquet.Node, c *cell) {
	if n.Repetition == parquet.Optional && !c.set {
		b.AppendNull()
		return
	}
	switch b := b.(type) {
	case *array.StringBuilder:
		b.Append(c.text)
	case *array.Int32Builder:
		b.Append(int32(c.number))
	case *array.Int64Builder:
		b.Append(c.number)
	case *array.TimestampBuilder:
		b.Append(arrow.Timestamp(c.number))
	case *array.MapBuilder:
		b.Append(true)
		keys, values := b.KeyBuilder().(*array.StringBuilder), b.ItemBuilder().(*array.StringBuilder)
		for _, e := range c.entries {
			keys.Append(e.key)
			values.Append(e.value)
		}
	case *array.ListBuilder:
		b.Append(true)
		element, fields := b.ValueBuilder().(*array.StructBuilder), n.Children[0].Children[0].Children
		for _, row := range c.rows {
			element.Append(true)
			for i := range row {
				appendCell(element.FieldBuilder(i), &fields[i], &row[i])
			}
		}
	}
}

// arrowProperties are arrow-go's own but for the codec and the size of row groups, which are ours.
func arrowProperties(groupRows int) *arrowparquet.WriterProperties {
	return arrowparquet.NewWriterProperties(arrowparquet.WithCompression(compress.Codecs.Zstd),
		arrowparquet.WithCompressionLevel(1), arrowparquet.WithMaxRowGroupLength(int64(groupRows)))
}

// flush writes the rows as a row group.
func (s *arrowSink) flush() error {
	if s.file == nil {
		var err error
		s.file, err = pqarrow.NewFileWriter(s.builder.Schema(), &s.out, arrowProperties(s.groupRows), pqarrow.DefaultWriterProps())
		if err != nil {
			return err
		}
	}
	record := s.builder.NewRecordBatch()
	defer record.Release()
	s.rows = 0
	return s.file.Write(record)
}

func (s *arrowSink) close() (int64, error) {
	if err := s.flush(); err != nil {
		return 0, err
	}
	err := s.file.Close()
	n := s.out.n
	s.file, s.out.n = nil, 0
	return n, err
}
