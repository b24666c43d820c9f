package columnar

import (
	"encoding/hex"
	"math"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar/parquet"
)

// idColumn holds ids that rarely repeat as raw bytes, written as hex digits without a dictionary. An id of
// zeros is no id: null where that is allowed, else empty text.
type idColumn struct {
	mem      *slabs
	size     int // of an id
	raw      []byte
	optional bool
}

func (c *idColumn) reset() {
	c.mem.bytes.release(c.raw)
	c.raw = nil
}

func (c *idColumn) distinct() int { return 0 }

func (c *idColumn) width() int { return c.size }

func (c *idColumn) held() int { return cap(c.raw) }

func (c *idColumn) started() bool { return len(c.raw) > 0 }

func (c *idColumn) overflown() bool { return len(c.raw) > math.MaxInt32/2 }

// put sets entry i to id, which is size bytes long.
func (c *idColumn) put(i int, id []byte) {
	c.pad(i)
	c.raw = append(c.mem.bytes.grow(c.raw, len(id)), id...)
}

func (c *idColumn) pad(n int) {
	have := len(c.raw)
	if have >= n*c.size {
		return
	}
	c.raw = c.mem.bytes.grow(c.raw, n*c.size-have)[:n*c.size]
	clear(c.raw[have:])
}

func (c *idColumn) write(g *parquet.Group, lv *levels, s *scratch) {
	if !c.started() && lv.def == nil {
		g.Strings(parquet.Levels{Slots: lv.slots()}, parquet.Dictionary{})
		return
	}
	text := room(s.text, 2*c.size*len(lv.idx))
	ends := append(room(s.offsets, len(lv.idx)+1), 0)
	has := room(s.has, len(lv.idx))
	for _, i := range lv.idx {
		id := c.raw[int(i)*c.size : (int(i)+1)*c.size]
		there := uint8(0)
		if !zero(id) {
			text = hex.AppendEncode(text, id)
			there = 1
		}
		has = append(has, there)
		if there == 1 || !c.optional {
			ends = append(ends, int32(len(text))) // See overflown.
		}
	}
	s.text, s.offsets, s.has = text, ends, has
	out := lv.all()
	if c.optional {
		out = lv.some(has, len(ends)-1, s)
	}
	g.Strings(out, parquet.Dictionary{Data: text, Offsets: ends})
}

func zero(id []byte) bool {
	for _, b := range id {
		if b != 0 {
			return false
		}
	}
	return true
}
