package columnar

import (
	"encoding/binary"
	"encoding/hex"
	"math"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar/parquet"
)

// idColumn holds ids that rarely repeat, written as hex digits without a dictionary. An id of zeros is no id: null
// where that is allowed, else empty text.
type idColumn struct {
	size     int    // of an id, in bytes: 8 or 16
	words    packed // 8 bytes each
	optional bool
}

// wordBytes is the size of a number of idColumn.words.
const wordBytes = 8

func newIDs(mem *slabs, size int, optional bool) *idColumn {
	return &idColumn{size: size, words: packed{mem: mem}, optional: optional}
}

func (c *idColumn) reset() { c.words.reset() }

func (c *idColumn) distinct() int { return 0 }

func (c *idColumn) width() int { return c.size }

func (c *idColumn) held() int { return c.words.held() }

func (c *idColumn) started() bool { return c.words.len() > 0 }

func (c *idColumn) overflown() bool { return c.words.len() > math.MaxInt32/2/wordBytes }

// put sets entry i to id, which is size bytes long.
func (c *idColumn) put(i int, id []byte) {
	c.pad(i)
	for ; len(id) > 0; id = id[wordBytes:] {
		c.words.push(int64(binary.BigEndian.Uint64(id))) // Bits are kept.
	}
}

func (c *idColumn) pad(n int) { c.words.fill(n*c.size/wordBytes, 0) }

func (c *idColumn) write(g *parquet.Group, lv *levels, s *scratch) {
	if !c.started() && lv.def == nil {
		g.Strings(parquet.Levels{Slots: lv.slots()}, parquet.Dictionary{})
		return
	}
	s.numbers = unpack(s.numbers, &c.words)
	text := room(s.text, 2*c.size*len(lv.idx))
	ends := append(room(s.offsets, len(lv.idx)+1), 0)
	has := room(s.has, len(lv.idx))
	var id [16]byte
	for _, i := range lv.idx {
		var bits int64
		for k := range c.size / wordBytes {
			word := s.numbers[int(i)*c.size/wordBytes+k]
			binary.BigEndian.PutUint64(id[k*wordBytes:], uint64(word)) // Bits are kept.
			bits |= word
		}
		there := uint8(0)
		if bits != 0 {
			text = hex.AppendEncode(text, id[:c.size])
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
