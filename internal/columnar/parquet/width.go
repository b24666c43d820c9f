package parquet

import "math/bits"

const (
	// trialIndices are looked at to choose a width.
	trialIndices = 1 << 15
	// minTrialWidth is the width below which whole bytes have never won.
	minTrialWidth = 5
)

// indexWidth returns the bits of an index into a dictionary of n values, at least one.
func indexWidth(n int) int { return max(1, bits.Len(uint(n-1))) }

// chooseWidth returns the number of bits to write indices with, which have at least so many. Indices that
// resemble earlier ones get whole bytes: they take more room, but zstd sees what repeats, and files get several
// percent smaller. Whether they do is found out by trying on indices from the middle.
func (e *Encoder) chooseWidth(codes []int32, width int) int {
	whole := (width + 7) / 8 * 8
	if whole == width || width < minTrialWidth {
		return width
	}
	if n := len(codes); n > trialIndices {
		codes = codes[(n-trialIndices)/2:][:trialIndices]
	}
	if e.trial(codes, whole) < e.trial(codes, width) {
		return whole
	}
	return width
}

// trialOf returns the compressed size of some values, in the encoding that they have now.
func (e *Encoder) trialOf(v values, lo, hi int) int {
	e.page = v.append(e.page[:0], lo, hi)
	e.compress()
	return len(e.compressed)
}

// trial returns the compressed size of the indices.
func (e *Encoder) trial(codes []int32, width int) int {
	e.page = appendHybrid(e.page[:0], codes, width)
	e.compress()
	return len(e.compressed)
}
