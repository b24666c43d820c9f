package parquet

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math"
	"slices"
)

// describe sets statistics and page index of the chunk whose pages were written last.
func (g *Group) describe(c *chunkMeta, l *leaf, lv Levels, v values) {
	e := g.enc
	// Readers take the offset indexes of all columns or none: parquet-mr skips no pages if one of them is missing, and
	// arrow-rs may fail.
	c.offsetIndex = offsetIndex(&e.thrift, e.pages)
	if l.node.Bloom && !l.node.Bounds {
		// DuckDB looks at the Bloom filters of chunks with statistics only.
		c.statistics = statistics(&e.thrift, int64(lv.Slots-lv.Values), nil, nil)
	}
	if !l.node.Bounds {
		return
	}
	least, most := e.pages[0].least, e.pages[0].most
	if len(e.pages) > 1 {
		least, most = e.bound(v, 0, lv.Values)
	}
	c.statistics = statistics(&e.thrift, int64(lv.Slots-lv.Values), least, most)
	if len(e.pages) == 1 {
		return // The column index of a single page says what the statistics say.
	}
	for _, p := range e.pages {
		if p.least == nil && p.values > 0 {
			return // A column index must have the bounds of all pages.
		}
	}
	c.columnIndex = columnIndex(&e.thrift, l.node.Type, e.pages)
}

// statistics encodes the Statistics of a chunk.
func statistics(t *thrift, nulls int64, least, most []byte) []byte {
	t.reset()
	t.beginElement()
	t.i64(3, nulls)
	if least != nil {
		t.bytes(5, most)
		t.bytes(6, least)
	}
	t.end()
	return slices.Clone(t.buf)
}

// offsetIndex encodes the OffsetIndex of a chunk.
func offsetIndex(t *thrift, pages []pageMeta) []byte {
	t.reset()
	t.beginElement()
	t.field(1, typeList)
	t.list(typeStruct, len(pages))
	for _, p := range pages {
		t.beginElement()
		t.i64(1, p.offset)
		t.i32(2, int32(p.size)) // Little more than pageBytes, or one row.
		t.i64(3, p.row)
		t.end()
	}
	t.end()
	return slices.Clone(t.buf)
}

// columnIndex encodes the ColumnIndex of a chunk.
func columnIndex(t *thrift, kind Type, pages []pageMeta) []byte {
	t.reset()
	t.beginElement()
	t.field(1, typeList)
	t.list(typeTrue, len(pages))
	for _, p := range pages {
		if p.least == nil {
			t.buf = append(t.buf, typeTrue)
		} else {
			t.buf = append(t.buf, typeFalse)
		}
	}
	t.field(2, typeList)
	t.list(typeBinary, len(pages))
	for _, p := range pages {
		t.element(string(p.least))
	}
	t.field(3, typeList)
	t.list(typeBinary, len(pages))
	for _, p := range pages {
		t.element(string(p.most))
	}
	t.i32(4, order(kind, pages))
	t.field(5, typeList)
	t.list(typeI64, len(pages))
	for _, p := range pages {
		t.varint(p.nulls)
	}
	t.end()
	return slices.Clone(t.buf)
}

// order returns the format's number for the order of the pages' bounds.
func order(kind Type, pages []pageMeta) int32 {
	const unordered, ascending = 0, 1
	var last *pageMeta
	for i := range pages {
		p := &pages[i]
		if p.least == nil {
			continue
		}
		if last != nil && (compare(kind, last.least, p.least) > 0 || compare(kind, last.most, p.most) > 0) {
			return unordered
		}
		last = p
	}
	return ascending
}

// compare compares two values in the PLAIN encoding.
func compare(kind Type, a, b []byte) int {
	switch kind {
	case Int32:
		return cmp.Compare(int32(binary.LittleEndian.Uint32(a)), int32(binary.LittleEndian.Uint32(b))) // Bits are kept.
	case Int64:
		return cmp.Compare(int64(binary.LittleEndian.Uint64(a)), int64(binary.LittleEndian.Uint64(b))) // Bits are kept.
	case Double:
		return cmp.Compare(math.Float64frombits(binary.LittleEndian.Uint64(a)), math.Float64frombits(binary.LittleEndian.Uint64(b)))
	default:
		return bytes.Compare(a, b)
	}
}
