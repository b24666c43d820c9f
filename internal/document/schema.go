package document

import (
	"reflect"
	"strconv"
	"strings"
)

// ActionSpec describes a kind of action: what it does, examples of it, one in each
// line, and a pointer to what it is told.
type ActionSpec struct {
	Name, Doc, Examples string
	Spec                any
}

// object is a JSON Schema.
type object = map[string]any

// schemaID names the schema; it is not fetched from there.
const schemaID = "https://github.com/otelcol-datastreams/otelcol-datastreams/schema/datastreams.schema.json"

// Schema returns the JSON Schema of documents with these actions, made of the
// types that documents are decoded into.
func Schema(actions []ActionSpec) map[string]any {
	s := &schemas{actions: actions}
	root := s.of(reflect.TypeFor[Document](), "")
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["$id"] = schemaID
	root["title"] = "datastreams.yaml"
	root["$defs"] = object{
		"action":      s.action(),
		"destination": s.destination(),
		"selector":    selectorSchema(),
		"predicate":   predicateSchema(),
	}
	return root
}

type schemas struct{ actions []ActionSpec }

// schemer is a type with a form of its own.
type schemer interface {
	schema(s *schemas, tag reflect.StructTag) object
}

// of returns the schema of a type; tag is that of the field.
func (s *schemas) of(t reflect.Type, tag reflect.StructTag) object {
	if form, ok := reflect.TypeAssert[schemer](reflect.New(t)); ok {
		return form.schema(s, tag)
	}
	switch t.Kind() {
	case reflect.Struct:
		return s.structure(t)
	case reflect.Pointer:
		return s.of(t.Elem(), tag)
	case reflect.Slice:
		item := s.of(t.Elem(), tag)
		return object{"anyOf": []any{object{"type": "array", "items": item}, item}}
	case reflect.Map:
		return object{"type": "object"}
	case reflect.Int:
		return bounded(object{"type": "integer"}, tag)
	case reflect.Float64:
		return bounded(object{"type": "number"}, tag)
	case reflect.Bool:
		return object{"type": "boolean"}
	default:
		if enum := tag.Get("enum"); enum != "" {
			return object{"enum": list(strings.Split(enum, ","))}
		}
		return object{"type": []any{"string", "number", "boolean"}}
	}
}

func bounded(o object, tag reflect.StructTag) object {
	if least, err := strconv.ParseFloat(tag.Get("min"), 64); err == nil {
		o["minimum"] = least
	}
	return o
}

func (s *schemas) structure(t reflect.Type) object {
	properties, required := object{}, []any{}
	for _, f := range reflect.VisibleFields(t) {
		key := f.Tag.Get("yaml")
		if key == "" {
			continue
		}
		field := s.of(f.Type, f.Tag)
		if doc := f.Tag.Get("doc"); doc != "" {
			field = object{"description": doc, "allOf": []any{field}}
		}
		properties[key] = nullable(field, f.Tag)
		if f.Tag.Get("required") == "true" {
			required = append(required, key)
		}
	}
	o := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		o["required"] = required
	}
	return o
}

// nullable allows a key without a value, which is as good as none, unless the
// key is required.
func nullable(o object, tag reflect.StructTag) object {
	if tag.Get("required") == "true" {
		return o
	}
	branch := o["allOf"]
	if branch == nil {
		return o
	}
	return object{"description": o["description"], "anyOf": []any{branch.([]any)[0], object{"type": "null"}}}
}

func list[T any](items []T) []any {
	all := make([]any, len(items))
	for i, item := range items {
		all[i] = item
	}
	return all
}

func (s *schemas) action() object {
	var forms []any
	var bare []any
	for _, a := range s.actions {
		spec := s.of(reflect.TypeOf(a.Spec).Elem(), "")
		forms = append(forms, object{
			"type": "object", "required": []any{a.Name}, "additionalProperties": false,
			"properties": object{a.Name: object{"description": a.Doc, "anyOf": []any{spec, object{"type": "null"}}}},
		})
		bare = append(bare, a.Name)
	}
	return object{"anyOf": append(forms, object{"enum": bare})}
}
