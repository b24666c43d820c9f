package action

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
)

// ruleConfig is the rule as the router takes it.
func ruleConfig(r *document.KeepRule) map[string]any {
	config := map[string]any{"name": r.Name}
	set := func(key string, given bool, value any) {
		if given {
			config[key] = value
		}
	}
	var sources []any
	for _, s := range r.Sources {
		sources = append(sources, s.Value)
	}
	set("errors", r.Errors, true)
	set("slower_than", r.SlowerThan.Set, r.SlowerThan.String())
	set("min_spans", r.MinSpans > 0, r.MinSpans)
	set("attributes", len(r.Attributes.Value) > 0, r.Attributes.Value)
	set("condition", r.Condition != "", r.Condition)
	set("sources", len(sources) > 0, sources)
	set("never", r.Never, true)
	if r.Percent != nil {
		config["percent"] = *r.Percent
	}
	if r.SpansPerSecond != nil {
		config["spans_per_second"] = *r.SpansPerSecond
	}
	set("share", r.Share != "", r.Share)
	return config
}

// ruleText says what the rule does: "errors: all traces with an error".
func ruleText(r *document.KeepRule) string {
	var about []string
	add := func(given bool, format string, args ...any) {
		if given {
			about = append(about, fmt.Sprintf(format, args...))
		}
	}
	add(r.Errors, "with an error")
	add(r.SlowerThan.Set, "slower than %s", r.SlowerThan.Duration)
	add(r.MinSpans > 0, "of %d spans or more", r.MinSpans)
	add(len(r.Attributes.Value) > 0, "with the attributes %s", describe(r.Attributes.Value))
	add(r.Condition != "", "with a span where %s", r.Condition)
	var sources []string
	for _, s := range r.Sources {
		sources = append(sources, describe(s.Value))
	}
	add(len(sources) > 0, "through %s", strings.Join(sources, " or "))
	if len(about) == 0 {
		about = []string{"of any kind"}
	}
	return fmt.Sprintf("%s: %s traces %s", r.Name, amount(r), strings.Join(about, ", "))
}

// amount says how many of the traces that a rule is about are kept.
func amount(r *document.KeepRule) string {
	switch {
	case r.Never:
		return "no"
	case r.Percent != nil && *r.Percent < 100:
		return fmt.Sprintf("%v percent of", *r.Percent)
	case r.SpansPerSecond != nil:
		return fmt.Sprintf("%v spans per second of", *r.SpansPerSecond)
	}
	return "all"
}

// describe puts a selector into words.
func describe(attributes map[string]any) string {
	var terms []string
	for _, key := range slices.Sorted(maps.Keys(attributes)) {
		value, ok := attributes[key].(string)
		if !ok {
			text, err := json.Marshal(attributes[key])
			if err != nil { // Infinity, which JSON does not have.
				text = fmt.Append(nil, attributes[key])
			}
			value = string(text)
		}
		terms = append(terms, key+" "+value)
	}
	return strings.Join(terms, " and ")
}
