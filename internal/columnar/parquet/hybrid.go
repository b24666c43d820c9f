package parquet

import (
	"encoding/binary"
	"math/bits"
)

// integer is what the hybrid encoding takes: dictionary indices and levels.
type integer interface{ ~int32 | ~uint8 }

// appendHybrid appends values, which have at most so many bits, as runs of equal values where there are eight
// or more and packed into bits else.
func appendHybrid[T integer](dst []byte, values []T, width int) []byte {
	packed := 0 // start of the values that wait to be packed
	for i := 0; i < len(values); {
		n := runLength(values[i:])
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

// runLength returns the number of equal values at the start.
func runLength[T integer](values []T) int {
	first := values[0]
	for i, v := range values {
		if v != first {
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

// appendLevels appends the levels of a data page of version 1: their length, then runs.
func appendLevels(dst []byte, levels []uint8, most uint8) []byte {
	at := len(dst)
	dst = append(dst, 0, 0, 0, 0)
	dst = appendHybrid(dst, levels, bits.Len8(most))
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
