package detect

import "strings"

const (
	minPhone, maxPhone = 8, 15
	minNationalPhone   = 7
)

// phones finds phone numbers: a plus and 8 to 15 digits that start with the
// code of a country. With the hint a number of 7 digits or more is enough.
func (p *Pass) phones(s string, hints Hints) {
	if hints&HintPhone != 0 {
		p.nationalPhones(s)
	}
	for from := 0; ; {
		i := strings.IndexByte(s[from:], '+')
		if i < 0 {
			return
		}
		start := from + i
		from = start + 1
		if !startsWord(s, start) {
			continue
		}
		end, digits := phoneEnd(s, from)
		if digits < minPhone || digits > maxPhone || at(s, end, alnum) {
			continue
		}
		if !isCountryCode(s[from:end]) {
			p.Rejected[Phone]++
			continue
		}
		p.add(start, end, Phone)
		from = end
	}
}

func (p *Pass) nationalPhones(s string) {
	for i := 0; i < len(s); i++ {
		if !is(s[i], digit) && s[i] != '(' {
			continue
		}
		end, digits := phoneEnd(s, i)
		if digits >= minNationalPhone && digits <= maxPhone && startsWord(s, i) && !at(s, end, alnum) {
			p.add(i, end, Phone)
		}
		i = max(i, end)
	}
}

// phoneEnd returns the end of the phone number that starts at i, and its
// digits. Between two of them there may be spaces, dashes, dots and
// parentheses, but no more than two at a time.
func phoneEnd(s string, i int) (end, digits int) {
	marks := 0
	end = i
	for ; i < len(s) && marks <= 2; i++ {
		switch {
		case is(s[i], digit):
			digits++
			marks = 0
			end = i + 1
		case s[i] == ' ', s[i] == '-', s[i] == '.', s[i] == '(', s[i] == ')':
			marks++
		default:
			return end, digits
		}
	}
	return end, digits
}

// isCountryCode reports whether the digits that s starts with are the code of
// a country, with a zone that the ITU has handed out.
func isCountryCode(s string) bool {
	first, second := byteAt(s, 0), byteAt(s, 1)
	switch first {
	case '1', '7':
		return true
	case '2':
		return strings.IndexByte("012345679", second) >= 0
	case '3', '4', '5', '6', '9':
		return is(second, digit)
	case '8':
		return strings.IndexByte("01234678", second) >= 0
	}
	return false
}
