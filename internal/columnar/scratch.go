package columnar

import (
	"slices"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar/parquet"
)

// scratch is the memory that writing a row group needs for a moment. What a method returns from it is valid until
// the next column.
type scratch struct {
	encoder *parquet.Encoder
	keys    []sortKey
	rows    levels // the rows in order
	origins levels // the origins of the rows, in order of the rows
	shapes  []levels

	has      []uint8
	def      []uint8
	codes    []int32
	offsets  []int32
	text     []byte
	int32s   []int32
	int64s   []int64
	float64s []float64
	bools    []bool
}

// room returns s[:0] with room for n elements.
func room[T any](s []T, n int) []T { return slices.Grow(s[:0], n) }

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
