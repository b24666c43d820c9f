package parquet

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// integer is what the hybrid encoding takes: dictionary indices and levels.
type integer interface{ ~int32 | ~uint8 }

// appendHybrid appends values, which have at most so many bits, as runs of equal values where there are eight
// or more and packed into bits else.
func appendHybrid[T integer](dst []byte, values []T, width int) []byte {
	packed := 0 // start of the values that wait to be packed
	for i := 0; i < len(values); {
		n := runLength(values[i:], values[i])
		if n < 8 {
			i = min(i+8, len(values))
			continue
		}
		dst = appendPacked(dst, values[packed:i], width)
		dst = appendRun(dst, uint32(values[i]), n, width) // Indices and levels are not negative.
		i += n
		packed = i
	}
	return appendPacked(dst, values[packed:], width)
}

// runLength returns how often v stands at the start of values.
func runLength[T integer](values []T, v T) int {
	for i := range values {
		if values[i] != v {
			return i
		}
	}
	return len(values)
}

// appendRun appends n times the value v.
func appendRun(dst []byte, v uint32, n, width int) []byte {
	dst = binary.AppendUvarint(dst, uint64(n)<<1)
	for ; width > 0; width -= 8 {
		dst = append(dst, byte(v))
		v >>= 8
	}
	return dst
}

// appendPacked appends values packed into bits, with zeros up to a multiple of eight values.
func appendPacked[T integer](dst []byte, values []T, width int) []byte {
	if len(values) == 0 {
		return dst
	}
	groups := (len(values) + 7) / 8
	dst = binary.AppendUvarint(dst, uint64(groups)<<1|1)
	end := len(dst) + groups*width
	if width == 8 || width == 16 {
		dst = slices.Grow(dst, groups*width)[:end]
		putWhole(dst[end-groups*width:], values, width)
		return dst
	}
	var acc uint64
	n := 0
	for _, v := range values {
		acc |= uint64(uint32(v)) << n // Indices and levels are not negative.
		n += width
		if n >= 32 {
			dst = binary.LittleEndian.AppendUint32(dst, uint32(acc)) // The low half.
			acc >>= 32
			n -= 32
		}
	}
	for len(dst) < end {
		dst = append(dst, byte(acc))
		acc >>= 8
	}
	return dst
}

// putWhole sets dst to values of 8 or 16 bits, and zeros.
func putWhole[T integer](dst []byte, values []T, width int) {
	if width == 8 {
		clear(dst[len(values):])
		for i, v := range values {
			dst[i] = byte(v) // The caller's promise, as below.
		}
		return
	}
	clear(dst[2*len(values):])
	for i, v := range values {
		binary.LittleEndian.PutUint16(dst[2*i:], uint16(v))
	}
}

// appendSmall is appendHybrid for levels, which have four bits at most unless lists lie within lists many times: eight
// values at a time.
func appendSmall(dst []byte, values []uint8, width int) []byte {
	const ones = 0x0101010101010101
	if width > 4 {
		return appendHybrid(dst, values, width)
	}
	packed := 0 // start of the values that wait to be packed
	for i := 0; i+8 <= len(values); {
		same := uint64(values[i]) * ones
		n := 0
		for i+n+8 <= len(values) && binary.LittleEndian.Uint64(values[i+n:]) == same {
			n += 8
		}
		if n == 0 {
			i += 8
			continue
		}
		n += runLength(values[i+n:], values[i])
		dst = appendSmallPacked(dst, values[packed:i], width)
		dst = appendRun(dst, uint32(values[i]), n, width)
		i += n
		packed = i
	}
	return appendSmallPacked(dst, values[packed:], width)
}

// appendSmallPacked is appendPacked for values of at most four bits. Neighbors move together in three steps: pairs,
// fours, and all eight. What moves is no wider than how far it moves, so that none of it stays where it does not belong.
func appendSmallPacked(dst []byte, values []uint8, width int) []byte {
	if len(values) == 0 {
		return dst
	}
	groups := (len(values) + 7) / 8
	dst = binary.AppendUvarint(dst, uint64(groups)<<1|1)
	pairs := (uint64(1)<<(2*width) - 1) * 0x0001000100010001
	fours := (uint64(1)<<(4*width) - 1) * 0x0000000100000001
	for len(values) > 0 {
		var eight [8]uint8
		n := copy(eight[:], values)
		values = values[n:]
		x := binary.LittleEndian.Uint64(eight[:])
		x = (x | x>>(8-width)) & pairs
		x = (x | x>>(16-2*width)) & fours
		x |= x >> (32 - 4*width) // What is above is cut off.
		binary.LittleEndian.PutUint64(eight[:], x)
		dst = append(dst, eight[:width]...)
	}
	return dst
}

// appendLevels appends the levels of a data page of version 1: their length, then runs.
func appendLevels(dst []byte, levels []uint8, most uint8) []byte {
	at := len(dst)
	dst = append(dst, 0, 0, 0, 0)
	dst = appendSmall(dst, levels, bits.Len8(most))
	binary.LittleEndian.PutUint32(dst[at:], uint32(len(dst)-at-4)) // Smaller than its levels.
	return dst
}

// appendSameLevels is appendLevels of n equal levels.
func appendSameLevels(dst []byte, level uint8, n int, most uint8) []byte {
	at := len(dst)
	dst = append(dst, 0, 0, 0, 0)
	dst = appendRun(dst, uint32(level), n, bits.Len8(most))
	binary.LittleEndian.PutUint32(dst[at:], uint32(len(dst)-at-4)) // A few bytes.
	return dst
}
