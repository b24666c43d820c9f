package columnread

import (
	"slices"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

const (
	// slotsPerRead is how many slots are taken from a column at once.
	slotsPerRead = 1024
	// maxEntries bounds what one payload holds of a column, whatever the file claims.
	maxEntries = 1 << 24
	// internedBytes and internedTexts bound the texts that a column keeps to use them again.
	internedBytes = 64
	internedTexts = 4096
)

// pageReader is the part of the typed column readers that reads values and levels, at most to the end of a
// page. The values are good until the next call.
type pageReader[P any] interface {
	ReadBatchInPage(slots int64, values []P, def, rep []int16) (total int64, read int, err error)
}

// leaf is one leaf column. It reads a batch of rows at a time: values of type P as the file has them, kept
// as V. The zero V stands for null.
type leaf[P, V any] struct {
	descr   *schema.Column
	lists   []nesting
	convert func(P) V
	chunk   file.ColumnChunkReader
	pages   pageReader[P]

	// Slots that were read but not used yet.
	def, rep   []int16
	raw        []P
	slot, n    int // position in def and rep, and their number
	value, got int // position in raw, and their number

	// The batch.
	rows    int
	entries []V
	null    []bool // by entry, only if the leaf is optional
	// ranges holds, for each list around the leaf, the start of each parent's entries and at last their end.
	ranges [][]int32
}

// nesting is one list or map around a leaf.
type nesting struct {
	path string // of the repeated node
	def  int16  // definition level of what is in the list
}

func newLeaf[P, V any](descr *schema.Column, convert func(P) V) *leaf[P, V] {
	l := &leaf[P, V]{
		descr:   descr,
		lists:   nestingOf(descr),
		convert: convert,
		def:     make([]int16, slotsPerRead),
		rep:     make([]int16, slotsPerRead),
		raw:     make([]P, slotsPerRead),
	}
	l.ranges = make([][]int32, len(l.lists))
	return l
}

// nestingOf lists the repeated nodes above a leaf, outermost first.
func nestingOf(descr *schema.Column) []nesting {
	var lists []nesting
	def := descr.MaxDefinitionLevel()
	for node := descr.SchemaNode(); node != nil && node.Parent() != nil; node = node.Parent() {
		if node.RepetitionType() == parquet.Repetitions.Repeated {
			lists = append(lists, nesting{path: node.Path(), def: def})
		}
		if node.RepetitionType() != parquet.Repetitions.Required {
			def--
		}
	}
	slices.Reverse(lists)
	return lists
}

func (l *leaf[P, V]) optional() bool {
	return l.descr.SchemaNode().RepetitionType() == parquet.Repetitions.Optional
}

// has tells whether entry i is not null.
func (l *leaf[P, V]) has(i int) bool { return !l.null[i] }

// inner returns the entries that belong to entry i of the innermost list's parent.
func (l *leaf[P, V]) inner(i int) (lo, hi int) {
	ends := l.ranges[len(l.ranges)-1]
	return int(ends[i]), int(ends[i+1])
}

// outer returns the entries of the outermost list that belong to row i.
func (l *leaf[P, V]) outer(i int) (lo, hi int) {
	return int(l.ranges[0][i]), int(l.ranges[0][i+1])
}

// open goes to the start of a row group.
func (l *leaf[P, V]) open(group *file.RowGroupReader, id int) error {
	l.slot, l.n, l.value, l.got = 0, 0, 0, 0
	chunk, err := group.Column(id)
	if err != nil {
		return err
	}
	pages, ok := chunk.(pageReader[P])
	if !ok {
		return damagedf("column %s is of type %s", l.descr.Path(), l.descr.PhysicalType())
	}
	l.chunk, l.pages = chunk, pages
	return nil
}

// close gives up the row group.
func (l *leaf[P, V]) close() error {
	if l.chunk == nil {
		return nil
	}
	chunk := l.chunk
	l.chunk, l.pages = nil, nil
	return chunk.Close()
}

// read reads the next rows as the batch.
func (l *leaf[P, V]) read(rows int) error {
	l.rows, l.entries, l.null = 0, l.entries[:0], l.null[:0]
	for k := range l.ranges {
		l.ranges[k] = l.ranges[k][:0]
	}
	for done := false; !done; {
		if l.slot == l.n {
			if l.rows == rows && len(l.lists) == 0 {
				break
			}
			if err := l.fill(); err != nil {
				return err
			}
			if l.n == 0 { // The end of the column.
				break
			}
		}
		var err error
		if done, err = l.take(rows); err != nil {
			return err
		}
	}
	if l.rows != rows {
		return damagedf("column %s ends after %d rows of %d", l.descr.Path(), l.rows, rows)
	}
	l.finish()
	return nil
}

// fill reads more slots; none at the end of the column.
func (l *leaf[P, V]) fill() error {
	total, read, err := l.pages.ReadBatchInPage(slotsPerRead, l.raw, l.def, l.rep)
	l.slot, l.n, l.value, l.got = 0, int(total), 0, read
	if err != nil {
		return damagedf("column %s: %w", l.descr.Path(), err)
	}
	return nil
}

// take moves slots to the batch; it is done at the first slot of a row after the last one wanted.
func (l *leaf[P, V]) take(rows int) (done bool, err error) {
	present := l.descr.MaxDefinitionLevel()
	for ; l.slot < l.n; l.slot++ {
		def, rep := present, int16(0)
		if present > 0 {
			def = l.def[l.slot]
		}
		if len(l.lists) > 0 {
			rep = l.rep[l.slot]
		}
		if rep == 0 {
			if l.rows == rows {
				return true, nil
			}
			l.rows++
		} else if l.rows == 0 {
			return true, damagedf("column %s starts within a row", l.descr.Path())
		}
		if !l.descend(def, rep) {
			continue
		}
		if err := l.add(def == present); err != nil {
			return true, err
		}
	}
	return false, nil
}

// descend starts the lists that a slot starts, and tells whether it holds an entry of the innermost.
func (l *leaf[P, V]) descend(def, rep int16) bool {
	for k := range l.lists {
		if int(rep) <= k { // The slot is the first one of its parent.
			l.ranges[k] = append(l.ranges[k], l.count(k))
		}
		if def < l.lists[k].def {
			return false
		}
	}
	return true
}

// count returns the number of entries of list k so far: those that list k+1 has started, or the values.
func (l *leaf[P, V]) count(k int) int32 {
	if k+1 < len(l.ranges) {
		return int32(len(l.ranges[k+1]))
	}
	return int32(len(l.entries))
}

// add appends the next value, or null.
func (l *leaf[P, V]) add(present bool) error {
	if len(l.entries) >= maxEntries {
		return damagedf("column %s holds more than %d entries in %d rows", l.descr.Path(), maxEntries, l.rows)
	}
	var v V
	if present {
		if l.value == l.got {
			return damagedf("column %s lacks values", l.descr.Path())
		}
		v = l.convert(l.raw[l.value])
		l.value++
	}
	l.entries = append(l.entries, v)
	l.null = append(l.null, !present)
	return nil
}

// finish closes the ranges.
func (l *leaf[P, V]) finish() {
	for k := range l.ranges {
		l.ranges[k] = append(l.ranges[k], l.count(k))
	}
}

// nested describes the lists around the leaf, for the comparison with other leaves.
func (l *leaf[P, V]) nested() ([]nesting, [][]int32) { return l.lists, l.ranges }

// texts makes strings of bytes. It keeps short ones, which tend to come again.
type texts struct {
	last string
	seen map[string]string
}

func (t *texts) text(b parquet.ByteArray) string {
	if string(b) == t.last {
		return t.last
	}
	if len(b) > internedBytes {
		t.last = string(b)
		return t.last
	}
	s, ok := t.seen[string(b)]
	if !ok {
		if len(t.seen) >= internedTexts {
			clear(t.seen)
		}
		s = string(b)
		t.seen[s] = s
	}
	t.last = s
	return s
}
