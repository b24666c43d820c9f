package columnar

import (
	"encoding/base64"
	"encoding/hex"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar/parquet"
)

// textColumn holds strings as codes of a dictionary.
type textColumn struct {
	dict     dict
	codes    packed // -1 for null
	optional bool
	hex      bool // the dictionary holds raw ids, written as hex digits
	shared   bool // entries are origins, not rows
}

func (c *textColumn) reset() {
	c.dict.reset()
	c.codes.reset()
}

func (c *textColumn) distinct() int { return c.dict.bytes() }

func (c *textColumn) width() int { return 4 }

func (c *textColumn) held() int { return c.dict.held() + c.codes.held() }

func (c *textColumn) started() bool { return c.codes.len() > 0 }

func (c *textColumn) overflown() bool { return c.dict.full }

// put sets entry i to a code of the dictionary, or to null with -1.
func (c *textColumn) put(i int, code int32) {
	if c.codes.len() < i {
		c.pad(i)
	}
	c.codes.push(int64(code))
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
	if c.codes.len() >= n {
		return
	}
	code := int32(-1)
	if !c.optional {
		code = c.dict.code("")
	}
	c.codes.fill(n, int64(code))
}

func (c *textColumn) write(g *parquet.Group, lv *levels, s *scratch) {
	out := lv.all()
	s.entries = unpack(s.entries, &c.codes)
	codes := room(s.codes, len(lv.idx))
	switch {
	case !c.optional:
		for _, i := range lv.idx {
			codes = append(codes, s.entries[i])
		}
	case !c.started() && lv.def == nil:
		out.Values, codes = 0, codes[:0]
	default:
		codes = codes[:len(lv.idx)]
		has := room(s.has, len(lv.idx))[:len(lv.idx)]
		n := 0
		for k, i := range lv.idx {
			code := s.entries[i]
			there := uint8(^uint32(code) >> 31) // 0 for null, else 1.
			codes[n], has[k] = code, there
			n += int(there)
		}
		s.has = has
		codes = codes[:n]
		out = lv.some(has, n, s)
	}
	s.codes = codes
	d := parquet.Dictionary{Data: c.dict.arena, Offsets: c.dict.offsets}
	if c.hex {
		d = s.hexed(d)
	}
	g.Text(out, codes, d)
}

// hexed returns raw ids as hex digits.
func (s *scratch) hexed(d parquet.Dictionary) parquet.Dictionary {
	s.text = hex.AppendEncode(s.text[:0], d.Data)
	s.offsets = room(s.offsets, len(d.Offsets))
	for _, o := range d.Offsets {
		s.offsets = append(s.offsets, 2*o)
	}
	return parquet.Dictionary{Data: s.text, Offsets: s.offsets}
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
