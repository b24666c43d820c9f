//go:build amd64 && !purego

package detect

import (
	"slices"
	"strings"

	"golang.org/x/sys/cpu"
)

// What the processor has that the two implementations need. The one with AVX-512
// is a third quicker; processors that have VBMI do not slow down when it is used.
var (
	haveAVX512    = haveAVX2 && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VBMI
	haveAVX2      = cpu.X86.HasAVX2 && cpu.X86.HasBMI1 && cpu.X86.HasBMI2 && cpu.X86.HasPOPCNT
	havePrefilter = haveAVX2
)

// prefilter returns the detectors that could match in s, which has one byte or
// more, as far as they are of setPrefiltered and not of setMore. It may name too
// many, never too few.
//
//go:noescape
func prefilter(s string) Set

// prefilterMore is prefilter for the detectors of setMore.
//
//go:noescape
func prefilterMore(s string) Set

//go:noescape
func prefilter512(s string) Set

//go:noescape
func prefilterMore512(s string) Set

//go:noescape
func prefilter2(s string) Set

//go:noescape
func prefilterMore2(s string) Set

// Classes of bytes for the masks of prefilter512 and prefilterMore512, as bits, by
// byte of ASCII. The first class is the highest bit.
var (
	maskClasses = maskTable(
		oneOf(`@+%\`), oneOf("bB"), oneOf(" "), oneOf("."), ofClass(tokenByte), ofClass(letter), ofClass(digit),
	)
	moreMaskClasses = maskTable(
		ofClass(base64), oneOf("\"' \t"), oneOf("="), oneOf("-"), oneOf(":"), ofClass(digit),
	)
)

func maskTable(classes ...func(byte) bool) (t [128]uint8) {
	for b := range t {
		for i, has := range classes {
			if has(byte(b)) {
				t[b] |= 0x80 >> i
			}
		}
	}
	return t
}

func oneOf(bytes string) func(byte) bool {
	return func(b byte) bool { return strings.IndexByte(bytes, b) >= 0 }
}

func ofClass(class uint8) func(byte) bool {
	return func(b byte) bool { return is(b, class) }
}

// countUp are the places of the bytes of a window. From the n-th on they move a
// window n bytes down.
var countUp = func() (t [window + 2]uint8) {
	for i := range t {
		t[i] = uint8(i % window)
	}
	return t
}()

// tokenGroups are tables that tell in which of eight groups of prefixes a byte is
// the first, the second and the third one, as bits.
var tokenGroups = func() (t [3][128]uint8) {
	var starts []string
	for _, prefix := range tokenPrefixes() {
		starts = append(starts, prefix[:3])
	}
	slices.Sort(starts)
	starts = slices.Compact(starts)
	for i, start := range starts {
		for j := range t {
			t[j][start[j]] |= 1 << (i * 8 / len(starts))
		}
	}
	return t
}()
