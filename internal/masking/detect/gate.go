package detect

import "strings"

// minText is the length of the shortest text that a built-in detector finds
// something in, but for literals in queries: /k/v.
const minText = 4

// Sets of detectors that the screen decides about together.
const (
	setSSN        = Set(1) << USSSN
	setIBAN       = Set(1) << IBAN
	setCard       = Set(1) << CreditCard
	setPhone      = Set(1) << Phone
	setTokens     = Set(1)<<JWT | 1<<AWSAccessKeyID | 1<<APIToken
	setPEM        = Set(1) << PrivateKey
	setAWSSecret  = Set(1) << AWSSecretKey
	setEmail      = Set(1) << Email
	setIPv4       = Set(1) << IPv4
	setIPv6       = Set(1) << IPv6
	setMAC        = Set(1) << MAC
	setAuth       = Set(1)<<BearerAuth | 1<<BasicAuth
	setAssigned   = Set(1)<<URLQuerySecret | 1<<SQLField
	setPath       = Set(1) << PathSegment
	setSQLLiteral = Set(1) << SQLLiteral
	setUserinfo   = Set(1) << URLUserinfo
	setJSON       = Set(1) << JSONField
	setNational   = Set(1)<<(UKNHS+1) - Set(1)<<BRCPF
	setMarked     = setEmail | setUserinfo | setPhone
	// setConfirmed are those that confirm looks at.
	setConfirmed = setAuth | setMarked | setIBAN | setAWSSecret
)

// possible returns the detectors that could match a text of n bytes with this
// shape. It may name too many, never too few.
func (sh shape) possible(n int) Set {
	// Queries have literals, and users' keys of paths are few.
	set := setSQLLiteral | setPath
	if sh.count(digitCount) >= 4 {
		set |= sh.numbers(n)
	}
	if sh.hasLongWord() {
		set |= setTokens
	}
	if sh.any(markCount) && sh.any(dotCount) {
		set |= setEmail
	}
	if sh.any(equalsCount) {
		set |= setAssigned
	}
	if sh.any(spaceCount) {
		set |= setAuth
	}
	if sh.any(colonCount) {
		set |= sh.withColon()
	}
	if sh.count(dashCount) >= 5 {
		set |= setMAC
		if sh.count(dashCount) >= 10 {
			set |= setPEM
		}
	}
	if n >= awsSecretLength {
		set |= setAWSSecret
	}
	return set
}

// numbers returns the detectors of what has four digits or more.
func (sh shape) numbers(n int) Set {
	var s Set
	if sh.count(dotCount) >= 3 {
		s |= setIPv4
	}
	if sh.count(digitCount) < minNationalID {
		return s
	}
	s |= setSSN | setNational
	if n >= minIBAN {
		s |= setIBAN
	}
	if sh.count(digitCount) >= minCard {
		s |= setCard
	}
	if sh.any(markCount) {
		s |= setPhone
	}
	return s
}

// withColon returns the detectors of text with a colon.
func (sh shape) withColon() Set {
	var s Set
	if sh.any(markCount) {
		s |= setUserinfo
	}
	if sh.any(quoteCount) {
		s |= setJSON
	}
	if sh.count(colonCount) >= 2 && sh.any(digitCount) {
		s |= setIPv6
	}
	if sh.count(colonCount) >= 5 {
		s |= setMAC
	}
	return s
}

// hinted returns the detectors that hints make possible in a text with so many
// digits.
func hinted(hints Hints, digits int) Set {
	var s Set
	if hints&HintPhone != 0 && digits >= minNationalPhone {
		s |= setPhone
	}
	if hints&HintSSN != 0 && digits >= 9 {
		s |= setSSN
	}
	return s
}

// confirm takes from the possible detectors those that miss what screens do not
// tell apart: one byte of several, or many bytes.
func confirm(s string, possible Set, hints Hints) Set {
	if possible.hasAny(setAuth) && !hasScheme(s) {
		possible &^= setAuth
	}
	if possible.hasAny(setMarked) {
		possible = confirmMarks(s, possible, hints)
	}
	if possible.hasAny(setIBAN) {
		if _, n := nextIBAN(s, 0); n == 0 {
			possible &^= setIBAN
		}
	}
	if possible.hasAny(setAWSSecret) && (!hasRun(s, awsSecretLength, base64) || hints&HintSecret == 0 && !saysSecret(s)) {
		possible &^= setAWSSecret
	}
	return possible
}

// confirmMarks is confirm for what needs an at sign or a plus.
func confirmMarks(s string, possible Set, hints Hints) Set {
	if possible.hasAny(setPhone) && hints&HintPhone == 0 && (strings.IndexByte(s, '+') < 0 || countDigits(s) < minPhone) {
		possible &^= setPhone
	}
	if possible.hasAny(setEmail|setUserinfo) && strings.IndexByte(s, '@') < 0 {
		possible &^= setUserinfo
		if strings.IndexByte(s, '%') < 0 {
			possible &^= setEmail
		}
	}
	return possible
}

// hasScheme reports whether s holds bearer or basic, in any case.
func hasScheme(s string) bool {
	for _, b := range [2]byte{'b', 'B'} {
		for from := 0; ; {
			i := strings.IndexByte(s[from:], b)
			if i < 0 {
				break
			}
			from += i + 1
			if rest := s[from:]; len(rest) >= len("asic") && (hasFoldPrefix(rest, "earer") || hasFoldPrefix(rest, "asic")) {
				return true
			}
		}
	}
	return false
}

// saysSecret reports whether s holds, in any case, a word for a secret key: aws
// or secret.
func saysSecret(s string) bool {
	return holdsFold(s, 'w', "aws", 1) || holdsFold(s, 'c', "secret", 2)
}

// holdsFold reports whether s holds word, which is in lower case, in any case.
// rare is the letter of word, at this offset, to look for.
func holdsFold(s string, rare byte, word string, offset int) bool {
	for _, b := range [2]byte{rare, rare &^ 0x20} {
		for from := 0; ; {
			i := strings.IndexByte(s[from:], b)
			if i < 0 {
				break
			}
			from += i + 1
			if start := from - 1 - offset; start >= 0 && hasFoldPrefix(s[start:], word) {
				return true
			}
		}
	}
	return false
}
