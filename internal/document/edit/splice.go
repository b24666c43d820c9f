package edit

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// lines is a text by its lines, each with its end.
type lines []string

func (l lines) join() []byte { return []byte(strings.Join(l, "")) }

// span is a range of lines, counted from 0; end is the first after it.
type span struct{ start, end int }

// splice makes the change in the text. It answers false where the text has a
// form that it does not understand; what it returns has to be checked.
func splice(data []byte, c Change, value *yaml.Node) ([]byte, bool) {
	tree, err := parse(data)
	if err != nil {
		return nil, false
	}
	text := lines(strings.SplitAfter(string(data), "\n"))
	text = text[:len(text)-1] // After the last end of a line there is nothing.
	n, within := tree.Content[0], span{0, len(text)}
	if n.Style&yaml.FlowStyle != 0 {
		return nil, false
	}
	for i, key := range c.Path {
		at := find(n, key)
		if at < 0 {
			if value == nil {
				return data, true
			}
			return text.insert(n, within, c, i, value)
		}
		entry, child := text.entry(n, at, within), n.Content[at+1]
		if i < len(c.Path)-1 && child.Kind == yaml.MappingNode && child.Style&yaml.FlowStyle == 0 && len(child.Content) > 0 {
			n, within = child, span{entry.start + 1, entry.end}
			continue
		}
		return text.change(n, at, entry, within, c, i, value)
	}
	return nil, false
}

// change makes the change in an entry: at the end of the path, or where the rest
// of it leads into what is written on one line and replaced as a whole.
func (l lines) change(n *yaml.Node, at int, entry, within span, c Change, i int, value *yaml.Node) ([]byte, bool) {
	key, child := n.Content[at], n.Content[at+1]
	switch {
	case i == len(c.Path)-1 && value != nil:
		return l.replace(key, child, entry, value)
	case i == len(c.Path)-1 && len(n.Content) == 2:
		return nil, false // The mapping would be left without a key.
	case i == len(c.Path)-1:
		start := l.commentsAbove(entry.start, within.start, key.Column-1)
		return slices.Delete(l, start, entry.end).join(), true
	}
	whole := clone(child)
	if isNull(whole) {
		whole = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	}
	if put(whole, Change{Path: c.Path[i+1:], Before: c.Before}, value) != nil {
		return nil, false
	}
	if len(child.Content) == 0 || len(oneLine(whole)) > shortLine {
		whole.Style = 0
	}
	return l.replace(key, child, entry, whole)
}

// entry returns the lines of a key and its value: down to the next key, without
// the comments and blank lines before that.
func (l lines) entry(n *yaml.Node, at int, within span) span {
	end := within.end
	if at+2 < len(n.Content) {
		end = n.Content[at+2].Line - 1
	}
	start := n.Content[at].Line - 1
	indent := n.Content[at].Column - 1
	for end > start+1 && l.aside(end-1, indent) {
		end--
	}
	return span{start, end}
}

// aside reports whether a line is blank, or a comment that is not indented by
// more than indent and so belongs to what follows.
func (l lines) aside(i, indent int) bool {
	trimmed := strings.TrimSpace(l[i])
	if trimmed == "" {
		return true
	}
	return strings.HasPrefix(trimmed, "#") && len(l[i])-len(strings.TrimLeft(l[i], " ")) <= indent
}

// commentsAbove returns the first of the comment lines that stand right above an
// entry with its indentation.
func (l lines) commentsAbove(start, least, indent int) int {
	for start > least && strings.HasPrefix(l[start-1], strings.Repeat(" ", indent)+"#") {
		start--
	}
	return start
}

// insert adds the rest of the path, from the i-th key on, to the mapping n.
func (l lines) insert(n *yaml.Node, within span, c Change, i int, value *yaml.Node) ([]byte, bool) {
	if n.Kind != yaml.MappingNode {
		return nil, false
	}
	indent, at := 0, within.end
	if len(n.Content) > 0 {
		indent = n.Content[0].Column - 1
		lastKey := len(n.Content) - 2
		at = l.entry(n, lastKey, within).end
		if b := find(n, c.Before); c.Before != "" && b >= 0 && i == len(c.Path)-1 {
			at = l.commentsAbove(n.Content[b].Line-1, within.start, indent)
		}
	}
	for k := len(c.Path) - 1; k > i; k-- {
		value = pair(c.Path[k], value)
	}
	text, err := encode(pair(c.Path[i], value), indent)
	if err != nil {
		return nil, false
	}
	return slices.Insert(l, at, string(text)).join(), true
}

// replace puts another value behind a key.
func (l lines) replace(key, old *yaml.Node, entry span, value *yaml.Node) ([]byte, bool) {
	if text, ok := l.replaceInLine(key, old, entry, value); ok {
		return text, true
	}
	text, err := encode(pair(key.Value, value), key.Column-1)
	if err != nil {
		return nil, false
	}
	return slices.Replace(l, entry.start, entry.end, string(text)).join(), true
}

// replaceInLine replaces what stands behind a key on its line, and leaves a
// comment behind that where it is.
func (l lines) replaceInLine(key, old *yaml.Node, entry span, value *yaml.Node) ([]byte, bool) {
	if entry.end-entry.start != 1 || old.Line != key.Line || old.Column == 0 {
		return nil, false
	}
	fits := value.Kind == yaml.ScalarNode && value.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 || value.Style&yaml.FlowStyle != 0
	text := oneLine(value)
	if !fits || strings.Contains(text, "\n") {
		return nil, false
	}
	line := []rune(l[entry.start])
	before, rest := string(line[:old.Column-1]), strings.TrimRight(string(line[old.Column-1:]), "\n")
	comment := ""
	for _, note := range []string{old.LineComment, key.LineComment} {
		if at := strings.LastIndex(rest, note); note != "" && at >= 0 {
			kept := strings.TrimRight(rest[:at], " ")
			comment = rest[len(kept):]
			break
		}
	}
	l[entry.start] = before + text + comment + "\n"
	return l.join(), true
}

func pair(key string, value *yaml.Node) *yaml.Node {
	name := &yaml.Node{}
	name.SetString(key)
	return &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{name, value}}
}

func clone(n *yaml.Node) *yaml.Node {
	c := *n
	c.Content = make([]*yaml.Node, len(n.Content))
	for i := range n.Content {
		c.Content[i] = clone(n.Content[i])
	}
	return &c
}
