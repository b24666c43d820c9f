package columnar

import (
	"strings"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// SchemaVersion is the version of the columns, written into every footer. Its minor part grows when columns
// are added; its major part is PathVersion's number.
const SchemaVersion = "1.0"

// PathVersion is the part of an object's path that changes when old readers could not read the new files.
const PathVersion = "v1"

// semconv is the version of the semantic conventions that the promoted attributes are named after.
const semconv = "1.37"

// kind is the type of a column as SQL sees it.
type kind uint8

const (
	kindText      kind = iota // VARCHAR
	kindTraceID               // VARCHAR, 32 lower-case hex digits, empty or null for none
	kindSpanID                // VARCHAR, 16 lower-case hex digits, empty or null for none
	kindInt32                 // INTEGER
	kindInt64                 // BIGINT
	kindDouble                // DOUBLE
	kindBool                  // BOOLEAN
	kindTimestamp             // TIMESTAMP WITH TIME ZONE, microseconds
	kindMap                   // MAP(VARCHAR, VARCHAR)
	kindList                  // LIST of the single field "element", or of a struct of the fields
)

// encoding is how a column's values are laid out in its pages.
type encoding uint8

const (
	encDictionary encoding = iota // dictionary where it pays, else plain
	encPlain
	encDelta // DELTA_BINARY_PACKED, for integers that change little
)

// scope says which attributes a promoted column is filled from.
type scope uint8

const (
	scopeNone     scope = iota
	scopeResource       // the resource's attributes
	scopeItem           // the span's, log record's or data point's attributes
)

// column defines one column. The tables of columns are the schema: nothing else in this package names types
// or encodings.
type column struct {
	name     string
	kind     kind
	encoding encoding
	optional bool
	bloom    bool     // Bloom filter, sized by the number of distinct values
	stats    bool     // smallest and largest value in footer and page index
	scope    scope    // of a promoted attribute
	key      string   // the attribute that is promoted, moved out of its map
	source   string   // where in OTLP the value comes from
	fields   []column // of a list
}

func text(name, source string) column {
	return column{name: name, kind: kindText, stats: true, source: source}
}

func number(name string, k kind, source string) column {
	return column{name: name, kind: k, stats: true, source: source}
}

func boolean(name, source string) column {
	return column{name: name, kind: kindBool, encoding: encPlain, source: source}
}

func list(name, source string, fields ...column) column {
	return column{name: name, kind: kindList, source: source, fields: fields}
}

func element(k kind) []column { return []column{{name: "element", kind: k}} }

func (c column) asOptional() column { c.optional = true; return c }

func (c column) asDelta() column { c.encoding = encDelta; return c }

func (c column) withoutStats() column { c.stats = false; return c }

// attributes defines a map of attributes and, beside it, the column that keeps their types.
func attributes(name, source string) []column {
	return []column{
		{name: name, kind: kindMap, source: source},
		{name: name + "_types", kind: kindText, source: "one letter per entry of " + name + ", in order"},
	}
}

// promoted defines one optional column per attribute key, named after it.
func promoted(s scope, k kind, keys ...string) []column {
	source := "attribute "
	if s == scopeResource {
		source = "resource attribute "
	}
	columns := make([]column, len(keys))
	for i, key := range keys {
		columns[i] = column{
			name: strings.ReplaceAll(key, ".", "_"), kind: k, optional: true, stats: true,
			scope: s, key: key, source: source + key,
		}
	}
	return columns
}

// join concatenates groups of columns.
func join(groups ...[]column) []column {
	var all []column
	for _, g := range groups {
		all = append(all, g...)
	}
	return all
}

// parquetSchema builds the Parquet schema of a table. It panics when the table is wrong, at start.
func parquetSchema(columns []column) *schema.GroupNode {
	fields := make(schema.FieldList, len(columns))
	for i := range columns {
		fields[i] = columns[i].node()
	}
	return schema.MustGroup(schema.NewGroupNode("schema", parquet.Repetitions.Required, fields, -1))
}

func (c *column) repetition() parquet.Repetition {
	if c.optional {
		return parquet.Repetitions.Optional
	}
	return parquet.Repetitions.Required
}

func (c *column) node() schema.Node {
	switch c.kind {
	case kindMap:
		return schema.MustGroup(schema.MapOf(c.name, textNode("key"), textNode("value"), c.repetition(), -1))
	case kindList:
		if len(c.fields) == 1 {
			return schema.MustGroup(schema.ListOfWithName(c.name, c.fields[0].node(), c.repetition(), -1))
		}
		fields := make(schema.FieldList, len(c.fields))
		for i := range c.fields {
			fields[i] = c.fields[i].node()
		}
		item := schema.MustGroup(schema.NewGroupNode("element", parquet.Repetitions.Required, fields, -1))
		return schema.MustGroup(schema.ListOfWithName(c.name, item, c.repetition(), -1))
	default:
		return c.leafNode()
	}
}

func (c *column) leafNode() schema.Node {
	rep := c.repetition()
	switch c.kind {
	case kindInt32:
		return schema.NewInt32Node(c.name, rep, -1)
	case kindInt64:
		return schema.NewInt64Node(c.name, rep, -1)
	case kindDouble:
		return schema.NewFloat64Node(c.name, rep, -1)
	case kindBool:
		return schema.NewBooleanNode(c.name, rep, -1)
	case kindTimestamp:
		micros := schema.NewTimestampLogicalType(true, schema.TimeUnitMicros)
		return schema.MustPrimitive(schema.NewPrimitiveNodeLogical(c.name, rep, micros, parquet.Types.Int64, 0, -1))
	default:
		return stringNode(c.name, rep)
	}
}

func textNode(name string) schema.Node { return stringNode(name, parquet.Repetitions.Required) }

func stringNode(name string, rep parquet.Repetition) schema.Node {
	return schema.MustPrimitive(
		schema.NewPrimitiveNodeLogical(name, rep, schema.StringLogicalType{}, parquet.Types.ByteArray, 0, -1),
	)
}
