package detect

// shape is what the screen learns of a text: how often some bytes occur, and
// which other bytes occur at all.
type shape struct {
	digits, dots, colons, dashes int
	present                      uint32
}

// Presence bits, in the upper half of a screen table's entry.
const (
	hasAt = 1 << iota
	hasPercent
	hasPlus
	hasEquals
	hasQuote // "
	hasSlash
	hasSpace
	hasB // b, B
	hasApostrophe
)

// screenTable holds for each byte its counters, 8 bits each, in the lower half
// and its presence bits in the upper one.
var screenTable = func() (t [256]uint64) {
	for b := range 256 {
		if is(byte(b), digit) {
			t[b] = 1
		}
	}
	t['.'] |= 1 << 8
	t[':'] |= 1 << 16
	t['-'] |= 1 << 24
	for b, bit := range map[byte]uint32{
		'@': hasAt, '%': hasPercent, '+': hasPlus, '=': hasEquals, '"': hasQuote, '/': hasSlash, ' ': hasSpace,
		'b': hasB, 'B': hasB, '\'': hasApostrophe,
	} {
		t[b] |= uint64(bit) << 32
	}
	return t
}()

// screenBlock is how many bytes a counter of 8 bits can take.
const screenBlock = 255

// look reads every byte of s once.
func look(s string) shape {
	if len(s) <= screenBlock {
		return newShape(lookBlock(s))
	}
	var sh shape
	for len(s) > screenBlock {
		sh.add(newShape(lookBlock(s[:screenBlock])))
		s = s[screenBlock:]
	}
	sh.add(newShape(lookBlock(s)))
	return sh
}

// lookBlock returns the counters of s, in the lower half of the first number,
// and its presence bits, in the upper half of the second. s has at most
// screenBlock bytes.
func lookBlock(s string) (sum, seen uint64) {
	// Two chains of additions keep the processor busier than one.
	var sum2, seen2 uint64
	for len(s) >= 8 {
		a, b, c, d := screenTable[s[0]], screenTable[s[1]], screenTable[s[2]], screenTable[s[3]]
		e, f, g, h := screenTable[s[4]], screenTable[s[5]], screenTable[s[6]], screenTable[s[7]]
		sum += a + b + (c + d)
		sum2 += e + f + (g + h)
		seen |= a | b | (c | d)
		seen2 |= e | f | (g | h)
		s = s[8:]
	}
	for i := range len(s) {
		a := screenTable[s[i]]
		sum += a
		seen |= a
	}
	return sum + sum2, seen | seen2
}

func newShape(sum, seen uint64) shape {
	return shape{
		digits: int(uint8(sum)), dots: int(uint8(sum >> 8)), colons: int(uint8(sum >> 16)), dashes: int(uint8(sum >> 24)),
		present: uint32(seen >> 32),
	}
}

func (sh *shape) add(o shape) {
	sh.digits += o.digits
	sh.dots += o.dots
	sh.colons += o.colons
	sh.dashes += o.dashes
	sh.present |= o.present
}

// has reports whether all of these bits are present.
func (sh *shape) has(bits uint32) bool { return sh.present&bits == bits }

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
)

// possible returns the detectors that could match s, which has this shape. It
// may name too many, never too few.
func (sh *shape) possible(s string) Set {
	set := setSQLLiteral // wanted for queries alone, and they have literals
	n := len(s)
	if sh.digits >= 7 {
		set |= sh.numbers(n)
	}
	if n >= minRun {
		if hasTokenRun(s) {
			set |= setTokens
		}
		if sh.dashes >= 10 {
			set |= setPEM
		}
		if n >= awsSecretLength {
			set |= setAWSSecret
		}
	}
	if sh.dots >= 3 && sh.digits >= 4 {
		set |= setIPv4
	}
	if sh.colons >= 1 {
		set |= sh.withColon()
	}
	if sh.dashes >= 5 {
		set |= setMAC
	}
	if sh.has(hasSpace | hasB) {
		set |= setAuth
	}
	present := sh.present
	if present&(hasAt|hasPercent) != 0 && sh.dots >= 1 {
		set |= setEmail
	}
	if present&hasEquals != 0 {
		set |= setAssigned
	}
	if present&hasSlash != 0 {
		set |= setPath
	}
	return set
}

// numbers returns the detectors of numbers with seven digits or more.
func (sh *shape) numbers(n int) Set {
	s := setSSN | nationalIDs
	if n >= minIBAN {
		s |= setIBAN
	}
	if sh.digits >= minCard {
		s |= setCard
	}
	if sh.has(hasPlus) {
		s |= setPhone
	}
	return s
}

// withColon returns the detectors of text with a colon.
func (sh *shape) withColon() Set {
	var s Set
	if sh.has(hasSlash | hasAt) {
		s |= setUserinfo
	}
	if sh.present&(hasQuote|hasApostrophe) != 0 {
		s |= setJSON
	}
	if sh.colons >= 2 && sh.digits > 0 {
		s |= setIPv6
	}
	if sh.colons >= 5 {
		s |= setMAC
	}
	return s
}
