package document

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Markdown returns the reference of the document in Markdown, made of the types
// that documents are decoded into.
func Markdown(actions []ActionSpec) string {
	var b strings.Builder
	section(&b, "## Keys", reflect.TypeFor[Document]())
	section(&b, "## A stream", reflect.TypeFor[Stream]())
	b.WriteString("\n## A destination\n\nOne key is the type of an exporter, and its value the exporter's configuration. Any exporter of the build will do; the compiler knows these:\n\n| type | delivers to |\n| --- | --- |\n")
	for _, name := range slices.Sorted(maps.Keys(exporterDocs)) {
		fmt.Fprintf(&b, "| `%s` | %s |\n", name, exporterDocs[name])
	}
	b.WriteString("\n| key | meaning |\n| --- | --- |\n")
	for _, name := range slices.Sorted(maps.Keys(destinationDocs)) {
		fmt.Fprintf(&b, "| `%s` | %s |\n", name, destinationDocs[name])
	}
	section(&b, "## Settings", reflect.TypeFor[Settings]())
	section(&b, "### Traces", reflect.TypeFor[TracesSettings]())
	section(&b, "## A test", reflect.TypeFor[Test]())
	b.WriteString("\n## Actions\n")
	for _, a := range actions {
		fmt.Fprintf(&b, "\n### %s\n\n`%s` %s.\n\n```yaml\n%s\n```\n", a.Name, a.Name, a.Doc, a.Examples)
		spec := reflect.TypeOf(a.Spec).Elem()
		if spec.Kind() == reflect.Slice {
			spec = spec.Elem()
		}
		section(&b, "", spec)
	}
	return b.String()
}

// section writes a table of the keys of a struct type; nothing for another type.
func section(b *strings.Builder, title string, t reflect.Type) {
	if t.Kind() != reflect.Struct || len(keysOf(t)) == 0 {
		return
	}
	if title != "" {
		fmt.Fprintf(b, "\n%s\n", title)
	}
	b.WriteString("\n| key | value | meaning |\n| --- | --- | --- |\n")
	for _, f := range reflect.VisibleFields(t) {
		key := f.Tag.Get("yaml")
		if key == "" {
			continue
		}
		doc := f.Tag.Get("doc")
		if f.Tag.Get("required") == "true" {
			doc += " (required)"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", key, valueOf(f.Type, f.Tag), doc)
	}
}

// valueOf names the values of a type, for people.
func valueOf(t reflect.Type, tag reflect.StructTag) string {
	if enum := tag.Get("enum"); enum != "" && t.Kind() != reflect.Slice {
		return "`" + strings.ReplaceAll(enum, ",", "`, `") + "`"
	}
	switch t {
	case reflect.TypeFor[Duration]():
		return "duration"
	case reflect.TypeFor[Reference]():
		return "name"
	case reflect.TypeFor[Endpoint]():
		return "host:port"
	case reflect.TypeFor[Selector]():
		return "selector"
	case reflect.TypeFor[Action]():
		return "action"
	}
	switch t.Kind() {
	case reflect.Slice:
		if strings.HasPrefix(t.Name(), "Map[") {
			return "mapping of names"
		}
		return "list of " + valueOf(t.Elem(), tag)
	case reflect.Pointer:
		return valueOf(t.Elem(), tag)
	case reflect.Bool:
		return "`true`, `false`"
	case reflect.Int, reflect.Float64:
		return "number"
	case reflect.String:
		return "text"
	default:
		return "mapping"
	}
}
