package sampling

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// digits is the number of hexadecimal digits of a randomness, and of a
// threshold that is written out.
const digits = 14

// maxPrecision is the number of significant digits that a threshold gets from
// a probability: enough for an error below one part in 8,000.
const maxPrecision = 4

// never is a threshold that no randomness reaches.
const never = 1 << 56

// Randomness is 56 random bits of a trace, the same for all of its spans.
type Randomness uint64

// Threshold is the randomness from which on a sampler keeps a trace, from 0
// (it keeps all) to Never.
type Threshold uint64

const (
	// Always is the threshold of a sampler that keeps everything.
	Always Threshold = 0
	// Never is the threshold of a sampler that keeps nothing. It has no encoding:
	// no span has ever passed it.
	Never Threshold = never
)

// RandomnessOf returns the randomness of a trace without an explicit one.
func RandomnessOf(id pcommon.TraceID) Randomness {
	return Randomness(binary.BigEndian.Uint64(id[8:]) & (never - 1))
}

// ParseRandomness reads the value of `rv`: exactly 14 lowercase hexadecimal
// digits.
func ParseRandomness(text string) (Randomness, error) {
	if len(text) != digits {
		return 0, fmt.Errorf("randomness %q has not %d digits", text, digits)
	}
	v, err := parseHex(text)
	return Randomness(v), err
}

// String returns the encoding of r as the value of `rv`.
func (r Randomness) String() string { return fmt.Sprintf("%014x", uint64(r)) }

// ParseThreshold reads the value of `th`: 1 to 14 lowercase hexadecimal digits,
// to which trailing zeros are added.
func ParseThreshold(text string) (Threshold, error) {
	if text == "" || len(text) > digits {
		return 0, fmt.Errorf("threshold %q has not 1 to %d digits", text, digits)
	}
	v, err := parseHex(text)
	return Threshold(v << (4 * (digits - len(text)))), err
}

// String returns the encoding of t as the value of `th`, without trailing
// zeros; "" for Never.
func (t Threshold) String() string {
	switch {
	case t >= Never:
		return ""
	case t == Always:
		return "0"
	}
	return strings.TrimRight(fmt.Sprintf("%014x", uint64(t)), "0")
}

// Keeps reports whether a sampler with this threshold keeps what has this
// randomness.
func (t Threshold) Keeps(r Randomness) bool { return uint64(t) <= uint64(r) }

// Probability returns the share of traces that the threshold keeps, 0 to 1.
func (t Threshold) Probability() float64 { return float64(Never-min(t, Never)) / never }

// AdjustedCount returns how many traces one that is kept stands for, at least
// 1; +Inf for Never.
func (t Threshold) AdjustedCount() float64 { return never / float64(Never-min(t, Never)) }

// OfProbability returns the threshold that keeps the share p, from 0 to 1; what
// is out of bounds counts as the bound. It has few significant digits where the
// share allows it, so that its encoding is short.
func OfProbability(p float64) Threshold {
	switch {
	case p >= 1:
		return Always
	case !(p > 0): // Also what is not a number.
		return Never
	}
	t := never - uint64(math.Round(p*never))
	// The digits before the significant ones are all f if p is small, and all 0
	// if it is large.
	_, exponent := math.Frexp(min(p, 1-p))
	shift := uint(4 * max(0, digits-maxPrecision+exponent/4))
	if half := uint64(1) << shift >> 1; half > 0 {
		t = (t + half) >> shift << shift
	}
	return Threshold(min(t, never-1))
}

var errHex = errors.New("not lowercase hexadecimal")

func parseHex(text string) (uint64, error) {
	for i := range len(text) {
		if c := text[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return 0, fmt.Errorf("%q: %w", text, errHex)
		}
	}
	v, err := strconv.ParseUint(text, 16, 64)
	return v, err
}
