package columnar

import (
	"encoding/hex"

	"github.com/apache/arrow-go/v18/parquet/file"
)

// numberColumn holds numbers or booleans. Whether they are written through a dictionary is the column
// writer's business: it sees the values one after the other and falls back by itself.
type numberColumn[T int32 | int64 | float64 | bool] struct {
	values   []T
	present  []bool // only of optional columns
	optional bool
}

// batchWriter is the part of the typed column writers that takes plain values.
type batchWriter[T any] interface {
	WriteBatch(values []T, def, rep []int16) (int64, error)
}

func (c *numberColumn[T]) reset() {
	c.values, c.present = c.values[:0], c.present[:0]
}

func (c *numberColumn[T]) bytes() int { return 8 * len(c.values) }

func (c *numberColumn[T]) overflown() bool { return false }

// put sets entry i to v.
func (c *numberColumn[T]) put(i int, v T) {
	c.pad(i)
	c.values = append(c.values, v)
	if c.optional {
		c.present = append(c.present, true)
	}
}

// pad brings the column to n entries: nulls, or zeros where null is not allowed.
func (c *numberColumn[T]) pad(n int) {
	var zero T
	for len(c.values) < n {
		c.values = append(c.values, zero)
		if c.optional {
			c.present = append(c.present, false)
		}
	}
}

func (c *numberColumn[T]) has(i int32) bool { return c.present[i] }

func (c *numberColumn[T]) write(cw file.ColumnChunkWriter, lv *levels, s *scratch) error {
	def, present := lv.def, len(lv.idx)
	if c.optional {
		def, present = optionalLevels(c, lv, s)
	}
	if d, ok := cw.(interface{ FallbackToPlain() }); ok && present == 0 {
		d.FallbackToPlain() // Saves an empty dictionary page.
	}
	gathered := scratchFor[T](s)
	values := (*gathered)[:0]
	for _, i := range lv.idx {
		if !c.optional || c.present[i] {
			values = append(values, c.values[i])
		}
	}
	*gathered = values
	_, err := cw.(batchWriter[T]).WriteBatch(values, def, lv.rep) // The schema is made from the same table.
	return err
}

// idColumn holds ids that rarely repeat as raw bytes, written as hex digits without a dictionary. An id of
// zeros is no id: null where that is allowed, else empty text.
type idColumn struct {
	width    int
	raw      []byte
	optional bool
}

func (c *idColumn) reset() { c.raw = c.raw[:0] }

func (c *idColumn) bytes() int { return len(c.raw) }

func (c *idColumn) overflown() bool { return false }

// put sets entry i to id, which is width bytes long.
func (c *idColumn) put(i int, id []byte) {
	c.pad(i)
	c.raw = append(c.raw, id...)
}

func (c *idColumn) pad(n int) {
	for len(c.raw) < n*c.width {
		c.raw = append(c.raw, 0)
	}
}

func (c *idColumn) at(i int32) []byte { return c.raw[int(i)*c.width : (int(i)+1)*c.width] }

func (c *idColumn) has(i int32) bool {
	for _, b := range c.at(i) {
		if b != 0 {
			return true
		}
	}
	return false
}

func (c *idColumn) write(cw file.ColumnChunkWriter, lv *levels, s *scratch) error {
	def := lv.def
	if c.optional {
		def, _ = optionalLevels(c, lv, s)
	}
	s.hex = s.hex[:0]
	ends := s.offsets[:0]
	for _, i := range lv.idx {
		has := c.has(i)
		if has {
			s.hex = hex.AppendEncode(s.hex, c.at(i))
		}
		if has || !c.optional {
			ends = append(ends, int32(len(s.hex))) // A row group's ids are a few MB.
		}
	}
	s.offsets = ends
	values, start := s.texts[:0], int32(0)
	for _, end := range ends {
		values = append(values, s.hex[start:end])
		start = end
	}
	_, err := cw.(*file.ByteArrayColumnChunkWriter).WriteBatch(values, def, lv.rep) // The schema is made from the same table.
	clear(values)
	s.texts = values[:0]
	return err
}
