package parquet

import "math"

// encoding is how values are laid out in pages, numbered as in the format.
type encoding int32

const (
	encodingPlain      encoding = 0
	encodingRLE        encoding = 3
	encodingDelta      encoding = 5
	encodingLengths    encoding = 6 // DELTA_LENGTH_BYTE_ARRAY
	encodingDictionary encoding = 8
)

// maxBoundBytes bounds smallest and largest values: long texts would fill the footer and help nobody.
const maxBoundBytes = 64

// values are the values of a column chunk in their final encoding.
type values interface {
	encoding() encoding
	// dictionary appends the dictionary page and returns its number of values, 0 if there is none.
	dictionary(dst []byte) ([]byte, int)
	// until returns the first value after lo that does not fit into so many bytes with all from lo on.
	until(lo, budget int) int
	// append appends the values [lo, hi).
	append(dst []byte, lo, hi int) []byte
	// bounds returns the smallest and the largest of the values [lo, hi), of which there is one. They are nil when
	// values have no order. Their memory may be appended to room, which is returned.
	bounds(room []byte, lo, hi int) (least, most, grown []byte)
}

// write writes the next column of the group.
func (g *Group) write(lv Levels, v values) {
	e, f := g.enc, g.file
	l := &f.layout.leaves[len(g.chunks)]
	c := chunkMeta{slots: int64(lv.Slots), encoding: v.encoding()}
	e.chunk, e.pages, e.bounds = e.chunk[:0], e.pages[:0], e.bounds[:0]
	var n int
	if e.page, n = v.dictionary(e.page[:0]); n > 0 {
		c.dictionaryAt = f.n
		e.dictionaryPage(n, &c)
	}
	c.dataAt = f.n + int64(len(e.chunk))
	for slot, value, row := 0, 0, 0; slot < lv.Slots; {
		slotEnd, valueEnd := lv.end(l, slot, value, max(v.until(value, pageBytes), value+1))
		at := len(e.chunk)
		e.page = v.append(e.levels(e.page[:0], &lv, l, slot, slotEnd), value, valueEnd)
		if len(e.page) > math.MaxInt32 && f.err == nil {
			f.err = ErrTooLarge
		}
		if f.err != nil {
			break // Nothing of this will be written.
		}
		e.dataPage(slotEnd-slot, &c)
		p := pageMeta{offset: f.n + int64(at), size: int64(len(e.chunk) - at), row: int64(row)}
		p.values, p.nulls = valueEnd-value, int64(slotEnd-slot-(valueEnd-value))
		if l.node.Bounds {
			p.least, p.most = e.bound(v, value, valueEnd)
		}
		e.pages = append(e.pages, p)
		if slotEnd < lv.Slots {
			row += lv.rows(slot, slotEnd)
		}
		slot, value = slotEnd, valueEnd
	}
	c.pages = int64(len(e.pages))
	c.size = int64(len(e.chunk))
	if f.err == nil {
		g.describe(&c, l, lv, v)
	}
	f.write(e.chunk)
	g.chunks = append(g.chunks, c)
}

// bound returns the smallest and the largest of the values [lo, hi), nil when there are none or they are too long.
func (e *Encoder) bound(v values, lo, hi int) (least, most []byte) {
	if lo == hi {
		return nil, nil
	}
	least, most, e.bounds = v.bounds(e.bounds, lo, hi)
	if len(least) > maxBoundBytes || len(most) > maxBoundBytes {
		return nil, nil
	}
	return least, most
}
