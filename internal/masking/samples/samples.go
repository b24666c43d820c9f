// Package samples makes up text with and without personal data and secrets in
// it, for tests and benchmarks. Nothing in it was ever anybody's: numbers are
// random, with check digits that fit, and names are words.
//
// What it makes depends on the source of random numbers alone.
package samples

import (
	"math/rand/v2"
	"strings"
)

// Rand is a source of samples.
type Rand struct{ *rand.Rand }

// New returns the source with this seed.
func New(seed uint64) Rand { return Rand{rand.New(rand.NewPCG(seed, 0x3a5c))} }

const (
	digits   = "0123456789"
	lowers   = "abcdefghijklmnopqrstuvwxyz"
	uppers   = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	alnums   = digits + uppers + lowers
	hexes    = "0123456789abcdef"
	urlChars = alnums + "-_"
)

// chars returns n random characters of the alphabet.
func (r Rand) chars(alphabet string, n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte(alphabet[r.IntN(len(alphabet))])
	}
	return b.String()
}

// one returns one of the texts.
func (r Rand) one(texts ...string) string { return texts[r.IntN(len(texts))] }

// between returns a number from low to high.
func (r Rand) between(low, high int) int { return low + r.IntN(high-low+1) }

// word returns a word of the kind that services and people are called by.
func (r Rand) word() string {
	return r.one("amber", "basalt", "cedar", "delta", "ember", "fjord", "garnet", "harbor", "indigo", "juniper", "krill", "larch",
		"maple", "nickel", "opal", "pewter", "quartz", "river", "slate", "tundra", "umber", "violet", "willow", "yarrow", "zinc")
}

// Sample is a text with something in it that a detector is to find.
type Sample struct {
	// Secret is what must not be left of Text.
	Secret string
	// Text holds Secret, as it is found in the wild.
	Text string
	// Key is an attribute that Text would be the value of, if that matters.
	Key string
}
