package redact

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// MisplacedError is returned by Restore for a placeholder that stands for no
// secret of the document before.
type MisplacedError struct {
	Path         string
	Line, Column int
}

// Error implements error.
func (e *MisplacedError) Error() string {
	return fmt.Sprintf("line %d: %s: %s stands for a secret that the document does not have there", e.Line, e.Path, Placeholder)
}

// Text returns a document, or a Collector's configuration, as it is shown:
// comments and layout stay. It returns how many values are hidden, too. A text
// that is not valid YAML is searched roughly, so that no secret is shown.
func (r Rules) Text(data []byte) (shown []byte, hidden int) {
	root, ok := parse(data)
	if !ok {
		text, n := rough(string(data))
		return []byte(text), n
	}
	hits := r.secretsOf(root)
	if len(hits) == 0 {
		return data, 0
	}
	text, spliced := splice(data, hits)
	for _, h := range hits {
		h.node.SetString(h.shown)
	}
	if spliced && same(text, root) {
		return text, len(hits)
	}
	return encode(root, data), len(hits)
}

// Restore returns a document that a client sent with the secrets of the one
// before, which was shown to it by Text. Other placeholders are a
// *MisplacedError.
func (r Rules) Restore(data, before []byte) ([]byte, error) {
	root, ok := parse(data)
	if !ok || !bytes.Contains(data, []byte(Placeholder)) {
		return data, nil // What is no YAML is told by those who parse it.
	}
	original := make(map[string]*hit)
	old, ok := parse(before)
	if ok {
		for _, h := range r.secretsOf(old) {
			original[h.at()] = h
		}
	}
	var hits []*hit
	for _, h := range scalarsOf(root, nil, nil) {
		if !strings.Contains(h.node.Value, Placeholder) {
			continue
		}
		if o := original[h.at()]; o != nil && o.shown == h.node.Value && o.lengths == h.lengths {
			h.raw = o.written(before, h)
			h.value = o.node
			hits = append(hits, h)
			continue
		}
		if r.placeholder(h.path, h.node.Value) {
			return nil, &MisplacedError{strings.Join(h.path, "."), h.node.Line, h.node.Column}
		}
	}
	text, spliced := splice(data, hits)
	for _, h := range hits {
		h.node.SetString(h.value.Value)
		h.node.Tag = h.value.Tag
	}
	if spliced && same(text, root) {
		return text, nil
	}
	return encode(root, data), nil
}

// secretsOf returns the values of a document that are secrets.
func (r Rules) secretsOf(root *yaml.Node) []*hit {
	var hits []*hit
	for _, h := range scalarsOf(root, nil, nil) {
		if h.node.Tag == "!!null" || h.node.Tag == "!!bool" {
			continue
		}
		if shown, ok := r.mask(h.path, h.node.Value); ok {
			h.shown, h.raw = shown, quote(shown)
			hits = append(hits, h)
		}
	}
	return hits
}

// scalarsOf lists the scalars of a tree once each, with what leads to them.
func scalarsOf(n *yaml.Node, path []string, indent *int) []*hit {
	var all []*hit
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			column, inner := key.Column-1, append(slices.Clone(path), key.Value)
			if key.Tag == "!!merge" {
				inner = path
			}
			all = append(all, scalarsOf(n.Content[i+1], inner, &column)...)
		}
	case yaml.SequenceNode:
		for i, c := range n.Content {
			for _, h := range scalarsOf(c, append(slices.Clone(path), strconv.Itoa(i)), nil) {
				h.lengths += "/" + strconv.Itoa(len(n.Content))
				all = append(all, h)
			}
		}
	case yaml.AliasNode:
		all = scalarsOf(n.Alias, path, nil)
	case yaml.ScalarNode:
		h := &hit{node: n, path: path, indent: -1}
		if indent != nil {
			h.indent = *indent
		}
		all = append(all, h)
	}
	return all
}

// parse returns the tree of a text that is valid as a whole: its aliases lead
// nowhere in circles.
func parse(data []byte) (*yaml.Node, bool) {
	var file yaml.Node
	var value any
	if yaml.Unmarshal(data, &file) != nil || len(file.Content) == 0 || file.Decode(&value) != nil {
		return nil, false
	}
	return file.Content[0], true
}

// same reports whether a text says what a tree does.
func same(text []byte, root *yaml.Node) bool {
	again, ok := parse(text)
	if !ok {
		return false
	}
	var a, b any
	return again.Decode(&a) == nil && root.Decode(&b) == nil && reflect.DeepEqual(a, b)
}

// encode writes a tree anew, which costs blank lines, but shows nothing that is
// not in the tree.
func encode(root *yaml.Node, data []byte) []byte {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if e.Encode(root) != nil || e.Close() != nil {
		text, _ := rough(string(data))
		return []byte(text)
	}
	return b.Bytes()
}
