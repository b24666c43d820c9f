package parquet

import (
	"encoding/binary"
	"math"
)

// number is what columns of numbers hold.
type number interface{ int32 | int64 | float64 }

// fixed are numbers in the PLAIN encoding.
type fixed[T number] struct{ all []T }

// indexed are numbers behind a dictionary.
type indexed[T number] struct {
	all   []T
	dict  *numberDict
	width int // bits of an index
}

// deltas are integers in the encoding DELTA_BINARY_PACKED.
type deltas struct{ all []int64 }

// Int32s writes the next column, which is one of Int32. Values are those of the slots that have one. It keeps
// nothing of its arguments, as all such methods.
func (g *Group) Int32s(lv Levels, all []int32) { writeNumbers(g, lv, all) }

// Int64s writes the next column, which is one of Int64.
func (g *Group) Int64s(lv Levels, all []int64) { writeNumbers(g, lv, all) }

// Doubles writes the next column, which is one of Double.
func (g *Group) Doubles(lv Levels, all []float64) { writeNumbers(g, lv, all) }

// writeNumbers writes a column in the encoding that is smallest before compression, or after it where that tells more.
func writeNumbers[T number](g *Group, lv Levels, all []T) {
	d := &g.enc.numbers
	size := sizeOf[T]()
	distinct := index(d, all, len(all)/2)
	plain := &fixed[T]{all}
	best := len(all) * size
	var chosen values = plain
	if distinct > 0 {
		width := indexWidth(distinct)
		if n := distinct*size + d.changes*width/8; n < best {
			best, chosen = n, &indexed[T]{all, d, g.enc.chooseWidth(d.codes, width)}
		}
	}
	if ints, ok := any(all).([]int64); ok && len(all) > 0 && deltaSize(ints) < best {
		chosen = deltas{ints}
	}
	// Doubles of a series resemble each other in some of their bytes, which zstd sees only if they are written in full.
	if distinct > minPlainTrial && isDouble[T]() && best < len(all)*size && g.enc.sizeOf(plain, len(all)) < g.enc.sizeOf(chosen, len(all)) {
		chosen = plain
	}
	g.write(lv, chosen)
}

// minPlainTrial is the number of distinct numbers above which a dictionary may be larger than full numbers are after
// compression.
const minPlainTrial = 1 << 8

// sizeOf returns the compressed size of n values with their dictionary.
func (e *Encoder) sizeOf(v values, n int) int {
	size := 0
	if page, distinct := v.dictionary(e.page[:0]); distinct > 0 {
		e.page = page
		e.compress()
		size = len(e.compressed)
	}
	return size + e.trialOf(v, 0, n)
}

func isDouble[T number]() bool {
	_, ok := any(*new(T)).(float64)
	return ok
}

func sizeOf[T number]() int {
	if _, ok := any(*new(T)).(int32); ok {
		return 4
	}
	return 8
}

// bitsOf returns v as a number that differs for values that differ.
func bitsOf[T number](v T) uint64 {
	switch v := any(v).(type) {
	case int32:
		return uint64(uint32(v)) // Bits are kept.
	case int64:
		return uint64(v) // Bits are kept.
	case float64:
		return math.Float64bits(v)
	default:
		return 0
	}
}

func appendNumber[T number](dst []byte, v T) []byte {
	if sizeOf[T]() == 4 {
		return binary.LittleEndian.AppendUint32(dst, uint32(bitsOf(v))) // All of its bits.
	}
	return binary.LittleEndian.AppendUint64(dst, bitsOf(v))
}

// numberBounds is values.bounds for numbers. A NaN has no place in the order; zeros of both signs are equal, so
// that the bounds have the outer ones.
func numberBounds[T number](room []byte, all []T) (least, most, grown []byte) {
	lo, hi, found := T(0), T(0), false
	for _, v := range all {
		switch {
		case v != v: // Only a NaN differs from itself.
		case !found:
			lo, hi, found = v, v, true
		case v < lo:
			lo = v
		case v > hi:
			hi = v
		}
	}
	if !found {
		return nil, nil, room
	}
	at := len(room)
	room = appendNumber(room, lo)
	if lo == 0 && sizeOf[T]() == 8 {
		if _, ok := any(lo).(float64); ok {
			room[len(room)-1] |= 0x80
		}
	}
	middle := len(room)
	room = appendNumber(room, hi)
	if hi == 0 && sizeOf[T]() == 8 {
		room[len(room)-1] &= 0x7f
	}
	return room[at:middle:middle], room[middle:len(room):len(room)], room
}

func (v *fixed[T]) encoding() encoding { return encodingPlain }

func (v *fixed[T]) dictionary(dst []byte) ([]byte, int) { return dst, 0 }

func (v *fixed[T]) until(lo, budget int) int { return lo + budget/sizeOf[T]() }

func (v *fixed[T]) append(dst []byte, lo, hi int) []byte {
	for _, n := range v.all[lo:hi] {
		dst = appendNumber(dst, n)
	}
	return dst
}

func (v *fixed[T]) bounds(room []byte, lo, hi int) (least, most, grown []byte) {
	return numberBounds(room, v.all[lo:hi])
}

func (v *indexed[T]) encoding() encoding { return encodingDictionary }

func (v *indexed[T]) dictionary(dst []byte) ([]byte, int) {
	for _, key := range v.dict.keys {
		if sizeOf[T]() == 4 {
			dst = binary.LittleEndian.AppendUint32(dst, uint32(key)) // All of its bits.
		} else {
			dst = binary.LittleEndian.AppendUint64(dst, key)
		}
	}
	return dst, len(v.dict.keys)
}

func (v *indexed[T]) until(lo, budget int) int { return lo + budget*8/v.width }

func (v *indexed[T]) append(dst []byte, lo, hi int) []byte {
	return appendHybrid(append(dst, byte(v.width)), v.dict.codes[lo:hi], v.width)
}

func (v *indexed[T]) bounds(room []byte, lo, hi int) (least, most, grown []byte) {
	return numberBounds(room, v.all[lo:hi])
}

func (v deltas) encoding() encoding { return encodingDelta }

func (v deltas) dictionary(dst []byte) ([]byte, int) { return dst, 0 }

func (v deltas) until(lo, budget int) int { return lo + budget/8 }

func (v deltas) append(dst []byte, lo, hi int) []byte { return appendDelta(dst, v.all[lo:hi]) }

func (v deltas) bounds(room []byte, lo, hi int) (least, most, grown []byte) {
	return numberBounds(room, v.all[lo:hi])
}
