package parquet

// groupMeta is what the footer says about a row group.
type groupMeta struct {
	rows       int64
	start, end int64 // of the columns
	ordinal    int
	chunks     []chunkMeta
}

// chunkMeta is what the footer says about a column chunk.
type chunkMeta struct {
	slots              int64
	encoding           encoding
	pages              int64
	dictionaryAt       int64 // 0 if there is none
	dataAt             int64
	size, uncompressed int64
	statistics         []byte // encoded, nil if there are none

	columnIndex, offsetIndex     []byte // encoded, nil if there are none
	columnIndexAt, offsetIndexAt int64
	bloomAt, bloomSize           int64
}

// codecZstd is the format's number of zstd.
const codecZstd = 6

// footer encodes the FileMetaData.
func (f *File) footer(t *thrift, metadata []KeyValue) {
	t.beginElement()
	t.i32(1, 2)
	t.field(2, typeList)
	t.buf = append(t.buf, f.layout.schema...)
	t.i64(3, f.rows)
	t.field(4, typeList)
	t.list(typeStruct, len(f.groups))
	for i := range f.groups {
		f.groups[i].encode(t, f.layout)
	}
	t.field(5, typeList)
	t.list(typeStruct, len(metadata))
	for _, kv := range metadata {
		t.beginElement()
		t.text(1, kv.Key)
		t.text(2, kv.Value)
		t.end()
	}
	t.text(6, f.layout.createdBy)
	t.field(7, typeList)
	t.list(typeStruct, len(f.layout.leaves))
	for range f.layout.leaves {
		t.beginElement()
		t.empty(1) // Values compare as their types say.
		t.end()
	}
	t.end()
}

// encode appends g as a RowGroup.
func (g *groupMeta) encode(t *thrift, l *Layout) {
	t.beginElement()
	t.field(1, typeList)
	t.list(typeStruct, len(g.chunks))
	var uncompressed int64
	for i := range g.chunks {
		g.chunks[i].encode(t, &l.leaves[i])
		uncompressed += g.chunks[i].uncompressed
	}
	t.i64(2, uncompressed)
	t.i64(3, g.rows)
	if l.sorting != nil {
		t.field(4, typeList)
		t.buf = append(t.buf, l.sorting...)
	}
	t.i64(5, g.start)
	t.i64(6, g.end-g.start)
	t.field(7, typeI16)
	t.varint(int64(g.ordinal))
	t.end()
}

// encode appends c as a ColumnChunk.
func (c *chunkMeta) encode(t *thrift, l *leaf) {
	t.beginElement()
	t.i64(2, 0) // Nobody uses it.
	t.begin(3)
	c.metadata(t, l)
	t.end()
	if c.offsetIndex != nil {
		t.i64(4, c.offsetIndexAt)
		t.i32(5, int32(len(c.offsetIndex))) // A few bytes per page.
	}
	if c.columnIndex != nil {
		t.i64(6, c.columnIndexAt)
		t.i32(7, int32(len(c.columnIndex))) // As above.
	}
	t.end()
}

// metadata appends the fields of c's ColumnMetaData.
func (c *chunkMeta) metadata(t *thrift, l *leaf) {
	t.i32(1, int32(l.node.Type))
	t.field(2, typeList)
	all := []encoding{c.encoding}
	if c.dictionaryAt > 0 {
		all = append(all, encodingPlain) // Of the dictionary.
	}
	if l.maxDef > 0 || l.maxRep > 0 {
		all = append(all, encodingRLE) // Of levels.
	}
	t.list(typeI32, len(all))
	for _, e := range all {
		t.varint(int64(e))
	}
	t.field(3, typeList)
	t.list(typeBinary, len(l.path))
	for _, name := range l.path {
		t.element(name)
	}
	t.i32(4, codecZstd)
	t.i64(5, c.slots)
	t.i64(6, c.uncompressed)
	t.i64(7, c.size)
	t.i64(9, c.dataAt)
	if c.dictionaryAt > 0 {
		t.i64(11, c.dictionaryAt)
	}
	if c.statistics != nil {
		t.field(12, typeStruct)
		t.buf = append(t.buf, c.statistics...)
	}
	if l.node.Bounds && c.dictionaryAt > 0 {
		c.pageCounts(t)
	}
	if c.bloomSize > 0 {
		t.i64(14, c.bloomAt)
		t.i32(15, int32(c.bloomSize)) // At most maxBloom and a header.
	}
}

// pageCounts tells readers that all values are in the dictionary, so that they may look for one there first.
func (c *chunkMeta) pageCounts(t *thrift) {
	t.field(13, typeList)
	t.list(typeStruct, 2)
	for _, n := range [...]struct {
		page     int32
		encoding encoding
		pages    int64
	}{{pageDictionary, encodingPlain, 1}, {pageData, c.encoding, c.pages}} {
		t.beginElement()
		t.i32(1, n.page)
		t.i32(2, int32(n.encoding))
		t.i32(3, int32(n.pages)) // Bounded by the rows of a group.
		t.end()
	}
}
