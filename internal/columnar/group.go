package columnar

import (
	"fmt"
	"slices"

	"github.com/apache/arrow-go/v18/parquet/file"
)

const (
	// maxGroupRows bounds a row group, and with it the memory of its accumulators.
	maxGroupRows = 100_000
	// maxGroupBytes bounds the memory of a row group's values. It is looked at every groupCheck rows, so a
	// group can be larger by that many.
	maxGroupBytes = 128 << 20
	groupCheck    = 64
)

// accumulator collects the values of one leaf column.
type accumulator interface {
	reset()
	// bytes returns the memory that the collected values take.
	bytes() int
	// overflown tells that values were lost because the column outgrew what Parquet can hold.
	overflown() bool
	// pad brings the column to n entries.
	pad(n int)
	// write writes the entries that lv lists, in its order.
	write(cw file.ColumnChunkWriter, lv *levels, s *scratch) error
}

// leaf is one column of a Parquet file.
type leaf struct {
	path  string // names joined by dots, without the names that lists and maps add
	col   accumulator
	shape *shape // nil for the columns of a row
}

// group collects the rows of one row group, column by column. It is not safe for concurrent use.
type group struct {
	rows   int
	leaves []leaf   // in schema order
	shapes []*shape // parents before children
	named  map[string]any

	lv  map[*shape]*levels
	top levels
	scratch
}

func newGroup(columns []column) *group {
	g := &group{named: map[string]any{}, lv: map[*shape]*levels{}}
	for i := range columns {
		g.add(&columns[i], "", nil)
	}
	return g
}

func (g *group) add(c *column, prefix string, parent *shape) {
	path := prefix + c.name
	switch c.kind {
	case kindMap:
		s := g.addShape(parent, c.optional)
		m := &mapColumn{shape: s, keys: &textColumn{}, values: &textColumn{}}
		g.leaves = append(g.leaves, leaf{path + ".key", m.keys, s}, leaf{path + ".value", m.values, s})
		g.named[path] = m
	case kindList:
		s := g.addShape(parent, c.optional)
		g.named[path] = s
		for i := range c.fields {
			g.add(&c.fields[i], path+".", s)
		}
	default:
		col := newAccumulator(c)
		g.leaves = append(g.leaves, leaf{path, col, parent})
		g.named[path] = col
	}
}

func (g *group) addShape(parent *shape, optional bool) *shape {
	s := newShape(parent, optional)
	g.shapes = append(g.shapes, s)
	g.lv[s] = &levels{}
	return s
}

func newAccumulator(c *column) accumulator {
	switch c.kind {
	case kindTraceID:
		if c.encoding == encPlain {
			return &idColumn{width: 16, optional: c.optional}
		}
		return &textColumn{optional: c.optional, hex: true}
	case kindSpanID:
		return &idColumn{width: 8, optional: c.optional}
	case kindInt32:
		return &numberColumn[int32]{optional: c.optional}
	case kindInt64, kindTimestamp:
		return &numberColumn[int64]{optional: c.optional}
	case kindDouble:
		return &numberColumn[float64]{optional: c.optional}
	case kindBool:
		return &numberColumn[bool]{optional: c.optional}
	default:
		return &textColumn{optional: c.optional}
	}
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
	g.rows = 0
	for _, l := range g.leaves {
		l.col.reset()
	}
	for _, s := range g.shapes {
		s.reset()
	}
}

// full tells whether the group must be written before another row is added.
func (g *group) full() bool {
	if g.rows >= maxGroupRows {
		return true
	}
	if g.rows%groupCheck != 0 { // Summing up is not free.
		return false
	}
	size := 0
	for _, l := range g.leaves {
		size += l.col.bytes()
	}
	return size > maxGroupBytes
}

// err returns errTooLarge when a value could not be collected.
func (g *group) err() error {
	for _, l := range g.leaves {
		if l.col.overflown() {
			return fmt.Errorf("%w: column %s", errTooLarge, l.path)
		}
	}
	return nil
}

// write writes the rows in the order of perm as one row group.
func (g *group) write(w file.SerialRowGroupWriter, perm []int32) error {
	g.top.idx = append(g.top.idx[:0], perm...)
	for _, s := range g.shapes {
		parent, entries := &g.top, g.rows
		if s.parent != nil {
			parent, entries = g.lv[s.parent], int(s.parent.entries)
		}
		s.pad(entries)
		s.nest(parent, g.lv[s])
	}
	for _, l := range g.leaves {
		lv, entries := &g.top, g.rows
		if l.shape != nil {
			lv, entries = g.lv[l.shape], int(l.shape.entries)
		}
		l.col.pad(entries)
		cw, err := w.NextColumn()
		if err != nil {
			return fmt.Errorf("column %s: %w", l.path, err)
		}
		if err := l.col.write(cw, lv, &g.scratch); err != nil {
			return fmt.Errorf("column %s: %w", l.path, err)
		}
	}
	return w.Close()
}

// sortKey is the part of a row that decides its place.
type sortKey struct {
	ranks [2]int32
	time  int64
	row   int32
}

// order returns the permutation that sorts the rows by one or two text columns, then time, then arrival.
// The last of the names is the time column's.
func (g *group) order(names []string) []int32 {
	texts, times := names[:len(names)-1], bind[*numberColumn[int64]](g, names[len(names)-1])
	keys := make([]sortKey, g.rows)
	for i := range keys {
		keys[i].time, keys[i].row = times.values[i], int32(i) // maxGroupRows.
	}
	for level, name := range texts {
		c := bind[*textColumn](g, name)
		ranks := c.dict.ranks()
		for i := range keys {
			keys[i].ranks[level] = ranks[c.codes[i]]
		}
	}
	slices.SortFunc(keys, sortKey.compare)
	perm := make([]int32, len(keys))
	for i := range keys {
		perm[i] = keys[i].row
	}
	return perm
}

func (a sortKey) compare(b sortKey) int {
	switch {
	case a.ranks[0] != b.ranks[0]:
		return int(a.ranks[0]) - int(b.ranks[0])
	case a.ranks[1] != b.ranks[1]:
		return int(a.ranks[1]) - int(b.ranks[1])
	case a.time < b.time:
		return -1
	case a.time > b.time:
		return 1
	default:
		return int(a.row) - int(b.row)
	}
}
