package document

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Parts finds the parts of a document by the keys that lead to them.
type Parts struct {
	p    *parser
	root *yaml.Node // nil for what is no YAML
}

// PartsOf returns the parts of a document; name is the file's.
func PartsOf(name string, data []byte) Parts {
	x := Parts{p: &parser{file: name}}
	var file yaml.Node
	if yaml.Unmarshal(data, &file) == nil && len(file.Content) > 0 {
		x.root = file.Content[0]
	}
	return x
}

// Below returns the place of what keys and indexes lead to from another place,
// which is the whole document if its path is empty. followed says how many of
// them there are: with less than all, the place is that of the last one.
func (x Parts) Below(from Place, keys ...string) (at Place, followed int) {
	at = from
	n := x.find(x.root, "", from.Path)
	for n != nil && followed < len(keys) {
		var ok bool
		if n, at, ok = x.step(n, at, keys[followed]); !ok {
			break
		}
		followed++
	}
	return at, followed
}

// find returns the node that a path leads to, from n, whose own path is given.
func (x Parts) find(n *yaml.Node, path, wanted string) *yaml.Node {
	if n == nil || path == wanted {
		return n
	}
	for _, key := range keysIn(n) {
		next, at, _ := x.step(n, Place{Path: path}, key)
		behind, ok := strings.CutPrefix(wanted, at.Path)
		if !ok || behind != "" && behind[0] != '.' && behind[0] != '[' {
			continue
		}
		if found := x.find(next, at.Path, wanted); found != nil {
			return found
		}
	}
	return nil
}

// keysIn returns the keys or indexes of a node.
func keysIn(n *yaml.Node) []string {
	var keys []string
	switch n := resolved(n); n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			keys = append(keys, n.Content[i].Value)
		}
	case yaml.SequenceNode:
		for i := range n.Content {
			keys = append(keys, strconv.Itoa(i))
		}
	}
	return keys
}

// step returns what a key or an index of a node leads to. at is the node's place.
func (x Parts) step(n *yaml.Node, at Place, key string) (*yaml.Node, Place, bool) {
	n = resolved(n)
	i := slices.Index(keysIn(n), key)
	switch {
	case i < 0:
		return nil, at, false
	case n.Kind == yaml.SequenceNode:
		return n.Content[i], x.p.place(n.Content[i], indexed(at.Path, i)), true
	default:
		return n.Content[2*i+1], x.p.place(n.Content[2*i], join(at.Path, key)), true
	}
}

func resolved(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}
