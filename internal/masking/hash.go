package masking

import (
	"crypto/hmac"
	"crypto/sha256"
	b64 "encoding/base64"
	"hash"
	"strings"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/detect"
)

// HashKey is a key of HMAC-SHA-256.
type HashKey struct {
	// ID stands in each hash, so that one can tell which key made it: letters,
	// digits, dashes.
	ID string
	// Secret is at least MinSecret bytes.
	Secret []byte
}

const (
	// MinSecret is the least length of a key's secret in bytes.
	MinSecret = 32

	hashPrefix = "hmac:"
	hashBytes  = 16
	hashText   = 22 // of hashBytes in base64 without padding
)

// hasher is one goroutine's state of the active key.
type hasher struct {
	mac hash.Hash
	sum [sha256.Size]byte
	buf []byte
}

func newHasher(key HashKey) *hasher { return &hasher{mac: hmac.New(sha256.New, key.Secret)} }

// appendHash appends hmac:<key id>:<hash>. The hash is of the detector's name
// and the finding in its normal form: the same card number gives the same hash
// with and without spaces. With keepDomain the domain of an email address
// follows.
func (w *worker) appendHash(buf []byte, text string, id detect.ID, keepDomain bool) []byte {
	if w.hasher == nil {
		w.hasher = newHasher(w.policy.keys[0])
	}
	h := w.hasher
	h.buf = append(append(h.buf[:0], w.policy.names[id]...), 0)
	h.buf = appendNormal(h.buf, text, id)
	h.mac.Reset()
	h.mac.Write(h.buf)
	sum := h.mac.Sum(h.sum[:0])
	buf = append(append(append(buf, hashPrefix...), w.policy.keys[0].ID...), ':')
	buf = b64.RawURLEncoding.AppendEncode(buf, sum[:hashBytes])
	if at := strings.LastIndexByte(text, '@'); keepDomain && id == detect.Email && at >= 0 {
		buf = append(append(buf, '*'), text[at:]...)
	}
	return buf
}

// appendNormal appends the finding as it is hashed: without separators where
// people group digits, in lower case where case means nothing.
func appendNormal(buf []byte, text string, id detect.ID) []byte {
	grouped := id == detect.CreditCard || id == detect.IBAN || id == detect.Phone || id >= detect.USSSN && id <= detect.UKNHS
	if !grouped && id != detect.Email {
		return append(buf, text...)
	}
	for i := range len(text) {
		b := text[i]
		switch {
		case b >= 'A' && b <= 'Z':
			b |= 0x20
		case grouped && (b < '0' || b > '9') && (b < 'a' || b > 'z'):
			continue
		}
		buf = append(buf, b)
	}
	return buf
}

// isHash reports whether text is a hash by one of the keys, and nothing else.
func (p *Policy) isHash(text string) bool {
	rest, ok := strings.CutPrefix(text, hashPrefix)
	if !ok {
		return false
	}
	for _, key := range p.keys {
		tail, ok := strings.CutPrefix(rest, key.ID)
		if ok && len(tail) == 1+hashText && tail[0] == ':' && isBase64(tail[1:]) {
			return true
		}
	}
	return false
}

func isBase64(s string) bool {
	for i := range len(s) {
		b := s[i]
		if (b < '0' || b > '9') && (b|0x20 < 'a' || b|0x20 > 'z') && b != '-' && b != '_' {
			return false
		}
	}
	return true
}
