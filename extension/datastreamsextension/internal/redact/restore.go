package redact

import (
	"bytes"
	"fmt"
	"maps"
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

// Restore returns a document that a client sent with the secrets of the one
// before, which was shown to it by Text. Other placeholders are a
// *MisplacedError.
func (r Rules) Restore(data, before []byte) ([]byte, error) {
	root, ok := parse(data)
	if !ok || !bytes.Contains(data, []byte(Placeholder)) {
		return data, nil // What is no YAML is told by those who parse it.
	}
	document := layoutOf(before)
	hits, err := r.originalsOf(before).restored(root)
	if err != nil {
		return nil, err
	}
	for _, h := range hits {
		h.raw, h.value = h.original.written(document, h), h.original.node
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

// restored returns the scalars that stand for a secret of the originals. It
// refuses other placeholders, and those that an alias would carry to a place
// where the secret was not: it might be shown there.
func (o originals) restored(root *yaml.Node) ([]*hit, error) {
	all, keys := scalarsOf(root, nil, nil), aliasedKeys(root)
	used := make(map[*yaml.Node][]*hit) // by aliases, in several places
	for _, h := range all {
		used[h.node] = append(used[h.node], h)
	}
	var hits []*hit
	for _, h := range all {
		if !strings.Contains(h.node.Value, Placeholder) {
			continue
		}
		h.original = o.secret(h)
		if h.original == nil {
			if o.rough || o.rules.placeholder(h.path, h.node.Value) {
				return nil, misplaced(h)
			}
			continue
		}
		if keys[h.node] {
			return nil, misplaced(h)
		}
		for _, other := range used[h.node] {
			if !o.same(other, h.original) {
				return nil, misplaced(other)
			}
		}
		hits = append(hits, h)
	}
	return hits, nil
}

func misplaced(h *hit) error {
	return &MisplacedError{strings.Join(h.path, "."), h.node.Line, h.node.Column}
}

// originals are the scalars of a document that clients were shown, by their
// paths.
type originals struct {
	rules   Rules
	all     map[string]*hit
	secrets map[string]*hit
	// rough says that the document was no YAML: placeholders may be anywhere.
	rough bool
}

func (r Rules) originalsOf(document []byte) originals {
	o := originals{rules: r, all: make(map[string]*hit), secrets: make(map[string]*hit)}
	root, ok := parse(document)
	if !ok {
		o.rough = len(document) > 0
		return o
	}
	for _, h := range scalarsOf(root, nil, nil) {
		o.all[h.at()] = h
	}
	for _, h := range r.secretsOf(root) {
		o.secrets[h.at()] = h
	}
	return o
}

// secret returns the secret that a client was shown in the place of h as what h
// is, or nil.
func (o originals) secret(h *hit) *hit {
	s := o.secrets[h.at()]
	if s == nil || s.shown != h.node.Value || s.lengths != h.lengths {
		return nil
	}
	return s
}

// same reports whether a secret stood in the place of h.
func (o originals) same(h, secret *hit) bool {
	before := o.all[h.at()]
	return before != nil && before.node == secret.node || o.secret(h) != nil && before.node.Value == secret.node.Value
}

// aliasedKeys returns the scalars that are keys somewhere else, by an alias.
func aliasedKeys(n *yaml.Node) map[*yaml.Node]bool {
	all := make(map[*yaml.Node]bool)
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 && c.Kind == yaml.AliasNode {
			all[c.Alias] = true
		}
		maps.Copy(all, aliasedKeys(c))
	}
	return all
}
