package detect

import (
	b64 "encoding/base64"
	"strings"
)

// auth finds the credentials behind the name of an HTTP authentication scheme,
// which is in lower case here and in any case in the text. The credentials
// alone are the finding.
func (p *Pass) auth(s, scheme string, id ID) {
	for _, first := range [2]byte{scheme[0], scheme[0] &^ 0x20} {
		for from := 0; ; {
			i := strings.IndexByte(s[from:], first)
			if i < 0 {
				break
			}
			start := from + i
			from = start + 1
			if !hasFoldPrefix(s[start:], scheme) || !startsWord(s, start) {
				continue
			}
			if end := p.credentials(s, start+len(scheme), id); end > 0 {
				from = end
			}
		}
	}
}

// credentials looks at what follows a scheme that ends before i.
func (p *Pass) credentials(s string, i int, id ID) int {
	start := i
	for byteAt(s, start) == ' ' {
		start++
	}
	if start == i {
		return 0
	}
	end := start
	for at(s, end, base64) || at(s, end, tokenMark) || byteAt(s, end) == '~' {
		end++
	}
	if end == start {
		return 0
	}
	ok := false
	if id == BasicAuth {
		ok = isUserAndPassword(s[start:end])
	} else {
		ok = isOpaque(s[start:end])
	}
	if !ok {
		p.Rejected[id]++
		return 0
	}
	p.add(start, end, id)
	return end
}

// isOpaque tells a token from the word that follows "bearer" in a sentence.
func isOpaque(s string) bool {
	const least, wordy = 8, 24
	if len(s) < least {
		return false
	}
	if len(s) >= wordy {
		return true
	}
	for i := range len(s) {
		if is(s[i], digit) {
			return true
		}
	}
	return false
}

// isUserAndPassword reports whether s is base64 of text with a colon, as far
// as its first 384 bytes.
func isUserAndPassword(s string) bool {
	var in [512]byte
	var out [384]byte
	s = strings.TrimRight(s, "=")
	n := copy(in[:], s)
	for i := range n { // either alphabet
		switch in[i] {
		case '-':
			in[i] = '+'
		case '_':
			in[i] = '/'
		}
	}
	if n%4 == 1 {
		n--
	}
	decoded, err := b64.RawStdEncoding.Decode(out[:], in[:n])
	if err != nil {
		return false
	}
	colon := false
	for _, b := range out[:decoded] {
		if b < 0x20 || b == 0x7f {
			return false
		}
		colon = colon || b == ':'
	}
	return colon
}
