// Package selector checks the selectors of documents, each key at its place, by
// the parser of the router.
package selector

import (
	"maps"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/match"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/match/ottlcondition"
)

var settings = component.TelemetrySettings{Logger: zap.NewNop()}

// Parser parses the entries of selectors as the router does.
func Parser() match.Parser {
	return match.Parser{Condition: func(text string) (match.Condition, error) { return ottlcondition.Parse(text, settings) }}
}

// Entries returns the entries as the router takes them, and what is wrong with
// them. Remedy is what to do about an empty one.
func Entries(parser match.Parser, from []document.Selector, remedy string) ([]any, document.Diagnostics) {
	var entries []any
	var found document.Diagnostics
	for _, s := range from {
		entries = append(entries, s.Value)
		if len(s.Value) == 0 {
			found = append(found, s.Place.Diagnose(document.Error, remedy, "an empty entry would take everything"))
		}
		found = append(found, Check(parser, s)...)
	}
	return entries, found
}

// Check returns what is wrong with a selector. What a reference in it stands for
// is known when it is resolved, so that such a key is not looked at.
func Check(parser match.Parser, s document.Selector) document.Diagnostics {
	var found document.Diagnostics
	for _, key := range slices.Sorted(maps.Keys(s.Value)) {
		if Refers(s.Value[key]) {
			continue
		}
		_, err := parser.Clause(map[string]any{key: s.Value[key]})
		for _, problem := range match.Problems(err) {
			found = append(found, s.At(key).Diagnose(document.Error, "", "%s", strings.TrimPrefix(problem.Error(), key+": ")))
		}
	}
	return found
}

// CheckSpanCondition returns what is wrong with an OTTL condition over a span, or
// nil.
func CheckSpanCondition(text string) error {
	if Refers(text) {
		return nil
	}
	_, err := ottlcondition.ParseSpan(text, settings)
	return err
}

// Refers reports whether there is a reference such as ${env:NAME} in v.
func Refers(v any) bool {
	switch v := v.(type) {
	case string:
		return strings.Contains(v, "${")
	case []any:
		return slices.ContainsFunc(v, Refers)
	case map[string]any:
		return slices.ContainsFunc(slices.Collect(maps.Values(v)), Refers)
	}
	return false
}
