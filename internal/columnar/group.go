package columnar

import (
	"fmt"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar/parquet"
)

// groupCheck is the number of rows between two looks at the bytes of a group.
const groupCheck = 64

// accumulator collects the values of one leaf column.
type accumulator interface {
	// reset empties the column and gives its memory back.
	reset()
	// distinct returns the bytes of the column's dictionary, width those of each of its entries.
	distinct() int
	width() int
	// held returns the bytes of memory behind the column.
	held() int
	// overflown tells that values were lost because the column outgrew what Parquet can hold.
	overflown() bool
	// started tells whether the column has entries. One with nulls, and in no list, need not have any.
	started() bool
	// pad brings the column to n entries.
	pad(n int)
	// write writes the entries that lv lists, in its order.
	write(g *parquet.Group, lv *levels, s *scratch)
}

// leaf is one column of a Parquet file.
type leaf struct {
	path     string // names joined by dots, without the names that lists and maps add
	col      accumulator
	shape    *shape // nil for the columns of a row
	optional bool
	shared   bool // entries are origins, not rows
	again    bool // its levels are those of the leaf before
}

// group collects the rows of one row group, column by column. It is not safe for concurrent use.
type group struct {
	options Options
	rows    int
	leaves  []leaf   // in schema order
	shapes  []*shape // parents before children
	named   map[string]any
	mem     *slabs

	// Rows that follow each other mostly have the same resource and scope. Columns of these have one entry per
	// origin, a pair of resource and scope, and rows have the number of their origin.
	origins packed // by row
	entered int32  // origins so far
}

func newGroup(columns []column, o Options, mem *slabs) *group {
	g := &group{options: o, named: map[string]any{}, mem: mem, origins: packed{mem: mem}}
	for i := range columns {
		g.add(&columns[i], "", nil)
	}
	return g
}

func (g *group) add(c *column, prefix string, parent *shape) {
	path := prefix + c.name
	switch c.kind {
	case kindMap:
		s := g.addShape(parent, c)
		m := &mapColumn{shape: s, keys: newText(g.mem), values: newText(g.mem)}
		g.leaves = append(g.leaves,
			leaf{path: path + ".key", col: m.keys, shape: s}, leaf{path: path + ".value", col: m.values, shape: s, again: true})
		g.named[path] = m
	case kindList:
		s := g.addShape(parent, c)
		g.named[path] = s
		for i := range c.fields {
			g.add(&c.fields[i], path+".", s)
		}
	default:
		col := newAccumulator(c, g.mem)
		g.leaves = append(g.leaves, leaf{path: path, col: col, shape: parent, optional: c.optional, shared: c.origin})
		g.named[path] = col
	}
}

func (g *group) addShape(parent *shape, c *column) *shape {
	s := newShape(parent, c.optional, g.mem)
	s.shared = c.origin
	g.shapes = append(g.shapes, s)
	return s
}

func newText(mem *slabs) *textColumn {
	return &textColumn{dict: dict{mem: mem}, codes: packed{mem: mem}}
}

func newAccumulator(c *column, mem *slabs) accumulator {
	switch c.kind {
	case kindTraceID:
		if c.plain {
			return newIDs(mem, 16, c.optional)
		}
	case kindSpanID:
		return newIDs(mem, 8, c.optional)
	case kindInt32:
		return newNumbers[int32](mem, c.optional)
	case kindInt64, kindTimestamp:
		n := newNumbers[int64](mem, c.optional)
		n.shared = c.origin
		return n
	case kindDouble:
		return newNumbers[float64](mem, c.optional)
	case kindBool:
		return newNumbers[bool](mem, c.optional)
	default:
	}
	t := newText(mem)
	t.optional, t.hex, t.shared = c.optional, c.kind == kindTraceID, c.origin
	return t
}

// bind returns the accumulator of a column for a filler. It panics when the table has no such column, which
// happens at start or never.
func bind[T any](g *group, path string) T {
	col, ok := g.named[path].(T)
	if !ok {
		panic(fmt.Sprintf("columnar: column %q is a %T", path, g.named[path]))
	}
	return col
}

func (g *group) reset() {
	g.rows, g.entered = 0, 0
	g.origins.reset()
	for _, l := range g.leaves {
		l.col.reset()
	}
	for _, s := range g.shapes {
		s.reset()
	}
}

// full tells whether the group must be written before another row is added. It looks at what will be written,
// not at how the rows came in.
func (g *group) full() bool {
	if g.rows >= g.options.GroupRows {
		return true
	}
	return g.rows%groupCheck == 0 && g.size() >= g.options.GroupBytes // Summing up is not free.
}

// size returns the bytes of the distinct texts and of all entries as they will be written: those that several
// rows share count for each of them.
func (g *group) size() int {
	size := 0
	for i := range g.leaves {
		l := &g.leaves[i]
		entries := g.rows
		if l.shape != nil {
			entries = l.shape.slots
		}
		size += l.col.distinct() + l.col.width()*entries
	}
	return size
}

// held returns the bytes of memory behind the columns.
func (g *group) held() int {
	size := g.origins.held()
	for _, l := range g.leaves {
		size += l.col.held()
	}
	for _, s := range g.shapes {
		size += s.held()
	}
	return size
}

// err returns ErrTooLarge when a value could not be collected.
func (g *group) err() error {
	for _, l := range g.leaves {
		if l.col.overflown() {
			return fmt.Errorf("%w: column %s", ErrTooLarge, l.path)
		}
	}
	return nil
}

// write writes the rows as one row group, sorted by the columns that names lists, see order.
func (g *group) write(f *parquet.File, names []string, s *scratch) error {
	s.entries = unpack(s.entries, &g.origins)
	s.rows.idx = g.order(names, s)
	s.origins.idx = room(s.origins.idx, g.rows)
	for _, row := range s.rows.idx {
		s.origins.idx = append(s.origins.idx, s.entries[row])
	}
	for depth := range s.nested {
		s.nested[depth].shape = nil // Its slots are those of an earlier group.
	}
	out := f.Group(s.encoder, g.rows)
	for _, l := range g.leaves {
		lv, entries := g.above(l.shape, l.shared, s)
		if !l.optional || l.shape != nil || l.col.started() {
			l.col.pad(entries)
		}
		lv.again = l.again
		l.col.write(out, lv, s)
	}
	return out.Close()
}

// above returns the slots that a column or shape belongs to, and how many entries it must have: those of the
// shape above it, else of the origins or of the rows.
func (g *group) above(parent *shape, shared bool, s *scratch) (lv *levels, entries int) {
	switch {
	case parent != nil:
		return g.within(parent, s), int(parent.entries)
	case shared:
		return &s.origins, int(g.entered)
	default:
		return &s.rows, g.rows
	}
}

// within returns the slots of a shape. Leaves come in the order of the schema, so that only the slots of one shape of
// each depth are needed at a time.
func (g *group) within(sh *shape, s *scratch) *levels {
	depth := int(sh.rep) - 1
	for len(s.nested) <= depth {
		s.nested = append(s.nested, nested{})
	}
	if s.nested[depth].shape != sh {
		parent, entries := g.above(sh.parent, sh.shared, s)
		sh.pad(entries)
		sh.nest(parent, &s.nested[depth].levels, s)
		s.nested[depth].shape = sh
	}
	return &s.nested[depth].levels
}
