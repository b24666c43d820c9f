package columnar

import (
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar/parquet"
)

// scratch is the memory that writing a row group needs for a moment. What a method returns from it is valid until
// the next column.
type scratch struct {
	encoder *parquet.Encoder
	keys    []sortKey
	rows    levels // the rows in order
	origins levels // the origins of the rows, in order of the rows
	nested  []nested

	has      []uint8
	def      []uint8
	present  []uint8
	codes    []int32
	entries  []int32 // of the current column, in order of arrival, or the starts of a shape's ranges
	sizes    []int32 // of a shape's ranges
	numbers  []int64 // as entries
	offsets  []int32
	text     []byte
	int32s   []int32
	int64s   []int64
	float64s []float64
	bools    []bool
}

// nested are the slots of the current shape of one depth.
type nested struct {
	shape  *shape
	levels levels
}

// room returns an empty slice with room for n elements, in the memory of s if that has it.
func room[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, 0, n+n/8) // The next group is not quite as large.
	}
	return s[:0]
}

// some returns the levels of an optional column that has values for n of the entries of lv: those with a 1 in has.
func (l *levels) some(has []uint8, n int, s *scratch) parquet.Levels {
	out := parquet.Levels{Slots: l.slots(), Values: n, Rep: l.rep}
	if l.def == nil {
		if n > 0 && n < len(has) {
			out.Def = has
		}
		return out
	}
	def := append(s.def[:0], l.def...)
	next := 0
	for k := range def {
		if def[k] == l.present {
			def[k] += has[next]
			next++
		}
	}
	s.def, out.Def = def, def
	return out
}
