package detect

// minRun is the length of the shortest token: an AWS access key ID.
const minRun = 20

// tokens finds what is long and without spaces: JSON web tokens, AWS access key
// IDs and the tokens of tokenRules.
func (p *Pass) tokens(s string, set Set) {
	for start, end := nextRun(s, 0); end > 0; start, end = nextRun(s, end) {
		for i := start; i+minRun <= end; i++ {
			if !startsToken(s, i) {
				continue
			}
			if n := p.tokenAt(s[i:end], i, set); n > 0 {
				i += n - 1
			}
		}
	}
}

// hasToken reports whether there may be a token in s: three bytes that start
// one, or seem to, where a word can start, and as many bytes as a token has.
func hasToken(s string) bool {
	for i := 0; i <= len(s)-minRun; i++ {
		if h := tripleHash(load32(s[i:])); tokenTriples[h>>6]>>(h&63)&1 != 0 &&
			startsWord(s, i) && runEnd(s[:i+minRun], i, tokenByte) == i+minRun {
			return true
		}
	}
	return false
}

// nextRun returns the next run of minRun bytes or more that can be part of a
// token, and 0 for its end if there is none. It reads one byte in minRun of most
// text. There is no such byte at from, or it is 0.
func nextRun(s string, from int) (start, end int) {
	for i := from + minRun - 1; i < len(s); i += minRun {
		if !is(s[i], tokenByte) {
			continue
		}
		start, end = runStart(s, i, from, tokenByte), runEnd(s, i, tokenByte)
		if end-start >= minRun {
			return start, end
		}
		i = end
	}
	return 0, 0
}

// startsToken reports whether the two bytes at i start a token, by themselves,
// where a word can start.
func startsToken(s string, i int) bool {
	return tokenPairs[s[i]]>>(s[i+1]&63)&1 != 0 && startsWord(s, i)
}

// tripleHash maps the lower three bytes of x to one of 64 times 64 places.
func tripleHash(x uint32) uint32 { return x << 8 * 0x9e3779b1 >> 20 }

// tokenAt returns the length of the token that s starts with, or 0. It is at
// the offset in the text, and at least minRun bytes long.
func (p *Pass) tokenAt(s string, offset int, set Set) int {
	if set.Has(JWT) && s[:3] == "eyJ" {
		if n := jwtLength(s); n > 0 {
			p.add(offset, offset+n, JWT)
			return n
		}
		p.Rejected[JWT]++
	}
	if s[0] == 'A' && set.Has(AWSAccessKeyID) && isAccessKeyID(s) {
		p.add(offset, offset+accessKeyIDLength, AWSAccessKeyID)
		return accessKeyIDLength
	}
	if set.Has(APIToken) {
		return p.ruledToken(s, offset)
	}
	return 0
}

// ruledToken is tokenAt for tokenRules.
func (p *Pass) ruledToken(s string, offset int) int {
	for _, i := range tokenRulesBy[s[0]] {
		r := &tokenRules[i]
		if len(s) < len(r.prefix)+r.least || s[:len(r.prefix)] != r.prefix {
			continue
		}
		n := len(r.prefix)
		for n < len(s) && r.body(s[n]) {
			n++
		}
		switch {
		case n < len(r.prefix)+r.least:
		case r.check != nil && !r.check(s[len(r.prefix):n]):
			p.Rejected[APIToken]++
		default:
			p.add(offset, offset+n, APIToken)
			return n
		}
	}
	return 0
}

const accessKeyIDLength = 20

// isAccessKeyID reports whether s starts with the ID of an AWS access key.
func isAccessKeyID(s string) bool {
	if len(s) < accessKeyIDLength || at(s, accessKeyIDLength, alnum) {
		return false
	}
	switch s[:4] {
	case "AKIA", "ASIA", "ABIA", "ACCA":
	default:
		return false
	}
	for i := 4; i < accessKeyIDLength; i++ {
		if !is(s[i], upper) && (s[i] < '2' || s[i] > '7') {
			return false
		}
	}
	return true
}

var (
	// tokenPairs holds for each first byte of a token the second ones that there
	// are, as bits, modulo 64.
	tokenPairs [256]uint64
	// tokenTriples holds the hashes of the first three bytes, as bits.
	tokenTriples [64]uint64
	tokenRulesBy [256][]int // by first byte
)

// tokenPrefixes returns how tokens start: with three ASCII characters or more, a
// letter first.
func tokenPrefixes() []string {
	prefixes := []string{"eyJ", "AKIA", "ASIA", "ABIA", "ACCA"}
	for _, r := range tokenRules {
		prefixes = append(prefixes, r.prefix)
	}
	return prefixes
}

func init() {
	add := func(prefix string) {
		tokenPairs[prefix[0]] |= 1 << (prefix[1] & 63)
		h := tripleHash(uint32(prefix[0]) | uint32(prefix[1])<<8 | uint32(prefix[2])<<16)
		tokenTriples[h>>6] |= 1 << (h & 63)
	}
	for _, prefix := range tokenPrefixes() {
		add(prefix)
	}
	for i, r := range tokenRules {
		tokenRulesBy[r.prefix[0]] = append(tokenRulesBy[r.prefix[0]], i)
	}
}
