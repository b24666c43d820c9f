package columnar

import (
	"slices"

	"github.com/apache/arrow-go/v18/parquet"
)

// scratch is the memory that writing a column needs for a moment. One belongs to each encoder; what a
// method returns from it is valid until the next column.
type scratch struct {
	def      []int16
	codes    []int32
	offsets  []int32
	valid    []byte
	hex      []byte
	texts    []parquet.ByteArray
	int32s   []int32
	int64s   []int64
	float64s []float64
	bools    []bool
}

// scratchFor returns the slice that holds gathered values of type T.
func scratchFor[T int32 | int64 | float64 | bool](s *scratch) *[]T {
	var found any
	switch any(*new(T)).(type) {
	case int32:
		found = &s.int32s
	case int64:
		found = &s.int64s
	case float64:
		found = &s.float64s
	default:
		found = &s.bools
	}
	return found.(*[]T) // The constraint lists the four types.
}

// bitmap returns n zero bits.
func (s *scratch) bitmap(n int) []byte {
	size := (n + 7) / 8
	s.valid = slices.Grow(s.valid[:0], size)[:size]
	clear(s.valid)
	return s.valid
}

// optionalLevels returns the definition levels of an optional column under lv, and how many values it has.
func optionalLevels[C interface{ has(i int32) bool }](c C, lv *levels, s *scratch) ([]int16, int) {
	present := 0
	if lv.def == nil {
		def := slices.Grow(s.def[:0], len(lv.idx))[:len(lv.idx)]
		for k, i := range lv.idx {
			def[k] = 0
			if c.has(i) {
				def[k] = 1
				present++
			}
		}
		s.def = def
		return def, present
	}
	def := append(s.def[:0], lv.def...)
	next := 0
	for k := range def {
		if def[k] < lv.present {
			continue
		}
		if c.has(lv.idx[next]) {
			def[k]++
			present++
		}
		next++
	}
	s.def = def
	return def, present
}
