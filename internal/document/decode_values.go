package document

import (
	"fmt"
	"reflect"
	"time"

	"go.yaml.in/yaml/v3"
)

func (d *Duration) decodeNode(p *parser, n *yaml.Node, path string) {
	v, err := time.ParseDuration(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil || v < 0 {
		p.fail(n, path, "write it with a unit: 250ms, 30s, 5m, 1h", "must be a duration, not %s", kindOf(n))
		return
	}
	*d = Duration{v, true}
}

func (m *Map[T]) decodeNode(p *parser, n *yaml.Node, path string) {
	if n.Kind != yaml.MappingNode {
		p.fail(n, path, "write names as keys", "must be a mapping of names, not %s", kindOf(n))
		return
	}
	for key, value := range p.pairs(n, path) {
		e := Entry[T]{Name: key.Value, Place: p.place(key, join(path, key.Value))}
		if !isNull(value) {
			p.value(value, e.Place.Path, reflect.ValueOf(&e.Value).Elem(), "")
		}
		*m = append(*m, e)
	}
}

func (s *Section) decodeNode(p *parser, n *yaml.Node, path string) {
	s.Place = p.place(n, path)
	s.Value = p.mapping(n, path)
}

// mapping decodes a mapping that the Collector checks.
func (p *parser) mapping(n *yaml.Node, path string) map[string]any {
	if n.Kind != yaml.MappingNode {
		p.fail(n, path, "", "must be a mapping, not %s", kindOf(n))
		return nil
	}
	var m map[string]any
	p.anything(n, path, &m)
	return m
}

// textKeys makes the keys of all mappings in v texts, as the Collector needs
// them, and returns v.
func textKeys(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			v[key] = textKeys(value)
		}
	case []any:
		for i := range v {
			v[i] = textKeys(v[i])
		}
	case map[any]any:
		m := make(map[string]any, len(v))
		for key, value := range v {
			m[fmt.Sprint(key)] = textKeys(value)
		}
		return m
	}
	return v
}

func (r *Reference) decodeNode(p *parser, n *yaml.Node, path string) {
	r.Place = p.place(n, path)
	p.scalar(n, path, reflect.ValueOf(&r.Name).Elem(), "")
}

func (a *Attributes) decodeNode(p *parser, n *yaml.Node, path string) {
	*a = p.mapping(n, path)
}

func (s *Selector) decodeNode(p *parser, n *yaml.Node, path string) {
	s.Place = p.place(n, path)
	s.Value = p.mapping(n, path)
	s.Places = make(map[string]Place)
	for i := 0; i+1 < len(n.Content) && n.Kind == yaml.MappingNode; i += 2 {
		key := n.Content[i]
		s.Places[key.Value] = p.place(key, join(path, key.Value))
	}
}

func (e *Endpoint) decodeNode(p *parser, n *yaml.Node, path string) {
	e.Place = p.place(n, path)
	p.scalar(n, path, reflect.ValueOf(&e.Text).Elem(), "")
}

func (a *Action) decodeNode(p *parser, n *yaml.Node, path string) {
	a.Place = p.place(n, path)
	switch {
	case n.Kind == yaml.ScalarNode && n.Tag == "!!str":
		a.Kind = n.Value // An action that needs to be told nothing.
	case n.Kind == yaml.MappingNode && len(n.Content) == 2:
		a.Kind, a.Spec = n.Content[0].Value, n.Content[1]
	case n.Kind == yaml.MappingNode:
		p.fail(n, path, "start each action with a dash of its own", "an action has one key, its kind; this one has %d", len(n.Content)/2)
	default:
		p.fail(n, path, "write one like `- sample: { percent: 20 }`", "must be an action, not %s", kindOf(n))
	}
}

func (d *Destination) decodeNode(p *parser, n *yaml.Node, path string) {
	if n.Kind != yaml.MappingNode {
		p.fail(n, path, "write one like `tempo: { otlp_grpc: { endpoint: tempo:4317 } }`", "must be a destination, not %s", kindOf(n))
		return
	}
	var types []string
	for key, value := range p.pairs(n, path) {
		at := join(path, key.Value)
		switch key.Value {
		case "signals":
			p.value(value, at, reflect.ValueOf(&d.Signals).Elem(), `enum:"traces,metrics,logs,profiles"`)
		case "queue":
			p.value(value, at, reflect.ValueOf(&d.Queue).Elem(), `enum:"disk,memory,none"`)
		default:
			types = append(types, key.Value)
			d.Type, d.Place = key.Value, p.place(key, at)
			if !isNull(value) {
				d.Config = p.mapping(value, at)
			}
		}
	}
	if len(types) != 1 {
		p.fail(n, path, "name one type, such as parquet, otlp_grpc or otlp_http", "a destination has one exporter type; this one has %d", len(types))
	}
}

func (s *Scoped[T]) decodeNode(p *parser, n *yaml.Node, path string) {
	scopes := map[string]*T{"resource": &s.Resource, "items": &s.Items}
	if !scoped(n) {
		p.value(n, path, reflect.ValueOf(&s.Resource).Elem(), "")
		return
	}
	for key, value := range p.pairs(n, path) {
		p.value(value, join(path, key.Value), reflect.ValueOf(scopes[key.Value]).Elem(), "")
	}
}

// scoped reports whether all keys of n are scopes: an attribute that is called
// resource or items has a scalar as its value.
func scoped(n *yaml.Node) bool {
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		return false
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i].Value; key != "resource" && key != "items" || n.Content[i+1].Kind == yaml.ScalarNode {
			return false
		}
	}
	return true
}
