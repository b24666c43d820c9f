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
	maps     int // added so far

	keys    dict       // all keys seen since reset, promoted or not
	known   []knownKey // by code of keys
	last    int32      // code of the key before, in keys
	letters []byte     // types of the current map
	value   []byte     // text of the current value
	numbers numberCodes
	hash    *attributeHash // nil when nobody wants the hash
}

// knownKey is what was found out about a key.
type knownKey struct {
	promoted int32 // index of the promoted column, -1 if none
	code     int32 // code in the map's key column, -1 until it is needed
	next     int32 // the key that followed it last time, in keys
	text     int32 // the text that it had in the map last time, -1 if none
}

// bindAttributes finds the columns of the map at path, with the promoted columns of a scope.
func bindAttributes(g *group, path string, columns []column, s scope) *attributeColumns {
	a := &attributeColumns{
		entries: bind[*mapColumn](g, path), types: bind[*textColumn](g, path+"_types"), keys: dict{mem: g.mem},
	}
	if s == scopeNone {
		return a
	}
	for i := range columns {
		c := &columns[i]
		if c.scope != s {
			continue
		}
		a.promoted = append(a.promoted, bindPromoted(g, c))
	}
	return a
}

func (a *attributeColumns) reset() {
	a.keys.reset()
	a.known = recycle(a.known)
	a.letters, a.value = recycle(a.letters), recycle(a.value)
	a.last = 0
	a.numbers.reset()
	for i := range a.promoted {
		a.promoted[i].last = -1
	}
}

// key returns what is known about an attribute key. Keys tend to follow each other in the same order, so the
// one that followed last time is tried before hashing.
func (a *attributeColumns) key(key string) *knownKey {
	if len(a.known) > 0 {
		if next := a.known[a.last].next; a.keys.is(next, key) {
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
	k := knownKey{promoted: -1, code: -1, next: code, text: -1}
	for i := range a.promoted {
		if a.promoted[i].key == key {
			k.promoted = int32(i) // A few dozen columns.
		}
	}
	return k
}

// attributeRange is a map as the columns hold it: entries and code of the types.
type attributeRange struct{ lo, hi, types int32 }

// target says where the values of promoted columns go: into a row, or into a list for many rows. Columns that promote
// nothing need none.
type target struct {
	row    int
	values []promotedValue // by promoted column; nil stands for the row
}

// add appends m to the map column. What promoted columns take is left out.
func (a *attributeColumns) add(m pcommon.Map, to target) attributeRange {
	lo := a.begin()
	for key, v := range m.All() {
		a.entry(key, v, &to)
	}
	return a.finish(lo)
}

// begin starts a map and returns where its entries start. The entries follow, then finish.
func (a *attributeColumns) begin() int32 {
	a.maps++
	a.letters = a.letters[:0]
	return a.entries.shape.entries
}

// entry appends an attribute to the map, unless a promoted column takes it.
func (a *attributeColumns) entry(key string, v pcommon.Value, to *target) {
	k := a.key(key)
	if a.hash != nil {
		a.hash.add(key, v)
	}
	if k.promoted >= 0 && a.promote(k.promoted, v, to) {
		return
	}
	if k.code < 0 {
		k.code = a.entries.keys.code(key)
	}
	code, letter := a.valueCode(k, v)
	at := int(a.entries.shape.entries)
	a.entries.keys.put(at, k.code)
	a.entries.values.put(at, code)
	a.letters = append(a.letters, letter)
	a.entries.shape.entries++ // Bounded by maxGroupBytes and the payload.
}

// finish returns the map that began at lo.
func (a *attributeColumns) finish(lo int32) attributeRange {
	return attributeRange{lo, a.entries.shape.entries, a.types.dict.code(asString(a.letters))}
}

// valueCode returns the code of v's text and its letter. Values of a key tend to come again, so the last one is
// tried before hashing.
func (a *attributeColumns) valueCode(k *knownKey, v pcommon.Value) (int32, byte) {
	values := a.entries.values
	if v.Type() == pcommon.ValueTypeStr {
		s := v.Str()
		if values.dict.is(k.text, s) {
			return k.text, letterString
		}
		code, ok := values.codeOrBase64(s)
		if !ok {
			return code, letterRawString
		}
		k.text = code
		return code, letterString
	}
	bits, letter := numberOf(v)
	if letter == 0 {
		a.value, letter = appendValue(a.value[:0], v)
		return values.dict.code(asString(a.value)), letter
	}
	known := a.numbers.at(bits, letter)
	if known.bits != bits || known.letter != letter {
		a.value, _ = appendValue(a.value[:0], v)
		*known = numberCode{bits, values.dict.code(asString(a.value)), letter}
	}
	return known.code, letter
}

// put gives entry i of the map's parent the attributes in r.
func (a *attributeColumns) put(i int, r attributeRange) {
	a.entries.shape.put(i, r.lo, r.hi)
	a.types.put(i, r.types)
}

// putPlain adds m, promoting nothing, and gives it to entry i.
func (a *attributeColumns) putPlain(i int, m pcommon.Map) {
	a.put(i, a.add(m, target{}))
}

// promote offers v to a promoted column. If the column cannot hold the first value of a key that the map has
// several times, it gets none of the others either: their order would be lost.
func (a *attributeColumns) promote(index int32, v pcommon.Value, to *target) bool {
	p := &a.promoted[index]
	if p.declined == a.maps {
		return false
	}
	var taken bool
	if to.values == nil {
		taken = p.take(to.row, v)
	} else {
		taken = p.keep(&to.values[index], v)
	}
	if !taken {
		p.declined = a.maps
	}
	return taken
}

// putRow adds m for row i and sets the row's promoted columns.
func (a *attributeColumns) putRow(i int, m pcommon.Map) { a.put(i, a.add(m, target{row: i})) }

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
