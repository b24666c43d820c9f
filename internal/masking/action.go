package masking

import (
	"net/netip"
	"strings"
	"unicode/utf8"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/detect"
)

// Kind is what to do with a finding.
type Kind uint8

// The kinds of actions.
const (
	// Mask puts a fixed text in the finding's place.
	Mask Kind = iota
	// Partial replaces letters and digits by stars, but for the first and last
	// ones.
	Partial
	// TruncateIP clears the last bits of an IP address.
	TruncateIP
	// Hash puts a keyed hash in the finding's place.
	Hash
	// DropAttribute removes the attribute that holds the finding.
	DropAttribute
	// DropRecord removes the record that holds the finding. Of a span the
	// skeleton stays: ids, kind, times and status code.
	DropRecord
	// Tag counts and leaves the finding as it is.
	Tag
	kinds // their number
)

var kindNames = [kinds]string{"mask", "partial", "truncate_ip", "hash", "drop_attribute", "drop_record", "tag"}

// String returns the kind's name in configurations and metrics.
func (k Kind) String() string { return kindNames[k] }

// KindByName returns the kind of this name. It returns false if there is none.
func KindByName(name string) (Kind, bool) {
	for k, n := range kindNames {
		if n == name {
			return Kind(k), true
		}
	}
	return 0, false
}

// KindNames returns the names of all kinds.
func KindNames() []string { return kindNames[:] }

// Action is a kind with its parameters.
type Action struct {
	Kind Kind
	// KeepFirst and KeepLast are the letters and digits that Partial leaves. If
	// they are more than half of them, it leaves none.
	KeepFirst, KeepLast int
	// KeepDomain makes Hash and Partial leave the domain of email addresses.
	KeepDomain bool
	// IPv4Bits and IPv6Bits are what TruncateIP leaves.
	IPv4Bits, IPv6Bits int
}

// appendReplacement appends what stands in for a finding of the detector id. It
// appends the text itself if that is a replacement already. Findings that
// overlap are of several detectors, and nothing of them stays.
func (w *worker) appendReplacement(buf []byte, text string, id detect.ID, several bool) []byte {
	p := w.policy
	if p.isReplacement(text) {
		return append(buf, text...)
	}
	a := p.actions[id]
	switch {
	case a.Kind == Hash:
		return w.appendHash(buf, text, id, a.KeepDomain && !several)
	case several:
	case a.Kind == Partial:
		return appendPartial(buf, text, a, id == detect.Email)
	case a.Kind == TruncateIP:
		if start := len(buf); true {
			if buf = appendTruncated(buf, text, a); len(buf) > start {
				return buf
			}
		}
	}
	return append(buf, p.texts[id]...)
}

// appendPartial appends text with stars for all letters and digits but the
// first and the last ones. Stars count as such, so that doing it twice changes
// nothing. Other ASCII characters stay.
func appendPartial(buf []byte, text string, a Action, email bool) []byte {
	domain := ""
	if at := strings.LastIndexByte(text, '@'); email && a.KeepDomain && at >= 0 {
		text, domain = text[:at], text[at:]
	}
	total := 0
	for _, r := range text {
		if isHidden(r) {
			total++
		}
	}
	first, last := a.KeepFirst, a.KeepLast
	if 2*(first+last) > total {
		first, last = 0, 0
	}
	n := 0
	for _, r := range text {
		switch {
		case !isHidden(r):
			buf = append(buf, byte(r))
			continue
		case n < first || n >= total-last:
			buf = utf8.AppendRune(buf, r)
		default:
			buf = append(buf, '*')
		}
		n++
	}
	if domain != "" && (len(buf) == 0 || buf[len(buf)-1] != '*') {
		// A star before the sign keeps the rest from being an address again.
		buf = append(buf, '*')
	}
	return append(buf, domain...)
}

// isHidden reports whether Partial counts and hides a character.
func isHidden(r rune) bool {
	return r >= utf8.RuneSelf || r == '*' || r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z'
}

// appendTruncated appends the address with its last bits cleared, or nothing if
// text is no address.
func appendTruncated(buf []byte, text string, a Action) []byte {
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return buf
	}
	bits := a.IPv6Bits
	if addr.Is4() {
		bits = a.IPv4Bits
	} else if addr.Is4In6() {
		bits = 96 + a.IPv4Bits
	}
	prefix, err := addr.Prefix(bits)
	if err != nil {
		return buf
	}
	return prefix.Addr().AppendTo(buf)
}
