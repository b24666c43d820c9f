package lakeddl

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar/parquet"
)

// dialect is how an engine spells types and names.
type dialect struct {
	quote                               string // around names
	text, int32s, int64s, double, truth string
	time                                string
	maps                                string                      // of text to text
	list                                func(element string) string // of elements
	row                                 func(fields []string) string
	field                               string              // format of a row's field: quoted name, type
	nullable                            func(string) string // of a scalar that may be null; nil if all may
}

func (d *dialect) name(s string) string { return d.quote + s + d.quote }

// typeOf returns the type of a column.
func (d *dialect) typeOf(n *parquet.Node) string {
	switch {
	case n.Logical == parquet.Map:
		return d.maps
	case n.Logical == parquet.List:
		return d.list(d.typeOf(&n.Children[0].Children[0]))
	case len(n.Children) > 0:
		fields := make([]string, len(n.Children))
		for i := range n.Children {
			fields[i] = fmt.Sprintf(d.field, d.name(n.Children[i].Name), d.typeOf(&n.Children[i]))
		}
		return d.row(fields)
	}
	t := d.scalar(n)
	if d.nullable != nil && n.Repetition == parquet.Optional {
		t = d.nullable(t)
	}
	return t
}

func (d *dialect) scalar(n *parquet.Node) string {
	switch {
	case n.Logical == parquet.TimestampMicros:
		return d.time
	case n.Type == parquet.Boolean:
		return d.truth
	case n.Type == parquet.Int32:
		return d.int32s
	case n.Type == parquet.Int64:
		return d.int64s
	case n.Type == parquet.Double:
		return d.double
	default:
		return d.text
	}
}

// columns writes one definition per line, each indented and followed by a comma, the last one by end.
func (d *dialect) columns(out *bytes.Buffer, columns []parquet.Node, end string) {
	for i := range columns {
		comma := ","
		if i == len(columns)-1 {
			comma = end
		}
		fmt.Fprintf(out, "  %s %s%s\n", d.name(columns[i].Name), d.typeOf(&columns[i]), comma)
	}
}

func wrap(before, after string) func(string) string {
	return func(s string) string { return before + s + after }
}

func wrapAll(before, after string) func([]string) string {
	return func(fields []string) string { return before + strings.Join(fields, ", ") + after }
}
