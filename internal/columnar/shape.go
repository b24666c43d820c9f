package columnar

import (
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar/parquet"
)

// shape is one level of nesting: for every entry of its parent (a row, or an entry of an enclosing list) the
// range of entries that belong to it. Several parents may share a range, as the spans of a resource share
// its attributes. Columns under a shape are numbered by entry.
type shape struct {
	parent   *shape // nil for the columns of a row
	number   int    // among the group's shapes
	shared   bool   // parents are origins, not rows
	optional bool   // parents without a range are null, else empty
	mem      *slab[int32]
	lo, hi   []int32
	entries  int32 // entries so far
	slots    int   // entries so far, counted for every row that they belong to
	def, rep uint8 // levels of a present entry
}

func newShape(parent *shape, optional bool, mem *slab[int32]) *shape {
	s := &shape{parent: parent, optional: optional, mem: mem}
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
	s.mem.release(s.lo)
	s.mem.release(s.hi)
	s.lo, s.hi, s.entries, s.slots = nil, nil, 0, 0
}

func (s *shape) held() int { return 4 * (cap(s.lo) + cap(s.hi)) }

// put gives entry i of the parent the entries [lo, hi).
func (s *shape) put(i int, lo, hi int32) {
	s.pad(i)
	s.lo, s.hi = s.mem.push(s.lo, lo), s.mem.push(s.hi, hi)
	if !s.shared { // Else rows are counted when they refer to parent i.
		s.slots += int(hi - lo)
	}
}

// pad brings the shape to n parent entries; those that put skipped are null or empty.
func (s *shape) pad(n int) {
	absent := int32(0)
	if s.optional {
		absent = -1
	}
	for len(s.lo) < n {
		s.lo, s.hi = s.mem.push(s.lo, absent), s.mem.push(s.hi, absent)
	}
}

// levels is a sequence of slots as Parquet stores them: definition and repetition levels, and the entries of
// the slots that are present. The rows themselves have no levels, only an order.
type levels struct {
	def, rep []uint8
	idx      []int32
	present  uint8 // definition level of the slots that are in idx
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
	return parquet.Levels{Slots: l.slots(), Values: len(l.idx), Def: l.def, Rep: l.rep}
}

// nest computes the levels of s into out from the levels of its parent.
func (s *shape) nest(parent, out *levels) {
	out.def = room(out.def, parent.slots()+s.slots)
	out.rep = room(out.rep, parent.slots()+s.slots)
	out.idx, out.present = room(out.idx, s.slots), s.def
	if parent.def == nil {
		for _, i := range parent.idx {
			s.slot(out, i, 0)
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
		s.slot(out, parent.idx[next], parent.rep[k])
		next++
	}
}

// slot appends the slots of parent entry i, whose first slot repeats at level rep.
func (s *shape) slot(out *levels, i int32, rep uint8) {
	lo, hi := s.lo[i], s.hi[i]
	if lo >= hi {
		def := s.def - 1 // empty
		if lo < 0 {
			def-- // null
		}
		out.def = append(out.def, def)
		out.rep = append(out.rep, rep)
		return
	}
	for e := lo; e < hi; e++ {
		out.def = append(out.def, s.def)
		out.rep = append(out.rep, rep)
		out.idx = append(out.idx, e)
		rep = s.rep
	}
}
