package detect

import (
	"math"
	"strings"
)

const (
	awsSecretLength = 40
	// awsKeywordReach is how far before a key the word may stand that says what
	// it is.
	awsKeywordReach = 40
)

// awsSecrets finds AWS secret access keys: 40 characters of base64 that look
// random, behind a word that says what they are, or with the hint.
func (p *Pass) awsSecrets(s string, hints Hints) {
	for i := awsSecretLength - 1; i < len(s); i += awsSecretLength {
		if !is(s[i], base64) {
			continue
		}
		start, end := runStart(s, i, 0, base64), runEnd(s, i, base64)
		i = end
		// The equals sign of an assignment is not part of what is assigned.
		if eq := strings.LastIndexByte(s[start:max(start, end-awsSecretLength)], '='); eq >= 0 {
			start += eq + 1
		}
		if end-start != awsSecretLength {
			continue
		}
		if hints&HintSecret == 0 && !saysSecret(s[max(0, start-awsKeywordReach):start]) {
			continue
		}
		if entropy(s[start:end]) <= 4 {
			p.Rejected[AWSSecretKey]++
			continue
		}
		p.add(start, end, AWSSecretKey)
	}
}

// entropy returns the bits of information per byte of s, by how often each of
// its bytes occurs.
func entropy(s string) float64 {
	var counts [256]uint8
	for i := range len(s) {
		counts[s[i]]++
	}
	bits := 0.0
	for _, n := range counts {
		if n > 0 {
			f := float64(n) / float64(len(s))
			bits -= f * math.Log2(f)
		}
	}
	return bits
}
