package masking

import (
	"net/netip"
	"regexp"
	"strings"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/detect"
)

// Allow says which findings stay. It is about what a detector matched, never
// about the text around it.
type Allow struct {
	// Values are findings that stay, in any case.
	Values []string
	// Prefixes are networks whose addresses stay.
	Prefixes []netip.Prefix
	// EmailDomains are domains whose addresses stay, with their subdomains.
	EmailDomains []string
	// Patterns match findings that stay as a whole.
	Patterns []*regexp.Regexp
	// Examples lets those stay that issuers publish as examples, such as
	// AKIAIOSFODNN7EXAMPLE.
	Examples bool
}

// examples are values that documentation is full of, in lower case. None of
// them has ever been anybody's.
var examples = []string{
	"akiaiosfodnn7example", "asiaiosfodnn7example", "wjalrxutnfemi/k7mdeng/bpxrficyexamplekey",
	"4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111", "4242424242424242", "4242 4242 4242 4242", "5555555555554444",
	"378282246310005", "gb82west12345698765432", "gb82 west 1234 5698 7654 32",
	"078-05-1120", "219-09-9999",
}

// allowList is a compiled Allow.
type allowList struct {
	values   map[string]bool // in lower case
	prefixes []netip.Prefix
	domains  []string // in lower case
	patterns []*regexp.Regexp
}

func (a Allow) compile() allowList {
	l := allowList{values: make(map[string]bool), prefixes: a.Prefixes, patterns: a.Patterns}
	for _, v := range a.Values {
		l.values[strings.ToLower(v)] = true
	}
	if a.Examples {
		for _, v := range examples {
			l.values[v] = true
		}
	}
	for _, d := range a.EmailDomains {
		l.domains = append(l.domains, strings.ToLower(strings.TrimPrefix(d, "@")))
	}
	return l
}

// allows reports whether what the detector found stays.
func (l *allowList) allows(text string, id detect.ID) bool {
	if len(l.values) > 0 && l.values[strings.ToLower(text)] {
		return true
	}
	switch id {
	case detect.IPv4, detect.IPv6:
		if len(l.prefixes) > 0 && l.allowsAddress(text) {
			return true
		}
	case detect.Email:
		if len(l.domains) > 0 && l.allowsDomain(text) {
			return true
		}
	}
	for _, p := range l.patterns {
		if p.MatchString(text) {
			return true
		}
	}
	return false
}

func (l *allowList) allowsAddress(text string) bool {
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return false
	}
	for _, p := range l.prefixes {
		if p.Contains(addr.Unmap()) {
			return true
		}
	}
	return false
}

func (l *allowList) allowsDomain(text string) bool {
	domain := strings.ToLower(text[strings.LastIndexByte(text, '@')+1:])
	for _, d := range l.domains {
		if domain == d || strings.HasSuffix(domain, d) && domain[len(domain)-len(d)-1] == '.' {
			return true
		}
	}
	return false
}
