package parquet

import "github.com/klauspost/compress/zstd"

// pageBytes is the size at which a data page ends, before compression. Smaller pages cost 3 percent.
const pageBytes = 1 << 20

// denseLevel saves a tenth of the bytes of log bodies. The levels between it and the first save nothing.
const denseLevel = 7

// Encoder is the memory that writing a group takes, a few megabytes. It is not safe for concurrent use and holds
// nothing between two groups: reuse it for any file.
type Encoder struct {
	level  int
	zstd   *zstd.Encoder // compresses the next page
	fast   *zstd.Encoder
	dense  *zstd.Encoder // nil until it is needed
	thrift thrift

	page       []byte // one page before compression
	compressed []byte // the same page after it
	chunk      []byte // pages of the current column
	blooms     []bloom
	pages      []pageMeta
	bounds     []byte // smallest and largest values of the pages
	numbers    numberDict
	lengths    []int64 // of the texts of the current page
	first      encodedLevels
}

// pageMeta is what the page index says about a data page.
type pageMeta struct {
	offset, size, row int64
	values            int
	nulls             int64
	least, most       []byte // nil if there are none, in a page of nulls, or if they are too long
}

// NewEncoder returns an Encoder that compresses with a level of zstd as its command line counts.
func NewEncoder(level int) *Encoder {
	w := newZstd(level)
	return &Encoder{level: level, zstd: w, fast: w}
}

func newZstd(level int) *zstd.Encoder {
	w, err := zstd.NewWriter(nil,
		zstd.WithEncoderLevel(zstd.EncoderLevelFromZstd(level)),
		zstd.WithEncoderConcurrency(1),
		zstd.WithWindowSize(pageBytes),
		zstd.WithLowerEncoderMem(true),
		// Hex digits hardly repeat, but only use half of the bits of a byte: without this they stay as they are.
		zstd.WithAllLitEntropyCompression(true),
		zstd.WithZeroFrames(true),
	)
	if err != nil {
		panic(err) // Constants, and a level that cannot be wrong.
	}
	return w
}

// densely lets write compress harder, as texts in full are worth it that no dictionary helps: bodies are a third of a
// file of logs.
func (e *Encoder) densely(write func()) {
	if e.dense == nil {
		e.dense = newZstd(max(e.level, denseLevel))
	}
	e.zstd = e.dense
	write()
	e.zstd = e.fast
}

// compress compresses e.page into e.compressed.
func (e *Encoder) compress() {
	e.compressed = e.zstd.EncodeAll(e.page, e.compressed[:0])
}

// Kinds of pages, numbered as in the format.
const (
	pageData       = 0
	pageDictionary = 2
)

// dictionaryPage compresses e.page, a dictionary of n values, and appends it to the chunk.
func (e *Encoder) dictionaryPage(n int, c *chunkMeta) {
	e.compress()
	t := e.pageHeader(pageDictionary)
	t.begin(7)
	t.i32(1, int32(n)) // Bounded by the size of a dictionary.
	t.i32(2, int32(encodingPlain))
	t.end()
	t.end()
	e.appendPage(c)
}

// dataPage compresses e.page, a page of n slots, and appends it to the chunk.
func (e *Encoder) dataPage(n int, c *chunkMeta) {
	e.compress()
	t := e.pageHeader(pageData)
	t.begin(5)
	t.i32(1, int32(n)) // Bounded by the slots of a group.
	t.i32(2, int32(c.encoding))
	t.i32(3, int32(encodingRLE))
	t.i32(4, int32(encodingRLE))
	t.end()
	t.end()
	e.appendPage(c)
}

func (e *Encoder) pageHeader(kind int32) *thrift {
	t := &e.thrift
	t.reset()
	t.beginElement()
	t.i32(1, kind)
	t.i32(2, int32(len(e.page)))       // Little more than pageBytes, or one row.
	t.i32(3, int32(len(e.compressed))) // As above.
	return t
}

func (e *Encoder) appendPage(c *chunkMeta) {
	e.chunk = append(e.chunk, e.thrift.buf...)
	e.chunk = append(e.chunk, e.compressed...)
	c.uncompressed += int64(len(e.thrift.buf) + len(e.page))
}

// nextBloom returns an empty filter for n distinct values, which waits until the group is closed.
func (e *Encoder) nextBloom(n int) *bloom {
	if len(e.blooms) < cap(e.blooms) {
		e.blooms = e.blooms[:len(e.blooms)+1] // Keeps the memory of an earlier group's.
	} else {
		e.blooms = append(e.blooms, bloom{})
	}
	b := &e.blooms[len(e.blooms)-1]
	b.reset(n)
	return b
}
