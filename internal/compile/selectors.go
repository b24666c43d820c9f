package compile

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

// Selectors parses the entries of selectors as the router does.
func Selectors() match.Parser {
	settings := component.TelemetrySettings{Logger: zap.NewNop()}
	return match.Parser{Condition: func(text string) (match.Condition, error) { return ottlcondition.Parse(text, settings) }}
}

// selectors returns the entries as the router takes them, and reports what is
// wrong with them, each at its key.
func (c *compiler) selectors(from []document.Selector) []any {
	var entries []any
	for _, s := range from {
		entries = append(entries, s.Value)
		if len(s.Value) == 0 {
			c.fail(s.Place, "name an attribute, or call the stream default", "an empty entry would take everything")
		}
		for _, key := range sortedKeys(s.Value) {
			c.selector(s, key)
		}
	}
	return entries
}

func (c *compiler) selector(s document.Selector, key string) {
	if refers(s.Value[key]) {
		return // What the reference stands for is known when it is resolved.
	}
	_, err := c.parser.Clause(map[string]any{key: s.Value[key]})
	for _, problem := range match.Problems(err) {
		c.fail(s.At(key), "", "%s", strings.TrimPrefix(problem.Error(), key+": "))
	}
}

// refers reports whether there is a reference such as ${env:NAME} in v.
func refers(v any) bool {
	switch v := v.(type) {
	case string:
		return strings.Contains(v, "${")
	case []any:
		return slices.ContainsFunc(v, refers)
	case map[string]any:
		return slices.ContainsFunc(slices.Collect(maps.Values(v)), refers)
	}
	return false
}
