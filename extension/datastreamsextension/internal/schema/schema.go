// Package schema describes the configuration of components by what their
// factories make: the names, types and defaults of all keys, and which of them
// are secrets. What a component requires cannot be seen there.
package schema

import (
	"encoding"
	"reflect"
	"strings"
	"time"

	"go.opentelemetry.io/collector/config/configopaque"
)

// The formats of texts.
const (
	Duration = "duration"
	Secret   = "secret"
)

// Node describes a value in the way of JSON Schema. It is immutable.
type Node struct {
	// Type is object, array, string, integer, number or boolean; empty for anything.
	Type string `json:"type,omitempty"`
	// Format is Duration, Secret or empty.
	Format string `json:"format,omitempty"`
	// Default is that of a scalar. Secrets have none.
	Default any `json:"default,omitempty"`
	// Properties are the keys of an object that are known, Additional what all
	// others hold, and Items what a list does.
	Properties map[string]*Node `json:"properties,omitempty"`
	Additional *Node            `json:"additionalProperties,omitempty"`
	Items      *Node            `json:"items,omitempty"`
}

// Of describes a component's configuration, down to so many objects within each
// other; what is deeper is an object, or a list, of anything.
func Of(config any, depth int) *Node {
	return describe(reflect.ValueOf(config), depth)
}

// Types that are something else than their kind says.
var (
	durationType = reflect.TypeFor[time.Duration]()
	secretType   = reflect.TypeFor[configopaque.String]()
	secretsType  = reflect.TypeFor[configopaque.MapList]()
	textType     = reflect.TypeFor[encoding.TextUnmarshaler]()
)

func describe(v reflect.Value, depth int) *Node {
	if !v.IsValid() {
		return &Node{}
	}
	switch t := v.Type(); {
	case t == secretType:
		return &Node{Type: "string", Format: Secret}
	case t == secretsType:
		return &Node{Type: "object", Additional: &Node{Type: "string", Format: Secret}}
	case t == durationType:
		return &Node{Type: "string", Format: Duration, Default: time.Duration(v.Int()).String()}
	case isOptional(t):
		return describe(content(v), depth)
	case t.Kind() == reflect.Pointer:
		if v.IsNil() {
			v = reflect.New(t.Elem())
		}
		return describe(v.Elem(), depth)
	case t.Kind() == reflect.Interface:
		return &Node{}
	case reflect.PointerTo(t).Implements(textType):
		return text(v)
	}
	return byKind(v, depth)
}

func byKind(v reflect.Value, depth int) *Node {
	switch v.Kind() {
	case reflect.Bool:
		return &Node{Type: "boolean", Default: v.Bool()}
	case reflect.String:
		return &Node{Type: "string", Default: orNil(v.String())}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return &Node{Type: "integer", Default: v.Int()}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return &Node{Type: "integer", Default: v.Uint()}
	case reflect.Float32, reflect.Float64:
		return &Node{Type: "number", Default: v.Float()}
	case reflect.Slice, reflect.Array:
		n := &Node{Type: "array"}
		if depth > 0 {
			n.Items = describe(reflect.New(v.Type().Elem()).Elem(), depth-1).withoutDefaults()
		}
		return n
	case reflect.Map:
		n := &Node{Type: "object"}
		if depth > 0 {
			n.Additional = describe(reflect.New(v.Type().Elem()).Elem(), depth-1).withoutDefaults()
		}
		return n
	case reflect.Struct:
		n := &Node{Type: "object"}
		if depth > 0 {
			n.Properties = make(map[string]*Node)
			fields(v, depth-1, n)
		}
		return n
	default:
		return &Node{}
	}
}

// fields describes the keys of a struct as mapstructure decodes them.
func fields(v reflect.Value, depth int, into *Node) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() {
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("mapstructure"), ",")
		switch {
		case name == "-":
		case strings.Contains(options, "squash"):
			if inner := v.Field(i); inner.Kind() == reflect.Struct {
				fields(inner, depth, into)
			}
		case strings.Contains(options, "remain"):
			into.Additional = &Node{}
		default:
			if name == "" {
				name = strings.ToLower(f.Name)
			}
			into.Properties[name] = describe(v.Field(i), depth)
		}
	}
}

// isOptional reports whether t is a configoptional.Optional.
func isOptional(t reflect.Type) bool {
	return t.PkgPath() == "go.opentelemetry.io/collector/config/configoptional" && strings.HasPrefix(t.Name(), "Optional[")
}

// content returns what an Optional has, or would have if it was given.
func content(optional reflect.Value) reflect.Value {
	again := reflect.New(optional.Type())
	again.Elem().Set(optional)
	return again.MethodByName("GetOrInsertDefault").Call(nil)[0].Elem()
}

// text describes what is decoded from a text.
func text(v reflect.Value) *Node {
	n := &Node{Type: "string"}
	again := reflect.New(v.Type())
	again.Elem().Set(v)
	if m, ok := reflect.TypeAssert[encoding.TextMarshaler](again); ok && !v.IsZero() {
		if written, err := m.MarshalText(); err == nil {
			n.Default = orNil(string(written))
		}
	}
	return n
}

// withoutDefaults describes an element: what a new one holds is not the default
// of anything.
func (n *Node) withoutDefaults() *Node {
	n.Default = nil
	for _, p := range n.Properties {
		p.withoutDefaults()
	}
	return n
}

func orNil(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// At returns the description of the value that a path leads to; the elements of
// a list have any key. Nil if nothing is known of it.
func (n *Node) At(path ...string) *Node {
	for _, key := range path {
		switch {
		case n == nil:
			return nil
		case n.Properties[key] != nil:
			n = n.Properties[key]
		case n.Type == "array":
			n = n.Items
		default:
			n = n.Additional
		}
	}
	return n
}
