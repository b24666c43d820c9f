// Package edit changes a document and leaves the rest of it as people wrote it:
// comments, blank lines, quotes and order stay where the change does not touch
// them. It knows YAML and nothing of what documents mean.
package edit

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Change sets or removes one value. Mappings on the way to it are made.
type Change struct {
	// Path leads to the value by the keys of mappings.
	Path []string
	// Value is what is set: a *yaml.Node, or what yaml encodes. Nil removes the
	// key; what is not there is removed already.
	Value any
	// Before names the key of the same mapping that a new key is put in front of,
	// if there is such a key. Otherwise new keys come last.
	Before string
}

// Apply makes changes one after the other. It returns an error, and no
// document, if data is not one YAML document whose root is a mapping, or a path
// leads through something else than mappings.
func Apply(data []byte, changes ...Change) ([]byte, error) {
	for _, c := range changes {
		next, err := apply(data, c)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", strings.Join(c.Path, "."), err)
		}
		data = next
	}
	return data, nil
}

// apply edits the text. Text that cannot be edited so that it then says what it
// should is written anew: with its comments, but not with its blank lines.
func apply(data []byte, c Change) ([]byte, error) {
	if len(c.Path) == 0 {
		return nil, errors.New("no key is named")
	}
	if !utf8.ValidString(strings.Join(c.Path, "")) {
		return nil, errors.New("a key is not valid UTF-8")
	}
	data = normalize(data)
	wanted, err := parse(data)
	if err != nil {
		return nil, err
	}
	value, err := nodeOf(c.Value)
	if err != nil {
		return nil, err
	}
	if err := put(wanted.Content[0], c, value); err != nil {
		return nil, err
	}
	text, ok := splice(data, c, value)
	if ok && means(text, wanted) {
		return text, nil
	}
	return encode(wanted, 0)
}

// normalize drops what editors leave at the edges of files: a byte order mark,
// carriage returns, and a missing end of the last line.
func normalize(data []byte) []byte {
	text := strings.TrimPrefix(string(data), "\ufeff")
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return []byte(text)
}

func parse(data []byte) (*yaml.Node, error) {
	var file yaml.Node
	if err := yaml.Unmarshal(data, &file); err != nil {
		return nil, err
	}
	if len(file.Content) == 0 {
		file = yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{{Kind: yaml.MappingNode, Tag: "!!map"}}}
	}
	if file.Content[0].Kind != yaml.MappingNode {
		return nil, errors.New("the document is not a mapping of keys")
	}
	return &file, nil
}

// means reports whether text says the same as the tree.
func means(text []byte, wanted *yaml.Node) bool {
	tree, err := parse(text)
	if err != nil {
		return false
	}
	var a, b any
	if tree.Decode(&a) != nil || wanted.Decode(&b) != nil {
		return false
	}
	return reflect.DeepEqual(a, b) && reflect.DeepEqual(keys(tree.Content[0]), keys(wanted.Content[0]))
}

// keys lists the keys of all mappings in the order of the text.
func keys(n *yaml.Node) []string {
	var all []string
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			all = append(all, c.Value)
			continue
		}
		all = append(all, keys(c)...)
	}
	return all
}

// put makes the change in the tree.
func put(root *yaml.Node, c Change, value *yaml.Node) error {
	n := root
	for i, key := range c.Path {
		if n.Kind != yaml.MappingNode {
			return fmt.Errorf("%s is not a mapping of keys", strings.Join(c.Path[:i], "."))
		}
		at := find(n, key)
		last := i == len(c.Path)-1
		switch {
		case last && value == nil:
			if at >= 0 {
				n.Content = slices.Delete(n.Content, at, at+2)
			}
			return nil
		case last && at >= 0:
			n.Content[at+1] = value
			return nil
		case last:
			insert(n, key, value, c.Before)
			return nil
		case at < 0 && value == nil:
			return nil
		case at < 0:
			child := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
			insert(n, key, child, "")
			n = child
		default:
			if isNull(n.Content[at+1]) {
				*n.Content[at+1] = yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
			}
			n = n.Content[at+1]
		}
	}
	return nil
}

func insert(n *yaml.Node, key string, value *yaml.Node, before string) {
	at := len(n.Content)
	if i := find(n, before); i >= 0 && before != "" {
		at = i
	}
	name := &yaml.Node{}
	name.SetString(key)
	n.Content = slices.Insert(n.Content, at, name, value)
}

// find returns where a key of a mapping is in its Content, or -1.
func find(n *yaml.Node, key string) int {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return i
		}
	}
	return -1
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }
