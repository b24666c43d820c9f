package parquet

import (
	"encoding/binary"
	"math/bits"
)

const (
	deltaBlock = 128 // values of a block
	deltaMini  = 32  // values of a miniblock, which have the same width
)

// appendDelta appends values as DELTA_BINARY_PACKED. Differences wrap around, and back when read.
func appendDelta(dst []byte, values []int64) []byte {
	dst = binary.AppendUvarint(dst, deltaBlock)
	dst = binary.AppendUvarint(dst, deltaBlock/deltaMini)
	dst = binary.AppendUvarint(dst, uint64(len(values)))
	if len(values) == 0 {
		return binary.AppendVarint(dst, 0)
	}
	dst = binary.AppendVarint(dst, values[0])
	var deltas [deltaBlock]uint64
	last := values[0]
	for values = values[1:]; len(values) > 0; {
		n := min(deltaBlock, len(values))
		least := values[0] - last
		for i, v := range values[:n] {
			d := v - last
			least = min(least, d)
			deltas[i] = uint64(d) // Bits are kept.
			last = v
		}
		dst = appendDeltaBlock(dst, deltas[:n], least)
		values = values[n:]
	}
	return dst
}

// appendDeltaBlock appends one block of differences.
func appendDeltaBlock(dst []byte, deltas []uint64, least int64) []byte {
	dst = binary.AppendVarint(dst, least)
	at := len(dst)
	dst = append(dst, make([]byte, deltaBlock/deltaMini)...)
	for m := 0; len(deltas) > 0; m++ {
		n := min(deltaMini, len(deltas))
		var used uint64
		for i := range deltas[:n] {
			deltas[i] -= uint64(least) // Bits are kept.
			used |= deltas[i]
		}
		width := bits.Len64(used)
		dst[at+m] = byte(width)
		dst = appendMiniblock(dst, deltas[:n], width)
		deltas = deltas[n:]
	}
	return dst
}

// appendMiniblock packs up to 32 values into bits, with zeros in place of missing ones.
func appendMiniblock(dst []byte, values []uint64, width int) []byte {
	end := len(dst) + deltaMini*width/8
	var acc uint64
	n := 0
	for _, v := range values {
		acc |= v << n
		n += width
		if n >= 64 {
			dst = binary.LittleEndian.AppendUint64(dst, acc)
			n -= 64
			acc = v >> (width - n) // Shifts of 64 give zero.
		}
	}
	for len(dst) < end {
		dst = append(dst, byte(acc))
		acc >>= 8
	}
	return dst[:end]
}

// deltaSize returns about the size of appendDelta's result.
func deltaSize(values []int64) int {
	size := 0
	last := values[0]
	for rest := values[1:]; len(rest) > 0; {
		n := min(deltaBlock, len(rest))
		least, most := rest[0]-last, rest[0]-last
		for _, v := range rest[:n] {
			least, most = min(least, v-last), max(most, v-last)
			last = v
		}
		size += 8 + n*bits.Len64(uint64(most-least))/8 // Bits are kept.
		rest = rest[n:]
	}
	return size
}
