package detect

import "strings"

const (
	minCard = 13
	maxCard = 19
)

// cards finds payment card numbers: 13 to 19 digits, plain or in the groups
// that are printed on cards, of a known issuer, with a right check digit.
func (p *Pass) cards(s string) {
	// Each form begins with four digits in a row, so one byte in four tells.
	const step = 4
	end := 0
	for i := step - 1; i < len(s); i = end + step - 1 {
		if !is(s[i], digit) {
			end = i + 1
			continue
		}
		start := runStart(s, i, end, digit)
		end = runEnd(s, i, digit)
		start = digitsStart(s, start)
		if start < end && startsNumber(s, start) {
			if e := p.card(s, start, end); e > end {
				end = e
			}
		}
	}
}

// startsNumber reports whether a number can start at i: what comes before is
// no letter or digit and no decimal point with a digit before it.
func startsNumber(s string, i int) bool {
	return startsWord(s, i) && (byteAt(s, i-1) != '.' || !at(s, i-2, digit))
}

// card looks at the number that starts with the run of digits from start to
// end. It returns the end of the card if there is one, or 0.
func (p *Pass) card(s string, start, end int) int {
	var buf [maxCard]byte
	n := end - start
	switch {
	case n >= minCard && n <= maxCard:
		copy(buf[:], s[start:end])
	case n == 4:
		if n, end = cardGroups(&buf, s, start); n == 0 {
			return 0
		}
	default:
		return 0
	}
	if at(s, end, alnum) || !issued(buf[:n]) {
		return 0
	}
	if !luhn(buf[:n]) {
		p.Rejected[CreditCard]++
		return 0
	}
	p.add(start, end, CreditCard)
	return end
}

// cardGroups reads a number in groups: four of 4 digits, with up to 3 digits
// more, or 4, 6 and 4 or 5. One space, dash, dot or plus stands between
// them, the same each time. It returns the number of digits and the end, or 0.
func cardGroups(buf *[maxCard]byte, s string, start int) (n, end int) {
	separator := byteAt(s, start+4)
	if strings.IndexByte(" -.+", separator) < 0 {
		return 0, 0
	}
	groups := 0
	for i := start; ; {
		e := runEnd(s, i, digit)
		size := e - i
		if size == 0 || n+size > maxCard {
			break
		}
		if !fitsCard(size, groups, n) {
			break
		}
		copy(buf[n:], s[i:e])
		n += size
		groups++
		end = e
		if byteAt(s, e) != separator {
			break
		}
		i = e + 1
	}
	if n < minCard {
		return 0, 0
	}
	return n, end
}

// fitsCard reports whether a group of so many digits can follow groups with n
// digits.
func fitsCard(size, groups, n int) bool {
	switch {
	case groups == 4:
		return n == 16 && size <= 3
	case groups == 1 && size == 6:
		return true
	case groups == 2 && n == 10:
		return size == 4 || size == 5
	}
	return size == 4 && n%4 == 0
}

// issuers are the ranges of the first four digits that cards have, with the
// lengths of their numbers as bits.
var issuers = []struct{ low, high, lengths int }{
	{2200, 2204, sixteenUp},             // Mir
	{2221, 2720, 1 << 16},               // Mastercard
	{3000, 3059, 1<<14 | sixteenUp},     // Diners Club
	{3400, 3499, 1 << 15},               // American Express
	{3528, 3589, sixteenUp},             // JCB
	{3600, 3699, 1<<14 | sixteenUp},     // Diners Club
	{3700, 3799, 1 << 15},               // American Express
	{3800, 3999, 1<<14 | sixteenUp},     // Diners Club
	{4000, 4999, 1<<13 | 1<<16 | 1<<19}, // Visa
	{5000, 5099, sixteenUp},             // Maestro
	{5100, 5599, 1 << 16},               // Mastercard
	{5600, 5899, sixteenUp},             // Maestro
	{6000, 6099, sixteenUp},             // Discover, RuPay
	{6200, 6599, sixteenUp},             // UnionPay, Maestro, Discover
	{6700, 6799, sixteenUp},             // Maestro
}

const sixteenUp = 1<<16 | 1<<17 | 1<<18 | 1<<19

// issued reports whether the digits can be the number of a card, by the
// issuer's range and its lengths.
func issued(d []byte) bool {
	prefix := 0
	for _, b := range d[:4] {
		prefix = 10*prefix + int(b-'0')
	}
	for _, i := range issuers {
		if prefix >= i.low && prefix <= i.high {
			return i.lengths>>len(d)&1 != 0
		}
	}
	return false
}
