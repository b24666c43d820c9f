package parquet

import (
	"math/bits"
	"slices"
)

// numberDict numbers distinct numbers in order of first appearance.
type numberDict struct {
	table   []int32 // code+1, 0 when free; open addressing
	keys    []uint64
	codes   []int32 // of all values
	changes int     // how often a value differs from the one before
}

// minNumberTable is the smallest hash table, a power of two.
const minNumberTable = 256

// index fills d with all and returns how many are distinct: 0 when there are none, or more than limit and more
// than one, in which case d is useless.
func index[T number](d *numberDict, all []T, limit int) int {
	d.keys, d.changes = d.keys[:0], 0
	if len(all) == 0 {
		return 0
	}
	d.codes = slices.Grow(d.codes[:0], len(all))[:len(all)]
	if len(d.table) == 0 {
		d.table = make([]int32, minNumberTable)
	}
	clear(d.table)
	last := bitsOf(all[0])
	code := d.code(last)
	for i, v := range all {
		if key := bitsOf(v); key != last {
			last, code = key, d.code(key)
			d.changes++
			if len(d.keys) > limit {
				return 0
			}
		}
		d.codes[i] = code
	}
	return len(d.keys)
}

// code returns the code of key, which is added when it is new.
func (d *numberDict) code(key uint64) int32 {
	mask := uint64(len(d.table) - 1)
	for i := slot(key, len(d.table)); ; i = (i + 1) & mask {
		code := d.table[i] - 1
		if code < 0 {
			return d.insert(key, i)
		}
		if d.keys[code] == key {
			return code
		}
	}
}

func (d *numberDict) insert(key, at uint64) int32 {
	code := int32(len(d.keys)) // Bounded by the values of a group.
	d.keys = append(d.keys, key)
	d.table[at] = code + 1
	if 2*len(d.keys) > len(d.table) {
		d.grow()
	}
	return code
}

func (d *numberDict) grow() {
	d.table = make([]int32, 2*len(d.table))
	mask := uint64(len(d.table) - 1)
	for code, key := range d.keys {
		i := slot(key, len(d.table))
		for d.table[i] != 0 {
			i = (i + 1) & mask
		}
		d.table[i] = int32(code) + 1 // Bounded by the values of a group.
	}
}

// slot returns where the search for key begins in a table of n places. Nobody can choose numbers to fill one
// place without it showing in the dictionary's limit.
func slot(key uint64, n int) uint64 {
	return key * 0x9e3779b97f4a7c15 >> (64 - bits.Len(uint(n-1)))
}
