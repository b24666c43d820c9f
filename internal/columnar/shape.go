package columnar

import (
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar/parquet"
)

// shape is one level of nesting: for every entry of its parent (a row, or an entry of an enclosing list) the
// range of entries that belong to it. Several parents may share a range, as the spans of a resource share
// its attributes. Columns under a shape are numbered by entry.
type shape struct {
	parent   *shape // nil for the columns of a row
	shared   bool   // parents are origins, not rows
	optional bool   // parents without a range are null, else empty
	starts   packed // of the range of each parent entry
	sizes    packed // -1 for null
	entries  int32  // entries so far
	slots    int    // entries so far, counted for every row that they belong to
	def, rep uint8  // levels of a present entry; rep is how deep the shape is
}

func newShape(parent *shape, optional bool, mem *slabs) *shape {
	s := &shape{parent: parent, optional: optional, starts: packed{mem: mem}, sizes: packed{mem: mem}}
	s.def, s.rep = 1, 1
	if optional {
		s.def++
	}
	if parent != nil {
		s.def += parent.def
		s.rep += parent.rep
	}
	return s
}

func (s *shape) reset() {
	s.starts.reset()
	s.sizes.reset()
	s.entries, s.slots = 0, 0
}

func (s *shape) held() int { return s.starts.held() + s.sizes.held() }

// put gives entry i of the parent the entries [lo, hi).
func (s *shape) put(i int, lo, hi int32) {
	s.pad(i)
	s.starts.push(int64(lo))
	s.sizes.push(int64(hi - lo))
	if !s.shared { // Else rows are counted when they refer to parent i.
		s.slots += int(hi - lo)
	}
}

// pad brings the shape to n parent entries; those that put skipped are null or empty.
func (s *shape) pad(n int) {
	absent := int64(0)
	if s.optional {
		absent = -1
	}
	s.starts.fill(n, int64(s.entries)) // Close to the others, so that blocks get narrow.
	s.sizes.fill(n, absent)
}

// levels is a sequence of slots as Parquet stores them: definition and repetition levels, and the entries of
// the slots that are present. The rows themselves have no levels, only an order.
type levels struct {
	def, rep []uint8
	idx      []int32
	present  uint8 // definition level of the slots that are in idx
	again    bool  // the column that is written now has the levels of the one before
}

// slots returns the number of slots.
func (l *levels) slots() int {
	if l.def == nil {
		return len(l.idx)
	}
	return len(l.def)
}

// all returns the levels of a column that has a value in every present slot.
func (l *levels) all() parquet.Levels {
	return parquet.Levels{Slots: l.slots(), Values: len(l.idx), Def: l.def, Rep: l.rep, Again: l.again}
}

// nest computes the levels of s into out from the levels of its parent.
func (s *shape) nest(parent, out *levels, m *scratch) {
	out.def = room(out.def, parent.slots()+s.slots)
	out.rep = room(out.rep, parent.slots()+s.slots)
	out.idx, out.present = room(out.idx, s.slots), s.def
	m.entries, m.sizes = unpack(m.entries, &s.starts), unpack(m.sizes, &s.sizes)
	if parent.def == nil {
		for _, i := range parent.idx {
			s.slot(out, m.entries[i], m.sizes[i], 0)
		}
		return
	}
	next := 0
	for k, def := range parent.def {
		if def < parent.present {
			out.def = append(out.def, def)
			out.rep = append(out.rep, parent.rep[k])
			continue
		}
		i := parent.idx[next]
		s.slot(out, m.entries[i], m.sizes[i], parent.rep[k])
		next++
	}
}

// slot appends the slots of a parent entry, whose first slot repeats at level rep.
func (s *shape) slot(out *levels, start, size int32, rep uint8) {
	if size <= 0 {
		def := s.def - 1 // empty
		if size < 0 {
			def-- // null
		}
		out.def = append(out.def, def)
		out.rep = append(out.rep, rep)
		return
	}
	for e := start; e < start+size; e++ {
		out.def = append(out.def, s.def)
		out.rep = append(out.rep, rep)
		out.idx = append(out.idx, e)
		rep = s.rep
	}
}
