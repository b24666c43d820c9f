package columnar

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"go.opentelemetry.io/collector/pdata/pcommon"
)

// maxDictionaryBytes is the largest dictionary page; a column with more distinct text is written plain.
const maxDictionaryBytes = 1 << 20

// textColumn holds strings as codes of a dictionary.
type textColumn struct {
	dict     dict
	codes    []int32 // -1 for null
	optional bool
	hex      bool // the dictionary holds raw ids, written as hex digits
}

func (c *textColumn) reset() {
	c.dict.reset()
	c.codes = c.codes[:0]
}

func (c *textColumn) bytes() int { return c.dict.bytes() + 4*len(c.codes) }

func (c *textColumn) overflown() bool { return c.dict.full }

// put sets entry i to a code of the dictionary, or to null with -1.
func (c *textColumn) put(i int, code int32) {
	c.pad(i)
	c.codes = append(c.codes, code)
}

// putText sets entry i to s, with U+FFFD in place of bytes that are not UTF-8.
func (c *textColumn) putText(i int, s string) { c.put(i, c.code(s)) }

// putNonEmpty sets entry i to s, or leaves it null when s is empty.
func (c *textColumn) putNonEmpty(i int, s string) {
	if s != "" {
		c.putText(i, s)
	}
}

// code returns the code of s, with U+FFFD in place of bytes that are not UTF-8.
func (c *textColumn) code(s string) int32 {
	if code, ok := c.dict.codeUTF8(s); ok {
		return code
	}
	return c.dict.code(strings.ToValidUTF8(s, "\uFFFD"))
}

// codeNonEmpty is code, but -1 for no text.
func (c *textColumn) codeNonEmpty(s string) int32 {
	if s == "" {
		return -1
	}
	return c.code(s)
}

// codeOrBase64 returns the code of s, or of its base64 form and false when s is not valid UTF-8.
func (c *textColumn) codeOrBase64(s string) (int32, bool) {
	if code, ok := c.dict.codeUTF8(s); ok {
		return code, true
	}
	return c.dict.code(base64.StdEncoding.EncodeToString([]byte(s))), false
}

// pad brings the column to n entries: nulls, or empty text where null is not allowed.
func (c *textColumn) pad(n int) {
	if len(c.codes) >= n {
		return
	}
	code := int32(-1)
	if !c.optional {
		code = c.dict.code("")
	}
	for len(c.codes) < n {
		c.codes = append(c.codes, code)
	}
}

func (c *textColumn) has(i int32) bool { return c.codes[i] >= 0 }

func (c *textColumn) write(cw file.ColumnChunkWriter, lv *levels, s *scratch) error {
	w := cw.(*file.ByteArrayColumnChunkWriter) // The schema is made from the same table.
	def, present := lv.def, len(lv.idx)
	if c.optional {
		def, present = optionalLevels(c, lv, s)
	}
	data, offsets := c.dict.arena, c.dict.offsets
	if c.hex {
		data, offsets = s.hexed(data, offsets)
	}
	size := len(data) + 4*c.dict.size()
	if present == 0 || 2*c.dict.size() > present || size > maxDictionaryBytes {
		return c.writePlain(w, lv, def, data, offsets, s)
	}
	return c.writeDictionary(w, lv, def, present, data, offsets, s)
}

// writePlain writes every value in full: a dictionary of mostly distinct values costs more than it saves.
func (c *textColumn) writePlain(w *file.ByteArrayColumnChunkWriter, lv *levels, def []int16, data []byte, offsets []int32, s *scratch) error {
	w.FallbackToPlain()
	values := s.texts[:0]
	for _, i := range lv.idx {
		if code := c.codes[i]; code >= 0 {
			values = append(values, data[offsets[code]:offsets[code+1]])
		}
	}
	_, err := w.WriteBatch(values, def, lv.rep)
	clear(values)
	s.texts = values[:0]
	return err
}

// dictionaryEncoder is what the column writer's encoder offers to those that bring their own dictionary. Its
// type is internal to arrow-go, its methods are not.
type dictionaryEncoder interface {
	PutDictionary(values arrow.Array) error
}

func (c *textColumn) writeDictionary(
	w *file.ByteArrayColumnChunkWriter, lv *levels, def []int16, present int, data []byte, offsets []int32, s *scratch,
) error {
	entries := array.NewData(arrow.BinaryTypes.Binary, c.dict.size(), []*memory.Buffer{
		nil, memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(offsets)), memory.NewBufferBytes(data),
	}, nil, 0, 0)
	values := array.NewBinaryData(entries)
	if err := w.CurrentEncoder().(dictionaryEncoder).PutDictionary(values); err != nil { // See dictionaryEncoder.
		return err
	}
	if err := w.WriteDictIndices(c.indices(lv, present, s), def, lv.rep); err != nil {
		return err
	}
	// The column writer leaves statistics to those who bring a dictionary. It flushes no page before Close,
	// so that they count for the only page.
	if stats, ok := w.PageStatistics().(*metadata.ByteArrayStatistics); ok && stats != nil {
		lo, hi := bounds(data, offsets)
		stats.SetMinMax(lo, hi)
		stats.IncNumValues(int64(present))
		stats.IncNulls(int64(lv.slots() - present))
	}
	return nil
}

// indices gathers the codes in slot order as an Arrow array, with a bitmap where there are nulls.
func (c *textColumn) indices(lv *levels, present int, s *scratch) arrow.Array {
	codes := s.codes[:0]
	var valid []byte
	if present < len(lv.idx) {
		valid = s.bitmap(len(lv.idx))
	}
	for k, i := range lv.idx {
		code := c.codes[i]
		if valid != nil && code >= 0 {
			valid[k>>3] |= 1 << (k & 7)
		}
		codes = append(codes, code)
	}
	s.codes = codes
	buffers := []*memory.Buffer{nil, memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(codes))}
	if valid != nil {
		buffers[0] = memory.NewBufferBytes(valid)
	}
	return array.NewInt32Data(array.NewData(arrow.PrimitiveTypes.Int32, len(codes), buffers, nil, len(codes)-present, 0))
}

// bounds returns the smallest and largest of the strings that offsets cut from data.
func bounds(data []byte, offsets []int32) (lo, hi parquet.ByteArray) {
	lo = data[offsets[0]:offsets[1]]
	hi = lo
	for i := 1; i+1 < len(offsets); i++ {
		v := data[offsets[i]:offsets[i+1]]
		if bytes.Compare(v, lo) < 0 {
			lo = v
		} else if bytes.Compare(v, hi) > 0 {
			hi = v
		}
	}
	return lo, hi
}

// hexed returns raw ids and their offsets as hex digits, valid until the next call.
func (s *scratch) hexed(data []byte, offsets []int32) ([]byte, []int32) {
	s.hex = hex.AppendEncode(s.hex[:0], data)
	s.offsets = s.offsets[:0]
	for _, o := range offsets {
		s.offsets = append(s.offsets, 2*o)
	}
	return s.hex, s.offsets
}

// traceIDCode returns the code of an id in a column of ids: -1 for no id where null is allowed.
func (c *textColumn) traceIDCode(id pcommon.TraceID) int32 {
	if id.IsEmpty() {
		if c.optional {
			return -1
		}
		return c.dict.code("")
	}
	return c.dict.code(asString(id[:]))
}
