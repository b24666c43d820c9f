package columnar

import (
	"unsafe"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar/parquet"
)

// numberColumn holds numbers or booleans.
type numberColumn[T int32 | int64 | float64 | bool] struct {
	mem      *slab[T]
	bools    *slab[bool]
	values   []T
	present  []bool // only of optional columns
	optional bool
	shared   bool // entries are origins, not rows
}

func newNumbers[T int32 | int64 | float64 | bool](mem *slab[T], all *slabs, optional bool) *numberColumn[T] {
	return &numberColumn[T]{mem: mem, bools: &all.bools, optional: optional}
}

func (c *numberColumn[T]) reset() {
	c.mem.release(c.values)
	c.bools.release(c.present)
	c.values, c.present = nil, nil
}

func (c *numberColumn[T]) distinct() int { return 0 }

func (c *numberColumn[T]) width() int { return 8 }

func (c *numberColumn[T]) held() int {
	var value T
	return int(unsafe.Sizeof(value))*cap(c.values) + cap(c.present)
}

func (c *numberColumn[T]) started() bool { return len(c.values) > 0 }

func (c *numberColumn[T]) overflown() bool { return false }

// put sets entry i to v.
func (c *numberColumn[T]) put(i int, v T) {
	if len(c.values) < i {
		c.pad(i)
	}
	c.values = c.mem.push(c.values, v)
	if c.optional {
		c.present = c.bools.push(c.present, true)
	}
}

// pad brings the column to n entries: nulls, or zeros where null is not allowed.
func (c *numberColumn[T]) pad(n int) {
	have := len(c.values)
	if have >= n {
		return
	}
	c.values = c.mem.grow(c.values, n-have)[:n]
	clear(c.values[have:])
	if c.optional {
		c.present = c.bools.grow(c.present, n-have)[:n]
		clear(c.present[have:])
	}
}

func (c *numberColumn[T]) write(g *parquet.Group, lv *levels, s *scratch) {
	switch c := any(c).(type) {
	case *numberColumn[int32]:
		out, values := c.gather(s.int32s, lv, s)
		s.int32s = values
		g.Int32s(out, values)
	case *numberColumn[int64]:
		out, values := c.gather(s.int64s, lv, s)
		s.int64s = values
		g.Int64s(out, values)
	case *numberColumn[float64]:
		out, values := c.gather(s.float64s, lv, s)
		s.float64s = values
		g.Doubles(out, values)
	case *numberColumn[bool]:
		out, values := c.gather(s.bools, lv, s)
		s.bools = values
		g.Bools(out, values)
	}
}

// gather returns the values under lv, in its order, and the levels that say where they are.
func (c *numberColumn[T]) gather(dst []T, lv *levels, s *scratch) (parquet.Levels, []T) {
	dst = room(dst, len(lv.idx))
	if !c.optional {
		for _, i := range lv.idx {
			dst = append(dst, c.values[i])
		}
		return lv.all(), dst
	}
	if !c.started() && lv.def == nil {
		return parquet.Levels{Slots: lv.slots()}, dst
	}
	has := room(s.has, len(lv.idx))
	for _, i := range lv.idx {
		there := uint8(0)
		if c.present[i] {
			there = 1
			dst = append(dst, c.values[i])
		}
		has = append(has, there)
	}
	s.has = has
	return lv.some(has, len(dst), s), dst
}
