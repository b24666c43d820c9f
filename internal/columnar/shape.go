package columnar

import "slices"

// shape is one level of nesting: for every entry of its parent (a row, or an entry of an enclosing list) the
// range of entries that belong to it. Several parents may share a range, as the spans of a resource share
// its attributes. Columns under a shape are numbered by entry.
type shape struct {
	parent   *shape // nil for the columns of a row
	optional bool   // parents without a range are null, else empty
	lo, hi   []int32
	entries  int32 // entries so far
	def, rep int16 // levels of a present entry
}

func newShape(parent *shape, optional bool) *shape {
	s := &shape{parent: parent, optional: optional}
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
	s.lo, s.hi, s.entries = s.lo[:0], s.hi[:0], 0
}

// put gives entry i of the parent the entries [lo, hi).
func (s *shape) put(i int, lo, hi int32) {
	s.pad(i)
	s.lo, s.hi = append(s.lo, lo), append(s.hi, hi)
}

// pad brings the shape to n parent entries; those that put skipped are null or empty.
func (s *shape) pad(n int) {
	absent := int32(0)
	if s.optional {
		absent = -1
	}
	for len(s.lo) < n {
		s.lo, s.hi = append(s.lo, absent), append(s.hi, absent)
	}
}

// levels is a sequence of slots as Parquet stores them: definition and repetition levels, and the entries of
// the slots that are present. The rows themselves have no levels, only an order.
type levels struct {
	def, rep []int16
	idx      []int32
	present  int16 // definition level of the slots that are in idx
}

// slots returns the number of slots.
func (l *levels) slots() int {
	if l.def == nil {
		return len(l.idx)
	}
	return len(l.def)
}

// nest computes the levels of s into out from the levels of its parent.
func (s *shape) nest(parent, out *levels) {
	out.def, out.rep, out.idx, out.present = out.def[:0], out.rep[:0], out.idx[:0], s.def
	out.def = slices.Grow(out.def, parent.slots())
	out.rep = slices.Grow(out.rep, parent.slots())
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
func (s *shape) slot(out *levels, i int32, rep int16) {
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
