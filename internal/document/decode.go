package document

import (
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/suggest"
)

// Decode reads an action's specification, or another part of a document, into
// the struct that target points to: strictly, with every problem at its line.
// Types are described by tags: yaml names the key, required and enum and min say
// what is checked, and doc what it is.
func Decode(n *yaml.Node, place Place, target any) Diagnostics {
	p := &parser{file: place.File}
	if n == nil || isNull(n) {
		n = &yaml.Node{Kind: yaml.MappingNode, Line: place.Line, Column: place.Column}
	}
	p.decode(n, place.Path, target)
	return p.found
}

// nodeDecoder is a type with a form of its own.
type nodeDecoder interface {
	decodeNode(p *parser, n *yaml.Node, path string)
}

func (p *parser) decode(n *yaml.Node, path string, target any) {
	p.value(n, path, reflect.ValueOf(target).Elem(), "")
}

// value decodes n into v. tag is that of the field that v is.
func (p *parser) value(n *yaml.Node, path string, v reflect.Value, tag reflect.StructTag) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if d, ok := reflect.TypeAssert[nodeDecoder](v.Addr()); ok {
		d.decodeNode(p, n, path)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		p.structure(n, path, v)
	case reflect.Slice:
		p.list(n, path, v, tag)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		p.value(n, path, v.Elem(), tag)
	case reflect.Interface, reflect.Map:
		p.anything(n, path, v.Addr().Interface())
	default:
		p.scalar(n, path, v, tag)
	}
}

// structure decodes a mapping with known keys.
func (p *parser) structure(n *yaml.Node, path string, v reflect.Value) {
	if n.Kind != yaml.MappingNode {
		keys := keysOf(v.Type())
		remedy := "use keys: " + strings.Join(keys, ", ")
		if name := path[strings.LastIndex(path, ".")+1:]; slices.Contains(keys, name) {
			remedy = "indent " + name + " further, below the name that it belongs to"
		}
		p.fail(n, path, remedy, "must be a mapping, not %s", kindOf(n))
		return
	}
	if at, ok := reflect.TypeAssert[interface{ setPlace(at Place) }](v.Addr()); ok {
		at.setPlace(p.place(n, path))
	}
	seen := make(map[string]bool)
	for key, value := range p.pairs(n, path) {
		field, ok := fieldOf(v.Type(), key.Value)
		if !ok {
			p.fail(key, join(path, key.Value), "", "unknown key %q%s", key.Value, suggest.Among(key.Value, keysOf(v.Type())))
			continue
		}
		if isNull(value) {
			continue // As if it were left out.
		}
		seen[key.Value] = true
		p.value(value, join(path, key.Value), v.FieldByIndex(field.Index), field.Tag)
	}
	for _, f := range reflect.VisibleFields(v.Type()) {
		if key := f.Tag.Get("yaml"); f.Tag.Get("required") == "true" && !seen[key] {
			p.fail(n, path, "", "%q is missing: %s", key, f.Tag.Get("doc"))
		}
	}
}

// pairs yields the keys and values of a mapping, each key once.
func (p *parser) pairs(n *yaml.Node, path string) func(yield func(key, value *yaml.Node) bool) {
	return func(yield func(key, value *yaml.Node) bool) {
		seen := make(map[string]int)
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i], n.Content[i+1]
			if line, ok := seen[key.Value]; ok {
				p.fail(key, join(path, key.Value), "rename or remove one of them", "%q is defined twice, first in line %d", key.Value, line)
				continue
			}
			seen[key.Value] = key.Line
			if !yield(key, value) {
				return
			}
		}
	}
}

func fieldOf(t reflect.Type, key string) (reflect.StructField, bool) {
	for _, f := range reflect.VisibleFields(t) {
		if key != "" && f.Tag.Get("yaml") == key {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

// keysOf returns the keys of a struct type, in order.
func keysOf(t reflect.Type) []string {
	var keys []string
	for _, f := range reflect.VisibleFields(t) {
		if key := f.Tag.Get("yaml"); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

// list decodes a list, or a single value as a list of one.
func (p *parser) list(n *yaml.Node, path string, v reflect.Value, tag reflect.StructTag) {
	items := n.Content
	if n.Kind != yaml.SequenceNode {
		items = []*yaml.Node{n}
	}
	v.Set(reflect.MakeSlice(v.Type(), len(items), len(items)))
	for i, item := range items {
		p.value(item, indexed(path, i), v.Index(i), tag)
	}
}

// anything decodes what the Collector checks.
func (p *parser) anything(n *yaml.Node, path string, target any) {
	err := n.Decode(target)
	if err == nil {
		if m, ok := target.(*map[string]any); ok {
			textKeys(*m)
		}
		return
	}
	var several *yaml.TypeError
	if !errors.As(err, &several) {
		p.failIn(n, path, err.Error())
		return
	}
	for _, text := range several.Errors {
		p.failIn(n, path, text)
	}
}

// failIn notes what YAML says of a value, at the line that it names.
func (p *parser) failIn(n *yaml.Node, path, text string) {
	at := *n
	text = strings.TrimPrefix(text, "yaml: ")
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		at.Line, _ = strconv.Atoi(m[1]) // They are digits.
		at.Column = 1
		text = strings.Replace(text, m[0], "", 1)
	}
	p.fail(&at, path, "", "%s", text)
}

func (p *parser) scalar(n *yaml.Node, path string, v reflect.Value, tag reflect.StructTag) {
	wanted := map[reflect.Kind]string{reflect.String: "text", reflect.Int: "a whole number", reflect.Float64: "a number", reflect.Bool: "true or false"}[v.Kind()]
	fraction := v.Kind() == reflect.Int && n.Tag != "!!int" // Would be cut off.
	if n.Kind != yaml.ScalarNode || isNull(n) || fraction || n.Decode(v.Addr().Interface()) != nil {
		p.fail(n, path, "", "must be %s, not %s", wanted, kindOf(n))
		return
	}
	if enum := tag.Get("enum"); enum != "" {
		if values := strings.Split(enum, ","); !slices.Contains(values, v.String()) {
			p.fail(n, path, "", "unknown value %q%s", v.String(), suggest.Among(v.String(), values))
		}
	}
	if least, err := strconv.ParseFloat(tag.Get("min"), 64); err == nil {
		number := 0.0
		if v.CanInt() {
			number = float64(v.Int())
		} else if v.CanFloat() {
			number = v.Float()
		}
		if number < least {
			p.fail(n, path, "", "%s is less than %s", n.Value, tag.Get("min"))
		}
	}
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

func join(path, key string) string {
	if path == "" {
		return key
	}
	if strings.ContainsAny(key, ".[]") {
		key = strconv.Quote(key)
	}
	return path + "." + key
}

func indexed(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }
