package redact

import (
	"cmp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// hit is a scalar of a document that is replaced.
type hit struct {
	node   *yaml.Node
	path   []string
	indent int // of the key that it belongs to; -1 if it is not a key's
	// lengths are those of the lists on the way to it.
	lengths string
	shown   string     // what stands for it
	raw     string     // what is written in its place
	value   *yaml.Node // that raw is written for
}

func (h *hit) at() string { return strings.Join(h.path, "\x00") }

// written returns a secret as it is written in its document, so that it can
// stand in the place of other: quoted anew if it goes over several lines there.
func (h *hit) written(document []byte, other *hit) string {
	lines := linesOf(document)
	start, end, ok := h.span(lines)
	if ok {
		raw := string([]rune(string(document))[start:end])
		if !strings.Contains(raw, "\n") || h.indent == other.indent && h.indent >= 0 {
			return raw
		}
	}
	return quote(h.node.Value)
}

// quote writes a text on one line.
func quote(text string) string {
	n := yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Value: text}
	out, err := yaml.Marshal(&n)
	if err != nil || strings.Count(string(out), "\n") != 1 {
		return `"` + Placeholder + `"`
	}
	return strings.TrimSuffix(string(out), "\n")
}

// splice replaces scalars in a text. It answers false for one whose end it does
// not find; what it returns has to be checked.
func splice(data []byte, hits []*hit) ([]byte, bool) {
	hits = slices.Clone(hits)
	slices.SortFunc(hits, func(a, b *hit) int {
		return cmp.Or(cmp.Compare(b.node.Line, a.node.Line), cmp.Compare(b.node.Column, a.node.Column))
	})
	hits = slices.CompactFunc(hits, func(a, b *hit) bool { return a.node == b.node })
	lines := linesOf(data)
	text := []rune(string(data))
	for _, h := range hits {
		start, end, ok := h.span(lines)
		if !ok {
			return nil, false
		}
		raw := strings.TrimSuffix(h.raw, "\n")
		if h.block() { // It ends with the end of its last line.
			raw += "\n"
		}
		text = slices.Concat(text[:start], []rune(raw), text[end:])
	}
	return []byte(string(text)), true
}

// linesOf returns the lines of a text, each with its end.
func linesOf(data []byte) [][]rune {
	var all [][]rune
	for line := range strings.SplitAfterSeq(string(data), "\n") {
		all = append(all, []rune(line))
	}
	return all
}

func (h *hit) block() bool { return h.node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 }

// span returns where a scalar begins and ends in the text, in runes.
func (h *hit) span(lines [][]rune) (start, end int, ok bool) {
	at := h.node.Line - 1
	if at < 0 || at >= len(lines) || h.node.Column < 1 || h.node.Column > len(lines[at]) {
		return 0, 0, false
	}
	for _, line := range lines[:at] {
		start += len(line)
	}
	start += h.node.Column - 1
	rest := lines[at][h.node.Column-1:]
	switch {
	case h.block():
		return h.blockSpan(lines, start, start+len(rest))
	case h.node.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		for _, line := range lines[at+1:] {
			rest = append(slices.Clip(rest), line...)
		}
		n, closed := quotedLength(rest)
		return start, start + n, closed
	default:
		value := []rune(h.node.Value)
		if len(rest) < len(value) || string(rest[:len(value)]) != h.node.Value {
			return 0, 0, false
		}
		return start, start + len(value), true
	}
}

// blockSpan is span for a text in the lines below its key, which end where one
// is indented no more than the key.
func (h *hit) blockSpan(lines [][]rune, start, end int) (from, to int, ok bool) {
	if h.indent < 0 {
		return 0, 0, false
	}
	for _, line := range lines[h.node.Line:] {
		text := string(line)
		if strings.TrimSpace(text) != "" && len(text)-len(strings.TrimLeft(text, " ")) <= h.indent {
			break
		}
		end += len(line)
	}
	return start, end, true
}

// quotedLength returns the length of the quoted text that rest begins with.
func quotedLength(rest []rune) (length int, closed bool) {
	if len(rest) == 0 {
		return 0, false
	}
	mark := rest[0]
	for i := 1; i < len(rest); i++ {
		switch {
		case rest[i] == '\\' && mark == '"':
			i++
		case rest[i] == mark && mark == '\'' && i+1 < len(rest) && rest[i+1] == mark:
			i++
		case rest[i] == mark:
			return i + 1, true
		}
	}
	return 0, false
}
