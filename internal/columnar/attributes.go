package columnar

import (
	"github.com/zeebo/xxh3"
	"go.opentelemetry.io/collector/pdata/pcommon"
)

// mapColumn is a MAP of text to text.
type mapColumn struct {
	shape        *shape
	keys, values *textColumn
}

// attributeColumns are the columns that one set of attributes goes to: the map, the types beside it and the
// promoted columns that take values out of it.
type attributeColumns struct {
	entries  *mapColumn
	types    *textColumn
	promoted []promotedColumn

	keys    dict           // all keys seen since reset, promoted or not
	known   []knownKey     // by code of keys
	last    int32          // code of the key before, in keys
	letters []byte         // types of the current map
	value   []byte         // text of the current value
	hash    *attributeHash // nil when nobody wants the hash
}

// knownKey is what was found out about a key.
type knownKey struct {
	promoted int32 // index of the promoted column, -1 if none
	code     int32 // code in the map's key column, -1 until it is needed
	next     int32 // the key that followed it last time, in keys
}

// promotedColumn is a column that takes the values of one attribute, if they are of its type.
type promotedColumn struct {
	key    string
	text   *textColumn // one of the two
	number *numberColumn[int32]
	absent string // of a column that is never null: stands for no value; as a value it stays in the map too
}

// bindAttributes finds the columns of the map at path, with the promoted columns of a scope.
func bindAttributes(g *group, path string, columns []column, s scope) *attributeColumns {
	a := &attributeColumns{entries: bind[*mapColumn](g, path), types: bind[*textColumn](g, path+"_types")}
	if s == scopeNone {
		return a
	}
	for i := range columns {
		c := &columns[i]
		if c.scope != s {
			continue
		}
		p := promotedColumn{key: c.key}
		if c.kind == kindInt32 {
			p.number = bind[*numberColumn[int32]](g, c.name)
		} else {
			p.text = bind[*textColumn](g, c.name)
		}
		if !c.optional {
			p.absent = unknownService
		}
		a.promoted = append(a.promoted, p)
	}
	return a
}

func (a *attributeColumns) reset() {
	a.keys.reset()
	a.known = a.known[:0]
	a.last = 0
}

// key returns what is known about an attribute key. Keys tend to follow each other in the same order, so the
// one that followed last time is tried before hashing.
func (a *attributeColumns) key(key string) *knownKey {
	if len(a.known) > 0 {
		if next := a.known[a.last].next; asString(a.keys.at(next)) == key {
			a.last = next
			return &a.known[next]
		}
	}
	code := a.keys.code(key)
	if int(code) == len(a.known) {
		a.known = append(a.known, a.newKey(key, code))
	}
	a.known[a.last].next = code
	a.last = code
	return &a.known[code]
}

// newKey finds out about a key that is seen for the first time.
func (a *attributeColumns) newKey(key string, code int32) knownKey {
	k := knownKey{promoted: -1, code: -1, next: code}
	for i := range a.promoted {
		if a.promoted[i].key == key {
			k.promoted = int32(i) // A few dozen columns.
		}
	}
	return k
}

// attributeRange is a map as the columns hold it: entries and code of the types.
type attributeRange struct{ lo, hi, types int32 }

// add appends m to the map column. A value that take accepts goes elsewhere and is left out.
func (a *attributeColumns) add(m pcommon.Map, take func(p *promotedColumn, index int, v pcommon.Value) bool) attributeRange {
	lo := a.entries.shape.entries
	at := int(lo)
	a.letters = a.letters[:0]
	for key, v := range m.All() {
		k := a.key(key)
		if a.hash != nil {
			a.hash.add(key, v)
		}
		if k.promoted >= 0 && take(&a.promoted[k.promoted], int(k.promoted), v) {
			continue
		}
		if k.code < 0 {
			k.code = a.entries.keys.code(key)
		}
		code, letter := a.valueCode(v)
		a.entries.keys.put(at, k.code)
		a.entries.values.put(at, code)
		a.letters = append(a.letters, letter)
		at++
	}
	a.entries.shape.entries = int32(at) // Bounded by maxGroupBytes and the payload.
	return attributeRange{lo, int32(at), a.types.dict.code(asString(a.letters))}
}

// valueCode returns the code of v's text and its letter.
func (a *attributeColumns) valueCode(v pcommon.Value) (int32, byte) {
	values := a.entries.values
	if v.Type() == pcommon.ValueTypeStr {
		code, ok := values.codeOrBase64(v.Str())
		if !ok {
			return code, letterRawString
		}
		return code, letterString
	}
	var letter byte
	a.value, letter = appendValue(a.value[:0], v)
	return values.dict.code(asString(a.value)), letter
}

// put gives entry i of the map's parent the attributes in r.
func (a *attributeColumns) put(i int, r attributeRange) {
	a.entries.shape.put(i, r.lo, r.hi)
	a.types.put(i, r.types)
}

// putPlain adds m, promoting nothing, and gives it to entry i.
func (a *attributeColumns) putPlain(i int, m pcommon.Map) {
	a.put(i, a.add(m, nil))
}

// putRow adds m for row i and sets the row's promoted columns.
func (a *attributeColumns) putRow(i int, m pcommon.Map) {
	a.put(i, a.add(m, func(p *promotedColumn, _ int, v pcommon.Value) bool { return p.take(i, v) }))
}

// take sets row i from v and answers whether it did: v has the column's type and is the row's first.
func (p *promotedColumn) take(i int, v pcommon.Value) bool {
	if p.number != nil {
		if v.Type() != pcommon.ValueTypeInt || len(p.number.values) > i || v.Int() != int64(int32(v.Int())) { // The point of the comparison.
			return false
		}
		p.number.put(i, int32(v.Int())) // Compared above.
		return true
	}
	if len(p.text.codes) > i {
		return false
	}
	code := p.code(v)
	if code >= 0 {
		p.text.put(i, code)
	}
	return code >= 0
}

// code returns the code of v in a text column, -1 when v is not text in UTF-8.
func (p *promotedColumn) code(v pcommon.Value) int32 {
	if p.text == nil || v.Type() != pcommon.ValueTypeStr {
		return -1
	}
	code, ok := p.text.dict.codeUTF8(v.Str())
	if !ok {
		return -1
	}
	return code
}

// attributeHash sums up hashes of attributes. A sum does not depend on their order, so nothing is sorted.
type attributeHash struct {
	sum uint64
	buf []byte
}

func (h *attributeHash) add(key string, v pcommon.Value) {
	buf := append(append(h.buf[:0], key...), 0, 0)
	buf, letter := appendValue(buf, v)
	buf[len(key)+1] = letter
	h.buf = buf
	h.sum += xxh3.Hash(buf)
}
