package detect

// Classes of bytes, as bits of classes.
const (
	digit = 1 << iota
	upper
	lower
	hexLetter
	tokenMark  // what tokens hold beside letters and digits: _ - .
	base64Mark // what base64 holds beside letters and digits: + / =
	localMark  // what the local part of an email address holds beside: . _ % + - '
	nonASCII

	letter    = upper | lower
	alnum     = letter | digit
	tokenByte = alnum | tokenMark
	hexByte   = digit | hexLetter
	base64    = alnum | base64Mark
	localByte = alnum | localMark | nonASCII
)

var classes = func() (t [256]uint8) {
	for b := range 256 {
		switch {
		case b >= '0' && b <= '9':
			t[b] = digit
		case b >= 'A' && b <= 'Z':
			t[b] = upper
		case b >= 'a' && b <= 'z':
			t[b] = lower
		case b >= 0x80:
			t[b] = nonASCII
		}
		switch {
		case b >= 'A' && b <= 'F', b >= 'a' && b <= 'f':
			t[b] |= hexLetter
		}
	}
	mark := func(bytes string, class uint8) {
		for i := range len(bytes) {
			t[bytes[i]] |= class
		}
	}
	mark("_-.", tokenMark)
	mark("+/=", base64Mark)
	mark("._%+-'", localMark)
	return t
}()

// is reports whether b is of one of the classes.
func is(b byte, class uint8) bool { return classes[b]&class != 0 }

// at reports whether there is a byte i in s, and it is of one of the classes.
func at(s string, i int, class uint8) bool {
	return uint(i) < uint(len(s)) && classes[s[i]]&class != 0
}

// byteAt returns byte i of s, or 0 if there is none.
func byteAt(s string, i int) byte {
	if uint(i) < uint(len(s)) {
		return s[i]
	}
	return 0
}

// runEnd returns the end of the run of bytes of these classes at i.
func runEnd(s string, i int, class uint8) int {
	for i < len(s) && classes[s[i]]&class != 0 {
		i++
	}
	return i
}

// runStart returns the start of the run of bytes of these classes that ends
// before i, not looking before floor.
func runStart(s string, i, floor int, class uint8) int {
	for i > floor && classes[s[i-1]]&class != 0 {
		i--
	}
	return i
}

// hasRun reports whether n bytes in a row are of these classes. It reads one byte in
// n of most text.
func hasRun(s string, n int, class uint8) bool {
	for i := n - 1; i < len(s); i += n {
		if !is(s[i], class) {
			continue
		}
		end := runEnd(s, i, class)
		if end-runStart(s, i, i-n+1, class) >= n {
			return true
		}
		i = end
	}
	return false
}

// startsWord reports whether a word can start at i: what comes before is no
// letter or digit, but for those of an escape (%3D, \n).
func startsWord(s string, i int) bool {
	return !at(s, i-1, alnum) || escapeEnds(s, i)
}

// escapeEnds reports whether a percent or backslash escape ends before i.
func escapeEnds(s string, i int) bool {
	if i >= 3 && s[i-3] == '%' && is(s[i-2], hexByte) && is(s[i-1], hexByte) {
		return true
	}
	if i >= 2 && s[i-2] == '\\' {
		switch s[i-1] {
		case 'n', 'r', 't', 'b', 'f':
			return true
		}
	}
	return false
}

// digitsStart returns where the number begins that a run of digits at i seems
// to be: behind the digits that belong to a percent escape.
func digitsStart(s string, i int) int {
	switch {
	case byteAt(s, i-1) == '%':
		return i + 2
	case byteAt(s, i-2) == '%' && at(s, i-1, hexLetter):
		return i + 1
	}
	return i
}

// equalFold reports whether s is lowerCase, which is in lower case, in any case.
func equalFold(s, lowerCase string) bool {
	return len(s) == len(lowerCase) && hasFoldPrefix(s, lowerCase)
}

// hasFoldPrefix reports whether s starts with lowerCase, which is in lower
// case, in any case.
func hasFoldPrefix(s, lowerCase string) bool {
	if len(s) < len(lowerCase) {
		return false
	}
	for i := range len(lowerCase) {
		b := s[i]
		if is(b, upper) {
			b |= 0x20
		}
		if b != lowerCase[i] {
			return false
		}
	}
	return true
}
