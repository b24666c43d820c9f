package action

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
)

func init() {
	register(Kind{
		Name: "set",
		Doc:  "sets attributes, whether they are there or not",
		Examples: `- set: { deployment.environment.name: prod }
- set: { resource: { team: checkout }, items: { reviewed: true } }  # items: spans, data points, log records`,
		Spec: func() any { return new(document.Scoped[document.Attributes]) },
		Compile: func(spec any, s Site) (Output, document.Diagnostics) {
			return attributeOutput(*spec.(*document.Scoped[document.Attributes]), s, set)
		},
	})
	register(Kind{
		Name: "rename",
		Doc:  "renames attributes; one that is there under the new name is replaced",
		Examples: `- rename: { env: deployment.environment.name }
- rename: { items: { http.method: http.request.method } }`,
		Spec: func() any { return new(document.Scoped[map[string]string]) },
		Compile: func(spec any, s Site) (Output, document.Diagnostics) {
			return attributeOutput(*spec.(*document.Scoped[map[string]string]), s, rename)
		},
	})
	register(Kind{
		Name: "remove",
		Doc:  "removes attributes",
		Examples: `- remove: [host.ip]
- remove: { items: [http.request.header.cookie] }`,
		Spec: func() any { return new(document.Scoped[[]string]) },
		Compile: func(spec any, s Site) (Output, document.Diagnostics) {
			return attributeOutput(*spec.(*document.Scoped[[]string]), s, remove)
		},
	})
}

// set, rename and remove return statements on the attributes of an OTTL context.
func set(context string, values document.Attributes) ([]string, error) {
	var statements []string
	for _, key := range slices.Sorted(maps.Keys(values)) {
		v, ok := literal(values[key])
		if !ok {
			return nil, fmt.Errorf("%q has a value that cannot be set: use text, a number or a boolean", key)
		}
		statements = append(statements, "set("+attribute(context, key)+", "+v+")")
	}
	return statements, nil
}

func rename(context string, names map[string]string) ([]string, error) {
	var statements []string
	for _, from := range slices.Sorted(maps.Keys(names)) {
		old, renamed := attribute(context, from), attribute(context, names[from])
		statements = append(statements,
			"set("+renamed+", "+old+") where "+old+" != nil",
			"delete_key("+context+".attributes, "+strconv.Quote(from)+")")
	}
	return statements, nil
}

func remove(context string, keys []string) ([]string, error) {
	var statements []string
	for _, key := range keys {
		statements = append(statements, "delete_key("+context+".attributes, "+strconv.Quote(key)+")")
	}
	return statements, nil
}

func attribute(context, key string) string {
	return context + ".attributes[" + strconv.Quote(key) + "]"
}

// literal is an OTTL literal.
func literal(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return strconv.Quote(v), true
	case bool:
		return strconv.FormatBool(v), true
	case int:
		return strconv.Itoa(v), true
	case float64:
		return float(v)
	default:
		return "", false
	}
}

// float is a literal with a point, so that the attribute is no integer.
func float(v float64) (string, bool) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "", false
	}
	text := strconv.FormatFloat(v, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text, true
}

// items are what a signal consists of, as OTTL names it.
var items = map[string]string{document.Traces: "span", document.Metrics: "datapoint", document.Logs: "log", document.Profiles: "profile"}

// attributeOutput is a transform processor with the statements that each scope
// gives.
func attributeOutput[T any](scopes document.Scoped[T], s Site, statements func(context string, scope T) ([]string, error)) (Output, document.Diagnostics) {
	resource, err := statements("resource", scopes.Resource)
	texts := make(map[string][]string)
	for _, signal := range Signals {
		context, ok := items[signal]
		if !ok || !slices.Contains(s.Signals, signal) {
			continue
		}
		item, itemErr := statements(context, scopes.Items)
		err = errors.Join(err, itemErr)
		texts[signal] = append(slices.Clone(resource), item...)
	}
	if err != nil {
		return Output{}, fail(s.Place, "", "%s", strings.Split(err.Error(), "\n")[0])
	}
	if len(signalsOf(texts, s)) == 0 {
		return Output{}, fail(s.Place, "write `key: value` below it", "the action names no attributes")
	}
	return transformOutput(texts, s), nil
}
