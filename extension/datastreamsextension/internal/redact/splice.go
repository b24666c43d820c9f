package redact

import (
	"cmp"
	"fmt"
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
	// original is the secret that it stands for, where it is to be restored.
	original *hit
}

// at is the path as one text; no two paths have the same.
func (h *hit) at() string { return fmt.Sprintf("%q", h.path) }

// written returns a secret as it is written in its document, so that it can
// stand in the place of other: quoted anew if it goes over several lines there.
func (h *hit) written(document layout, other *hit) string {
	if start, end, ok := h.span(document); ok {
		raw := string(document.text[start:end])
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
		return cmp.Or(cmp.Compare(a.node.Line, b.node.Line), cmp.Compare(a.node.Column, b.node.Column))
	})
	hits = slices.CompactFunc(hits, func(a, b *hit) bool { return a.node == b.node })
	l := layoutOf(data)
	var out strings.Builder
	done := 0
	for _, h := range hits {
		start, end, ok := h.span(l)
		if !ok || start < done {
			return nil, false
		}
		out.WriteString(string(l.text[done:start]))
		out.WriteString(strings.TrimSuffix(h.raw, "\n"))
		if h.block() { // It ends with the end of its last line.
			out.WriteByte('\n')
		}
		done = end
	}
	out.WriteString(string(l.text[done:]))
	return []byte(out.String()), true
}

// layout is a text and where its lines begin, in runes.
type layout struct {
	text   []rune
	starts []int
}

func layoutOf(data []byte) layout {
	l := layout{text: []rune(string(data)), starts: []int{0}}
	for i, c := range l.text {
		if c == '\n' {
			l.starts = append(l.starts, i+1)
		}
	}
	return l
}

// line returns where a line begins and where it ends, with its end.
func (l layout) line(i int) (start, end int) {
	if i+1 < len(l.starts) {
		return l.starts[i], l.starts[i+1]
	}
	return l.starts[i], len(l.text)
}

func (h *hit) block() bool { return h.node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 }

// span returns where a scalar begins and ends in the text, in runes.
func (h *hit) span(l layout) (start, end int, ok bool) {
	at := h.node.Line - 1
	if at < 0 || at >= len(l.starts) {
		return 0, 0, false
	}
	from, to := l.line(at)
	if h.node.Column < 1 || h.node.Column > to-from {
		return 0, 0, false
	}
	start = from + h.node.Column - 1
	switch {
	case h.block():
		return h.blockSpan(l, start)
	case h.node.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		n, closed := quotedLength(l.text[start:])
		return start, start + n, closed
	default:
		value := []rune(h.node.Value)
		if to-start < len(value) || string(l.text[start:start+len(value)]) != h.node.Value {
			return 0, 0, false
		}
		return start, start + len(value), true
	}
}

// blockSpan is span for a text in the lines below its key, which end where one
// is indented no more than the key.
func (h *hit) blockSpan(l layout, start int) (from, to int, ok bool) {
	if h.indent < 0 {
		return 0, 0, false
	}
	_, to = l.line(h.node.Line - 1)
	for i := h.node.Line; i < len(l.starts); i++ {
		first, end := l.line(i)
		text := string(l.text[first:end])
		if strings.TrimSpace(text) != "" && len(text)-len(strings.TrimLeft(text, " ")) <= h.indent {
			break
		}
		to = end
	}
	return start, to, true
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
