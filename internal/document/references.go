package document

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// EnvReference is a place where a document refers to an environment variable.
type EnvReference struct {
	Name string
	// HasDefault says that the reference has a value for when there is no such
	// variable: ${env:NAME:-value}.
	HasDefault bool
	Place      Place
}

// envReference is what the Collector resolves by its env provider. An escaped
// dollar before it, $${env:NAME}, makes it a text.
var envReference = regexp.MustCompile(`(\$*)\$\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(:-[^}]*)?\}`)

// EnvReferences returns all references of a document to the environment, in the
// order of their places. It is empty for what is no YAML.
func EnvReferences(name string, data []byte) []EnvReference {
	var file yaml.Node
	if yaml.Unmarshal(data, &file) != nil || len(file.Content) == 0 {
		return nil
	}
	p := &parser{file: name}
	var all []EnvReference
	p.walk(file.Content[0], "", func(n *yaml.Node, path string) {
		for _, m := range envReference.FindAllStringSubmatch(n.Value, -1) {
			if len(m[1])%2 == 0 {
				all = append(all, EnvReference{Name: m[2], HasDefault: m[3] != "", Place: p.place(n, path)})
			}
		}
	})
	return all
}

// Resolvable reports whether all references of a text are known here: those to
// variables that lookup finds, or that have a default.
func Resolvable(text string, lookup func(name string) (string, bool)) bool {
	known := true
	rest := envReference.ReplaceAllStringFunc(text, func(whole string) string {
		m := envReference.FindStringSubmatch(whole)
		if _, ok := lookup(m[2]); !ok && m[3] == "" && len(m[1])%2 == 0 {
			known = false
		}
		return ""
	})
	return known && !strings.Contains(rest, "${")
}

// walk visits the scalars that are values.
func (p *parser) walk(n *yaml.Node, path string, visit func(n *yaml.Node, path string)) {
	switch n.Kind {
	case yaml.ScalarNode:
		visit(n, path)
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			p.walk(n.Content[i+1], join(path, n.Content[i].Value), visit)
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			p.walk(item, indexed(path, i), visit)
		}
	}
}

// ExpandEnv replaces the references of a text to the environment by what lookup
// returns, or by their defaults, and unescapes dollars: as the Collector does,
// but for other schemes, which stay.
func ExpandEnv(text string, lookup func(name string) (string, bool)) string {
	expanded := envReference.ReplaceAllStringFunc(text, func(whole string) string {
		m := envReference.FindStringSubmatch(whole)
		if len(m[1])%2 == 1 {
			return whole
		}
		value, ok := lookup(m[2])
		if !ok {
			value = strings.TrimPrefix(m[3], ":-")
		}
		return m[1] + value
	})
	return strings.ReplaceAll(expanded, "$$", "$")
}
