package columnar

import (
	"hash/maphash"
	"math"
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
// as Arrow lays out a string array, so a Parquet dictionary page is written from it without another copy.
// The zero value is ready for use.
type dict struct {
	table   []int32 // code+1, 0 when free; open addressing
	hashes  []uint32
	offsets []int32 // len(hashes)+1 once an entry exists
	arena   []byte
	full    bool // the arena would have outgrown 32 bit offsets
}

// size returns the number of distinct strings.
func (d *dict) size() int { return len(d.hashes) }

// bytes returns about the memory of all distinct strings. It depends on them alone, not on the capacity that
// earlier ones left behind: row groups are cut by it.
func (d *dict) bytes() int { return len(d.arena) + 16*len(d.hashes) }

// at returns the string of a code; it is valid until reset.
func (d *dict) at(code int32) []byte { return d.arena[d.offsets[code]:d.offsets[code+1]] }

// reset forgets all strings and keeps the memory.
func (d *dict) reset() {
	clear(d.table)
	d.hashes = d.hashes[:0]
	d.offsets = d.offsets[:0]
	d.arena = d.arena[:0]
	d.full = false
}

// find returns the code of s, or -1 and s's hash for a following insert.
func (d *dict) find(s string) (int32, uint32) {
	h := uint32(maphash.String(dictSeed, s)) // The low half of the hash is enough.
	if len(d.table) == 0 {
		return -1, h
	}
	mask := uint32(len(d.table) - 1) // Tables stay far below 2^31 entries.
	for i := h & mask; ; i = (i + 1) & mask {
		code := d.table[i] - 1
		if code < 0 {
			return -1, h
		}
		if d.hashes[code] == h && asString(d.at(code)) == s {
			return code, h
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
	if 2*(len(d.hashes)+1) > len(d.table) {
		d.grow()
	}
	if len(d.offsets) == 0 {
		d.offsets = append(d.offsets, 0)
	}
	if d.arena == nil {
		// Empty text must not be nil: arrow-go takes nil for a missing smallest or largest value, and the
		// bytes of a file would depend on whether the encoder is new.
		d.arena = []byte{}
	}
	code := int32(len(d.hashes)) // Bounded by the arena.
	d.hashes = append(d.hashes, h)
	d.arena = append(d.arena, s...)
	d.offsets = append(d.offsets, int32(len(d.arena))) // Checked above.
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

func (d *dict) grow() {
	d.table = make([]int32, max(minTable, 2*len(d.table)))
	for code := range d.hashes {
		d.place(int32(code)) // Bounded by the arena.
	}
}

func (d *dict) place(code int32) {
	mask := uint32(len(d.table) - 1) // Tables stay far below 2^31 entries.
	i := d.hashes[code] & mask
	for d.table[i] != 0 {
		i = (i + 1) & mask
	}
	d.table[i] = code + 1
}

// ranks returns for each code its place in byte order.
func (d *dict) ranks() []int32 {
	order := make([]int32, d.size())
	for i := range order {
		order[i] = int32(i) // Bounded by the arena.
	}
	slices.SortFunc(order, func(a, b int32) int { return slices.Compare(d.at(a), d.at(b)) })
	ranks := make([]int32, len(order))
	for rank, code := range order {
		ranks[code] = int32(rank) // Bounded by the arena.
	}
	return ranks
}

// asString views b as a string without a copy; b must not change while the string is in use.
func asString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
