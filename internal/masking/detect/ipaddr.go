package detect

import "strings"

// ipv4s finds IPv4 addresses: four numbers up to 255 that are not part of a
// longer series and not a version behind a slash, as in Chrome/126.0.0.0.
func (p *Pass) ipv4s(s string) {
	for from := 0; ; {
		dot := strings.IndexByte(s[from:], '.')
		if dot < 0 {
			return
		}
		dot += from
		start := runStart(s, dot, from, digit)
		from = dot + 1
		if start == dot {
			continue
		}
		if escaped := digitsStart(s, start); escaped < dot {
			start = escaped
		}
		end := dottedQuad(s, start)
		switch {
		case end == 0:
			// Skip the numbers that were looked at; what follows may be an address.
		case !ipv4Bounds(s, start, end):
			p.Rejected[IPv4]++
			for from = end; from < len(s) && (is(s[from], digit) || s[from] == '.'); {
				from++
			}
		default:
			p.add(start, end, IPv4)
			from = end
		}
	}
}

// dottedQuad returns the end of the four numbers at i, or 0.
func dottedQuad(s string, i int) int {
	for part := range 4 {
		v, start := 0, i
		for ; at(s, i, digit) && i-start < 3; i++ {
			v = 10*v + int(s[i]-'0')
		}
		if i == start || v > 255 || at(s, i, digit) {
			return 0
		}
		if part == 3 {
			return i
		}
		if byteAt(s, i) != '.' {
			return 0
		}
		i++
	}
	return 0
}

func ipv4Bounds(s string, start, end int) bool {
	switch before := byteAt(s, start-1); {
	case !startsNumber(s, start):
		return false
	case before == '/' && isProduct(s, start-1):
		return false
	}
	return !at(s, end, alnum) && (byteAt(s, end) != '.' || !at(s, end+1, digit))
}

// isProduct reports whether what stands before the slash at i is the name of a
// product, as in a user agent, and not the segment of a path.
func isProduct(s string, i int) bool {
	start := runStart(s, i, 0, tokenByte)
	return start < i && byteAt(s, start-1) != '/'
}

// colonAddresses finds IPv6 and MAC addresses.
func (p *Pass) colonAddresses(s string, set Set) {
	if set.Has(MAC) {
		p.macs(s, '-')
		p.macs(s, ':')
	}
	if !set.Has(IPv6) {
		return
	}
	for from := 0; ; {
		colon := strings.IndexByte(s[from:], ':')
		if colon < 0 {
			return
		}
		colon += from
		start := runStart(s, colon, from, hexByte)
		end := colon
		for end < len(s) && (is(s[end], hexByte) || s[end] == ':' || s[end] == '.') {
			end++
		}
		from = end
		p.ipv6(s, start, end)
	}
}

// ipv6 looks at a run of hexadecimal digits, colons and dots.
func (p *Pass) ipv6(s string, start, end int) {
	start = digitsStart(s, start)
	// A name before the address, as in addr:2001:db8::1, may end like one.
	for start < end && !startsWord(s, start) {
		start = runEnd(s, start, hexByte) + 1
	}
	if start >= end {
		return
	}
	if at(s, end, alnum) { // a name behind it, as in 2001:db8::1:https
		end = max(start, strings.LastIndexByte(s[:end], ':'))
	}
	// Punctuation behind an address is not part of it.
	for end > start && (s[end-1] == '.' || s[end-1] == ':' && byteAt(s, end-2) != ':') {
		end--
	}
	// As in time="::1": punctuation before an address is not part of it either.
	if byteAt(s, start) == ':' && byteAt(s, start+1) != ':' {
		start++
	}
	if start >= end {
		return
	}
	text := s[start:end]
	if !strings.Contains(text, "::") && strings.Count(text, ":") < 6 {
		return
	}
	if !isIPv6(text) {
		p.Rejected[IPv6]++
		return
	}
	p.add(start, end, IPv6)
}

// minIPv6 is the length of the shortest IPv6 address that is found: fe80::.
const minIPv6 = 6

// isIPv6 reports whether s is an IPv6 address with a digit in it and as long as
// those that people have, unlike that of the loopback.
func isIPv6(s string) bool {
	groups, digits, gaps := 0, 0, 0
	for rest := s; rest != ""; {
		switch {
		case strings.HasPrefix(rest, "::"):
			gaps++
			rest = rest[2:]
			continue
		case rest[0] == ':':
			if len(rest) == len(s) || len(rest) == 1 {
				return false // at the start or the end
			}
			rest = rest[1:]
		}
		n := runEnd(rest, 0, hexByte)
		if byteAt(rest, n) == '.' { // an IPv4 address at the end
			if dottedQuad(rest, 0) != len(rest) {
				return false
			}
			groups, digits = groups+2, digits+1
			break
		}
		if n == 0 || n > 4 {
			return false
		}
		digits += countDigits(rest[:n])
		groups++
		rest = rest[n:]
	}
	return digits > 0 && len(s) >= minIPv6 && fillsIPv6(groups, gaps)
}

// fillsIPv6 reports whether an address can have so many groups and gaps.
func fillsIPv6(groups, gaps int) bool {
	return gaps == 0 && groups == 8 || gaps == 1 && groups >= 1 && groups <= 7
}

func countDigits(s string) (n int) {
	for i := range len(s) {
		if is(s[i], digit) {
			n++
		}
	}
	return n
}

// macs finds MAC addresses: six to eight pairs of hexadecimal digits with the
// separator between them, not all the same. (Eight are an EUI-64, and before six
// there may be a label like "ad:".) Longer series are fingerprints.
func (p *Pass) macs(s string, separator byte) {
	const least, most = 6*3 - 1, 8*3 - 1
	for from := 0; ; {
		i := strings.IndexByte(s[from:], separator)
		if i < 0 {
			return
		}
		start := from + i - 2
		from += i + 1
		if start < 0 || !isPair(s, start) || at(s, start-1, alnum) && !escapeEnds(s, start) {
			continue
		}
		end := start + 2
		for byteAt(s, end) == separator && isPair(s, end+1) && !at(s, end+3, alnum) {
			end += 3
		}
		from = max(from, end)
		switch {
		case end-start < least:
		case end-start > most, s[start:end-3] == s[start+3:end]: // all pairs are the same
			p.Rejected[MAC]++
		default:
			p.add(start, end, MAC)
		}
	}
}

// isPair reports whether there are two hexadecimal digits at i.
func isPair(s string, i int) bool { return at(s, i, hexByte) && at(s, i+1, hexByte) }
