package detect

import (
	"bytes"
	b64 "encoding/base64"
)

// jwtLength returns the length of the JSON web token that s starts with, or 0.
// A token has a header that names an algorithm, a payload, and as a rule a
// signature; without one it still tells who somebody is.
func jwtLength(s string) int {
	header := jwtPart(s, 0)
	if byteAt(s, header) != '.' || !namesAlgorithm(s[:header]) {
		return 0
	}
	end := jwtPart(s, header+1)
	if end == header+1 {
		return 0
	}
	for range 3 { // signed tokens have one part more, encrypted ones three
		if byteAt(s, end) != '.' {
			break
		}
		end = jwtPart(s, end+1)
	}
	return end
}

// jwtPart returns the end of the part that starts at i.
func jwtPart(s string, i int) int {
	for at(s, i, alnum) || byteAt(s, i) == '_' || byteAt(s, i) == '-' {
		i++
	}
	return i
}

// namesAlgorithm reports whether the part decodes to a JSON object with an
// "alg". Only the first 384 bytes are looked at.
func namesAlgorithm(part string) bool {
	var in [512]byte
	var out [384]byte
	n := copy(in[:], part) &^ 3
	if n < len(part) && len(part) <= len(in) {
		n = len(part)
	}
	decoded, err := b64.RawURLEncoding.Decode(out[:], in[:n])
	return err == nil && bytes.Contains(out[:decoded], []byte(`"alg"`))
}
