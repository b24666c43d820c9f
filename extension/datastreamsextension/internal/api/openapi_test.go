package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/feed"
)

type object = map[string]any

var openapi = sync.OnceValue(func() object {
	text, err := os.ReadFile("openapi.yaml")
	if err != nil {
		panic(err)
	}
	var all object
	if err := yaml.Unmarshal(text, &all); err != nil {
		panic(err)
	}
	return all
})

// The description has the routes of the server, and no others.
func TestRoutesAreDescribed(t *testing.T) {
	var described []string
	for path, methods := range openapi()["paths"].(object) {
		for method := range methods.(object) {
			described = append(described, strings.ToUpper(method)+" "+path)
		}
	}
	require.ElementsMatch(t, newCollector(t, shop).server().Routes(), described)
}

// What goes with the events is described like all else.
func TestSnapshotIsDescribed(t *testing.T) {
	s := feed.Snapshot{
		Time: time.Now(), Document: feed.DocumentState{State: "applied"}, Unmatched: 1, Problem: "p",
		Streams:      []feed.Stream{{Signals: map[string]feed.Flow{"traces": {}}, Counts: map[string]float64{}}},
		Destinations: []feed.Destination{{Health: "ok"}},
		Sources:      feed.Sources{Top: []feed.Source{{Streams: []string{}, Signals: map[string]float64{}}}},
	}
	text, err := json.Marshal(s)
	require.NoError(t, err)
	var v any
	require.NoError(t, json.Unmarshal(text, &v))
	require.Empty(t, differences(v, object{"$ref": "#/components/schemas/Snapshot"}, ""))
	v.(object)["splits"] = object{"share": 0.5}
	require.Empty(t, differences(v, object{"$ref": "#/components/schemas/Snapshot"}, ""))
	v.(object)["splits"] = 0.5
	require.NotEmpty(t, differences(v, object{"$ref": "#/components/schemas/Snapshot"}, ""))
}

// The check of descriptions finds what it is to find.
func TestDifferences(t *testing.T) {
	schema := object{"$ref": "#/components/schemas/Probe"}
	require.Empty(t, differences(object{"ok": true, "detail": ""}, schema, ""))
	require.Equal(t, []string{"detail is missing", "more is not described", "ok: true is no boolean"},
		differences(object{"ok": "true", "more": 1}, schema, ""))
	require.Equal(t, []string{"mode: x is not listed"},
		differences(object{"mode": "x", "version": "", "document": true, "base_path": "", "auth": "none", "authenticated": true}, object{"$ref": "#/components/schemas/Session"}, ""))
}

// requireDescribed compares an answer with its description.
func requireDescribed(t *testing.T, method, path string, a reply) {
	t.Helper()
	path, _, _ = strings.Cut(path, "?")
	operation := describedAt(method, path)
	if operation == nil {
		require.Equal(t, 404, a.status)
		return
	}
	response, ok := operation["responses"].(object)[strconv.Itoa(a.status)].(object)
	require.True(t, ok, "%s %s: the answer %d is not described: %s", method, path, a.status, a.body)
	contents, _ := resolve(response)["content"].(object)
	require.Equal(t, contents == nil, a.body == "", "%s %s: %s", method, path, a.body)
	for kind, content := range contents {
		require.True(t, strings.HasPrefix(a.header.Get("Content-Type"), kind), "%s %s: %s", method, path, a.header.Get("Content-Type"))
		if !strings.HasSuffix(kind, "json") {
			continue
		}
		var v any
		a.decode(&v)
		require.Empty(t, differences(v, content.(object)["schema"].(object), ""), "%s %s: %s", method, path, a.body)
	}
}

func describedAt(method, path string) object {
	for pattern, methods := range openapi()["paths"].(object) {
		a, b := strings.Split(pattern, "/"), strings.Split(path, "/")
		if slices.EqualFunc(a, b, func(p, s string) bool { return p == s || strings.HasPrefix(p, "{") }) {
			operation, _ := methods.(object)[strings.ToLower(method)].(object)
			return operation
		}
	}
	return nil
}

// resolve follows a reference.
func resolve(schema object) object {
	ref, ok := schema["$ref"].(string)
	if !ok {
		return schema
	}
	at := openapi()
	for key := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		at = at[key].(object)
	}
	return at
}

// differences lists where a value is not as the schema has it.
func differences(v any, schema object, at string) []string {
	schema = resolve(schema)
	var found []string
	if listed, ok := schema["enum"].([]any); ok && !slices.Contains(listed, v) {
		found = append(found, fmt.Sprintf("%s%v is not listed", at, v))
	}
	kinds := kindsOf(schema)
	switch v := v.(type) {
	case object:
		properties, described := schema["properties"].(object)
		required, _ := schema["required"].([]any)
		for _, key := range required {
			if _, ok := v[key.(string)]; !ok {
				found = append(found, fmt.Sprintf("%s%s is missing", at, key))
			}
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if property, ok := properties[key].(object); ok {
				found = append(found, differences(v[key], property, at+key+": ")...)
			} else if described {
				found = append(found, fmt.Sprintf("%s%s is not described", at, key))
			}
		}
	case []any:
		for i, item := range v {
			found = append(found, differences(item, schema["items"].(object), at+strconv.Itoa(i)+": ")...)
		}
	}
	is := kindOf(v)
	allowed := slices.Contains(kinds, is) || is == "integer" && slices.Contains(kinds, "number")
	if len(kinds) > 0 && !allowed {
		found = append(found, fmt.Sprintf("%s%v is no %s", at, v, strings.Join(kinds, " or ")))
	}
	return found
}

// kindsOf lists the types that a schema allows; none allows all.
func kindsOf(schema object) (kinds []string) {
	switch t := schema["type"].(type) {
	case string:
		return []string{t}
	case []any:
		for _, kind := range t {
			kinds = append(kinds, kind.(string))
		}
	}
	return kinds
}

func kindOf(v any) string {
	switch v := v.(type) {
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case object:
		return "object"
	case float64:
		if v == float64(int64(v)) {
			return "integer"
		}
		return "number"
	default:
		return "null"
	}
}
