package columnar

import (
	"math"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar/parquet"
)

// numeric are the values of a numberColumn.
type numeric interface {
	int32 | int64 | float64 | bool
}

// numberColumn holds numbers or booleans.
type numberColumn[T numeric] struct {
	values   packed // as toNumber makes them
	present  packed // 1 or 0, only of optional columns
	optional bool
	shared   bool // entries are origins, not rows
}

func newNumbers[T numeric](mem *slabs, optional bool) *numberColumn[T] {
	return &numberColumn[T]{values: packed{mem: mem}, present: packed{mem: mem}, optional: optional}
}

func (c *numberColumn[T]) reset() {
	c.values.reset()
	c.present.reset()
}

func (c *numberColumn[T]) distinct() int { return 0 }

func (c *numberColumn[T]) width() int { return 8 }

func (c *numberColumn[T]) held() int { return c.values.held() + c.present.held() }

func (c *numberColumn[T]) started() bool { return c.values.len() > 0 }

func (c *numberColumn[T]) overflown() bool { return false }

// put sets entry i to v.
func (c *numberColumn[T]) put(i int, v T) {
	c.pad(i)
	c.values.push(toNumber(v))
	if c.optional {
		c.present.push(1)
	}
}

// pad brings the column to n entries: nulls, or zeros where null is not allowed.
func (c *numberColumn[T]) pad(n int) {
	if c.values.len() >= n {
		return
	}
	c.values.fill(n, 0)
	if c.optional {
		c.present.fill(n, 0)
	}
}

// toNumber returns v as an integer that fromNumber makes v of again; zero is 0.
func toNumber[T numeric](v T) int64 {
	switch v := any(v).(type) {
	case int32:
		return int64(v)
	case int64:
		return v
	case float64:
		return int64(math.Float64bits(v)) // Bits are kept.
	case bool:
		if v {
			return 1
		}
	}
	return 0
}

func fromNumber[T numeric](n int64) (v T) {
	switch v := any(&v).(type) {
	case *int32:
		*v = int32(n) // It was one.
	case *int64:
		*v = n
	case *float64:
		*v = math.Float64frombits(uint64(n)) // Bits are kept.
	case *bool:
		*v = n != 0
	}
	return v
}

func (c *numberColumn[T]) write(g *parquet.Group, lv *levels, s *scratch) {
	switch c := any(c).(type) {
	case *numberColumn[int32]:
		if v, ok := c.values.same(); ok && !c.optional && lv.def == nil {
			g.RepeatInt32(lv.all(), int32(v)) // It was one.
			return
		}
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
	if c.optional && !c.started() && lv.def == nil {
		return parquet.Levels{Slots: lv.slots()}, dst
	}
	s.numbers = unpack(s.numbers, &c.values)
	if !c.optional {
		for _, i := range lv.idx {
			dst = append(dst, fromNumber[T](s.numbers[i]))
		}
		return lv.all(), dst
	}
	s.present = unpack(s.present, &c.present)
	has := room(s.has, len(lv.idx))
	for _, i := range lv.idx {
		if s.present[i] != 0 {
			dst = append(dst, fromNumber[T](s.numbers[i]))
		}
		has = append(has, s.present[i])
	}
	s.has = has
	return lv.some(has, len(dst), s), dst
}
