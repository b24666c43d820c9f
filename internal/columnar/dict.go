package columnar

import (
	"cmp"
	"hash/maphash"
	"math"
	"math/bits"
	"slices"
	"unicode/utf8"
	"unsafe"
)

// dictSeed makes hash collisions unpredictable to senders. It does not reach the output: codes are given in
// order of first appearance.
var dictSeed = maphash.MakeSeed()

// minTable is the smallest hash table, a power of two.
const minTable = 64

// dict numbers distinct strings in order of first appearance. The strings are copied into one arena laid out
// as a Parquet column wants them.
type dict struct {
	mem     *slabs
	table   []int32 // code+1 below some bits of the hash, 0 when free; open addressing
	shift   uint32  // bits of code+1
	hashes  []int32 // by code
	offsets []int32 // one more than there are strings, or none
	arena   []byte
	full    bool // the arena would have outgrown 32 bit offsets
}

// size returns the number of distinct strings.
func (d *dict) size() int { return max(0, len(d.offsets)-1) }

// bytes returns about the memory of all distinct strings. It depends on them alone, not on the capacity that
// earlier ones left behind: row groups are cut by it.
func (d *dict) bytes() int { return len(d.arena) + 16*d.size() }

// held returns the bytes of memory behind the strings.
func (d *dict) held() int { return 4*(cap(d.table)+cap(d.hashes)+cap(d.offsets)) + cap(d.arena) }

// at returns the string of a code; it is valid until the next insert.
func (d *dict) at(code int32) string {
	return asString(d.arena[d.offsets[code]:d.offsets[code+1]])
}

// is tells whether code, which may be -1, stands for s.
func (d *dict) is(code int32, s string) bool { return code >= 0 && d.at(code) == s }

// reset forgets all strings and gives the memory back.
func (d *dict) reset() {
	d.mem.int32s.release(d.table)
	d.mem.int32s.release(d.hashes)
	d.mem.int32s.release(d.offsets)
	d.mem.bytes.release(d.arena)
	*d = dict{mem: d.mem}
}

// find returns the code of s, or -1 and s's hash for a following insert.
func (d *dict) find(s string) (int32, uint32) {
	h := uint32(maphash.String(dictSeed, s)) // The low half of the hash is enough.
	if len(d.table) == 0 {
		return -1, h
	}
	mask := uint32(len(d.table) - 1) // Tables stay far below 2^31 entries.
	for i := h & mask; ; i = (i + 1) & mask {
		entry := uint32(d.table[i]) // Bits are kept.
		if entry == 0 {
			return -1, h
		}
		if (entry^h)>>d.shift == 0 {
			if code := int32(entry&mask) - 1; d.at(code) == s { // Bounded by the arena.
				return code, h
			}
		}
	}
}

// insert adds s, which find did not find, and returns its code. A dictionary that would outgrow its offsets
// sets full and answers code 0: the caller gives up on the group.
func (d *dict) insert(s string, h uint32) int32 {
	if len(d.arena)+len(s) > math.MaxInt32 {
		d.full = true
		return 0
	}
	code := int32(d.size()) // Bounded by the arena.
	if 2*(int(code)+1) > len(d.table) {
		d.grow()
	}
	if code == 0 {
		d.offsets = d.mem.int32s.push(d.offsets, 0)
		d.arena = d.mem.bytes.grow(d.arena, max(1, len(s))) // Empty text must not be nil, which stands for no text.
	}
	d.arena = append(d.mem.bytes.grow(d.arena, len(s)), s...)
	d.offsets = d.mem.int32s.push(d.offsets, int32(len(d.arena))) // Checked above.
	d.hashes = d.mem.int32s.push(d.hashes, int32(h))              // Bits are kept.
	d.place(code)
	return code
}

// code returns the code of s, which is added when it is new. It does not look at s's encoding.
func (d *dict) code(s string) int32 {
	code, h := d.find(s)
	if code >= 0 {
		return code
	}
	return d.insert(s, h)
}

// codeUTF8 is code for text: it answers false when s is not valid UTF-8. Only new strings are checked.
func (d *dict) codeUTF8(s string) (int32, bool) {
	code, h := d.find(s)
	if code >= 0 {
		return code, true
	}
	if !utf8.ValidString(s) {
		return -1, false
	}
	return d.insert(s, h), true
}

// grow doubles the table. It is at most half full, so that its mask holds code+1, and bits of the hash find room above.
func (d *dict) grow() {
	size := max(minTable, 2*len(d.table))
	d.mem.int32s.release(d.table)
	d.table = d.mem.int32s.grow(nil, size)[:size]
	d.shift = uint32(bits.Len(uint(size - 1))) // Far below 32.
	clear(d.table)
	for code := range d.hashes {
		d.place(int32(code)) // Bounded by the arena.
	}
}

func (d *dict) place(code int32) {
	mask := uint32(len(d.table) - 1) // See find.
	h := uint32(d.hashes[code])      // Bits are kept.
	i := h & mask
	for d.table[i] != 0 {
		i = (i + 1) & mask
	}
	d.table[i] = int32(h&^mask | uint32(code+1)) // Bits are kept.
}

// ranks returns for each code its place in byte order.
func (d *dict) ranks() []int32 {
	order := make([]int32, d.size())
	for i := range order {
		order[i] = int32(i) // Bounded by the arena.
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(d.at(a), d.at(b)) })
	ranks := make([]int32, len(order))
	for rank, code := range order {
		ranks[code] = int32(rank) // Bounded by the arena.
	}
	return ranks
}

// asString views b as a string without a copy; b must not change while the string is in use.
func asString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
