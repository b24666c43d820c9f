package objectstore

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/suggest"
)

const (
	// maxElement bounds the part of a path that Element makes of a value, in
	// bytes, but for the hash.
	maxElement = 110
	// elementHash is the number of hexadecimal digits of the hash behind a value
	// that was cut: 128 bits, so that two values never meet by chance.
	elementHash = 32
	// emptyValue stands for the empty value. No escaped value looks like it.
	emptyValue = "%"
)

// Prefix is a parsed template of a key's first elements, such as
// "lake/{signal}/team={stream}". It is immutable.
type Prefix struct {
	// literals surround the placeholders: there is one more of them.
	literals     []string
	placeholders []string
}

// ParsePrefix returns the prefix that template describes: a relative path in
// which {name} stands for a value, for names in allowed. It returns all that is
// wrong with the template, with remedies. The empty template is valid.
//
// Between two placeholders there must be a character that no escaped value
// holds, such as '/' or '='; otherwise two pairs of values could share a
// prefix.
func ParsePrefix(template string, allowed []string) (Prefix, error) {
	var p Prefix
	var found problems
	for rest := template; ; {
		literal, after, ok := strings.Cut(rest, "{")
		p.literals = append(p.literals, literal)
		found.check(!strings.Contains(literal, "}"), "prefix: %q has a '}' without a '{': remove it", template)
		if !ok {
			break
		}
		name, after, ok := strings.Cut(after, "}")
		if !ok {
			found.check(false, "prefix: %q has a '{' without a '}': close it or remove it", template)
			p.literals = append(p.literals, after)
			break
		}
		found.check(slices.Contains(allowed, name), "prefix: %q has the unknown placeholder {%s}%s",
			template, name, suggest.Among(name, allowed))
		p.placeholders = append(p.placeholders, name)
		rest = after
	}
	for i := 1; i < len(p.placeholders); i++ {
		found.check(separates(p.literals[i]), "prefix: %q has {%s} right behind {%s}: put a '/' or '=' between them",
			template, p.placeholders[i], p.placeholders[i-1])
	}
	// A value is never empty and never starts with a dot, so it does not make an
	// element good or bad that is otherwise with this one.
	probe := strings.Join(p.literals, "x")
	found.check(template == "" || plainPath(probe) && !strings.ContainsFunc(probe, isControl),
		"prefix: %q must be a path without slashes at its ends, empty, '.' or '..' elements, backslashes and control characters", template)
	if len(found) > 0 {
		return Prefix{}, errors.Join(found...)
	}
	return p, nil
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// separates tells whether literal keeps the values around it apart.
func separates(literal string) bool {
	for i := range len(literal) {
		if !plain(literal[i]) && literal[i] != '%' {
			return true
		}
	}
	return false
}

// Names returns the names of the placeholders, in order, and again where the
// template has them again.
func (p Prefix) Names() []string { return slices.Clone(p.placeholders) }

// Fixed returns the elements before the first one that depends on a value,
// without a slash at the end. All prefixes of the template are below it, so it
// is where to Sweep.
func (p Prefix) Fixed() string {
	if len(p.literals) == 0 {
		return ""
	}
	if len(p.placeholders) == 0 {
		return p.literals[0]
	}
	return p.literals[0][:max(strings.LastIndexByte(p.literals[0], '/'), 0)]
}

// Split returns the fixed elements and a prefix of all others. With the first
// as its own prefix and keys below the second, a store probes and sweeps in its
// own part of a bucket only.
func (p Prefix) Split() (fixed string, rest Prefix) {
	fixed = p.Fixed()
	if fixed == "" {
		return "", p
	}
	if len(p.placeholders) == 0 {
		return fixed, Prefix{}
	}
	literals := slices.Clone(p.literals)
	literals[0] = strings.TrimPrefix(literals[0], fixed+"/")
	return fixed, Prefix{literals: literals, placeholders: p.placeholders}
}

// Expand returns the prefix for the values given, one for each placeholder.
// Whatever the values hold, the result is a plain relative path with as many
// elements as the template, and other values give another result. It fails only
// when a value is missing.
func (p Prefix) Expand(values map[string]string) (string, error) {
	var b strings.Builder
	for i, literal := range p.literals {
		b.WriteString(literal)
		if i == len(p.placeholders) {
			break
		}
		name := p.placeholders[i]
		value, ok := values[name]
		if !ok {
			return "", fmt.Errorf("prefix: no value for {%s} among those of %q", name, slices.Sorted(maps.Keys(values)))
		}
		escaped := Element(value)
		if first := b.Len() == 0 || strings.HasSuffix(literal, "/"); first && escaped[0] == '_' {
			// Query engines skip what starts so, and _meta is ours.
			escaped = "%5F" + escaped[1:]
		}
		b.WriteString(escaped)
	}
	return b.String(), nil
}

// Element returns value as a path element, or the value of a Hive partition in
// one. Letters, digits, '_', '.' and '-' stay as they are; all else, and a
// leading dot, is percent-encoded byte by byte, which readers of Hive layouts
// undo. A value that gets too long for a path is cut and told from others by
// its hash. The result is never empty, and differs for values that differ.
func Element(value string) string {
	if value == "" {
		return emptyValue
	}
	var b strings.Builder
	for i := range len(value) {
		if b.Len() > maxElement {
			hash := sha256.Sum256([]byte(value))
			return b.String() + "-" + hex.EncodeToString(hash[:])[:elementHash]
		}
		if c := value[i]; plain(c) && (c != '.' || i > 0) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// plain tells whether c may stand in a path element as it is.
func plain(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '.' || c == '-'
}
