package parquet

import "slices"

// Type is the physical type of a leaf column, numbered as in the format.
type Type int32

// The physical types that can be written.
const (
	Boolean   Type = 0
	Int32     Type = 1
	Int64     Type = 2
	Double    Type = 5
	ByteArray Type = 6
)

// Repetition says how often a node occurs, numbered as in the format.
type Repetition int32

// The repetitions.
const (
	Required Repetition = 0
	Optional Repetition = 1
	Repeated Repetition = 2
)

// Logical is what a node means.
type Logical uint8

// The meanings that can be written.
const (
	Plain           Logical = iota // what the physical type says
	String                         // text in UTF-8, a ByteArray
	TimestampMicros                // microseconds since 1970 in UTC, an Int64
	List                           // a group with one repeated group
	Map                            // a group with one repeated group of key and value
)

// Node is a column, or a group of columns when it has children. Groups have no Type.
type Node struct {
	Name       string
	Repetition Repetition
	Type       Type
	Logical    Logical
	Children   []Node

	// Bounds asks for smallest and largest values in footer and page index, Bloom for a Bloom filter of a
	// ByteArray. Both are for leaf columns.
	Bounds, Bloom bool
}

// leaf is a leaf column of a schema.
type leaf struct {
	node           *Node
	path           []string
	maxDef, maxRep uint8
}

// Layout is the schema and everything else that files have in common. It is read-only once made.
type Layout struct {
	leaves    []leaf
	schema    []byte // the footer's list of schema elements
	sorting   []byte // a row group's list of sorting columns, may be nil
	createdBy string
}

// NewLayout returns the layout of files with the given columns. Rows of each group are sorted by the top-level
// leaf columns that sorting names, ascending; the caller does so.
func NewLayout(columns []Node, sorting []string, createdBy string) *Layout {
	l := &Layout{createdBy: createdBy}
	var t thrift
	count := 1
	for i := range columns {
		count += columns[i].size()
	}
	t.list(typeStruct, count)
	t.beginElement()
	t.text(4, "schema")
	t.i32(5, int32(len(columns))) // A few dozen.
	t.end()
	for i := range columns {
		l.add(&t, &columns[i], nil, 0, 0)
	}
	l.schema = t.buf
	l.sort(sorting)
	return l
}

// size returns the number of nodes.
func (n *Node) size() int {
	size := 1
	for i := range n.Children {
		size += n.Children[i].size()
	}
	return size
}

func (l *Layout) add(t *thrift, n *Node, path []string, def, rep uint8) {
	switch n.Repetition {
	case Optional:
		def++
	case Repeated:
		def++
		rep++
	case Required:
	}
	path = append(slices.Clip(path), n.Name)
	n.encode(t)
	if len(n.Children) == 0 {
		l.leaves = append(l.leaves, leaf{node: n, path: path, maxDef: def, maxRep: rep})
		return
	}
	for i := range n.Children {
		l.add(t, &n.Children[i], path, def, rep)
	}
}

// encode appends n as a SchemaElement.
func (n *Node) encode(t *thrift) {
	t.beginElement()
	if len(n.Children) == 0 {
		t.i32(1, int32(n.Type))
	}
	t.i32(3, int32(n.Repetition))
	t.text(4, n.Name)
	if len(n.Children) > 0 {
		t.i32(5, int32(len(n.Children))) // A few.
	}
	// Older readers know converted types only, newer ones look at logical types first.
	switch n.Logical {
	case String:
		t.i32(6, 0)
		t.begin(10)
		t.empty(1)
		t.end()
	case Map:
		t.i32(6, 1)
		t.begin(10)
		t.empty(2)
		t.end()
	case List:
		t.i32(6, 3)
		t.begin(10)
		t.empty(3)
		t.end()
	case TimestampMicros:
		t.i32(6, 10)
		t.begin(10)
		t.begin(8)
		t.boolean(1, true)
		t.begin(2)
		t.empty(2)
		t.end()
		t.end()
		t.end()
	case Plain:
	}
	t.end()
}

// sort encodes the sorting columns.
func (l *Layout) sort(names []string) {
	if len(names) == 0 {
		return
	}
	var t thrift
	t.list(typeStruct, len(names))
	for _, name := range names {
		for i := range l.leaves {
			if len(l.leaves[i].path) == 1 && l.leaves[i].path[0] == name {
				t.beginElement()
				t.i32(1, int32(i)) // A few dozen columns.
				t.boolean(2, false)
				t.boolean(3, false)
				t.end()
			}
		}
	}
	l.sorting = t.buf
}
