package redact

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
)

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

// parse returns the tree of a text that is valid as a whole: it is one document,
// and its aliases lead nowhere in circles.
func parse(data []byte) (*yaml.Node, bool) {
	var file, more yaml.Node
	var value any
	d := yaml.NewDecoder(bytes.NewReader(data))
	if d.Decode(&file) != nil || len(file.Content) == 0 || file.Decode(&value) != nil || !errors.Is(d.Decode(&more), io.EOF) {
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
