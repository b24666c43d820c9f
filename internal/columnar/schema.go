package columnar

import "github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar/parquet"

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

// scope says which attributes a promoted column is filled from.
type scope uint8

const (
	scopeNone     scope = iota
	scopeResource       // the resource's attributes
	scopeItem           // the span's, log record's, data point's or sample's attributes
)

// column defines one column. The tables of columns are the schema: nothing else in this package names types
// or encodings.
type column struct {
	name     string
	kind     kind
	optional bool
	plain    bool     // ids that hardly repeat: no dictionary
	bloom    bool     // Bloom filter, sized by the number of distinct values
	stats    bool     // smallest and largest value in footer and page index
	origin   bool     // of resource or scope
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
	return column{name: name, kind: kindBool, source: source}
}

func list(name, source string, fields ...column) column {
	return column{name: name, kind: kindList, source: source, fields: fields}
}

func element(k kind) []column { return []column{{name: "element", kind: k}} }

func (c column) asOptional() column { c.optional = true; return c }

func (c column) withoutStats() column { c.stats = false; return c }

// attributes defines a map of attributes and, beside it, the column that keeps their types.
func attributes(name, source string) []column {
	return []column{
		{name: name, kind: kindMap, source: source},
		{name: name + "_types", kind: kindText, source: "one letter per entry of " + name + ", in order"},
	}
}

// promotedColumns defines one optional column per attribute key, named after it.
func promotedColumns(s scope, k kind, keys ...string) []column {
	source := "attribute "
	if s == scopeResource {
		source = "resource attribute "
	}
	columns := make([]column, len(keys))
	for i, key := range keys {
		columns[i] = column{
			name: columnName(key), kind: k, optional: true, stats: true,
			scope: s, key: key, origin: s == scopeResource, source: source + key,
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

// nodes returns the columns as Parquet knows them.
func nodes(columns []column) []parquet.Node {
	all := make([]parquet.Node, len(columns))
	for i := range columns {
		all[i] = columns[i].node()
	}
	return all
}

func (c *column) repetition() parquet.Repetition {
	if c.optional {
		return parquet.Optional
	}
	return parquet.Required
}

func (c *column) node() parquet.Node {
	switch c.kind {
	case kindMap:
		entry := parquet.Node{Name: "key_value", Repetition: parquet.Repeated, Children: []parquet.Node{
			{Name: "key", Type: parquet.ByteArray, Logical: parquet.String},
			{Name: "value", Type: parquet.ByteArray, Logical: parquet.String},
		}}
		return parquet.Node{
			Name: c.name, Repetition: c.repetition(), Logical: parquet.Map, Children: []parquet.Node{entry},
		}
	case kindList:
		item := parquet.Node{Name: "element", Children: nodes(c.fields)}
		for i := range item.Children {
			item.Children[i].Bounds = false // Of no use where a row has several values.
		}
		if len(c.fields) == 1 {
			item = item.Children[0]
		}
		entry := parquet.Node{Name: "list", Repetition: parquet.Repeated, Children: []parquet.Node{item}}
		return parquet.Node{
			Name: c.name, Repetition: c.repetition(), Logical: parquet.List, Children: []parquet.Node{entry},
		}
	default:
		return c.leafNode()
	}
}

func (c *column) leafNode() parquet.Node {
	n := parquet.Node{Name: c.name, Repetition: c.repetition(), Bounds: c.stats, Bloom: c.bloom}
	switch c.kind {
	case kindInt32:
		n.Type = parquet.Int32
	case kindInt64:
		n.Type = parquet.Int64
	case kindDouble:
		n.Type = parquet.Double
	case kindBool:
		n.Type = parquet.Boolean
	case kindTimestamp:
		n.Type, n.Logical = parquet.Int64, parquet.TimestampMicros
	default:
		n.Type, n.Logical = parquet.ByteArray, parquet.String
	}
	return n
}
