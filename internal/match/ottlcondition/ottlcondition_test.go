package ottlcondition

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/match"
)

func checkout() pcommon.Resource {
	resource := pcommon.NewResource()
	resource.Attributes().PutStr("service.name", "checkout")
	resource.Attributes().PutInt("port", 8080)
	resource.SetDroppedAttributesCount(2)
	return resource
}

func TestHolds(t *testing.T) {
	tests := []struct {
		text string
		want bool
	}{
		{`attributes["service.name"] == "checkout"`, true},
		{`resource.attributes["service.name"] == "checkout" and attributes["port"] > 1`, true},
		{`IsMatch(attributes["service.name"], "^pay")`, false},
		{`not IsMatch(attributes["service.name"], "^pay")`, true},
		{`attributes["port"] >= 8000 and attributes["port"] < 8080`, false},
		{`attributes["absent"] == nil`, true},
		{`Len(attributes["service.name"]) == 8`, true},
		{`dropped_attributes_count == 2`, true},
		{`attributes["service.name"] != "otelcol.client"`, true},
		{`schema_url == ""`, true},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			c, err := Parse(tt.text, componenttest.NewNopTelemetrySettings())
			require.NoError(t, err)
			require.Equal(t, tt.text, c.String())
			got, err := c.Holds(checkout())
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

func TestHoldsReturnsErrors(t *testing.T) {
	c, err := Parse(`Double(attributes["service.name"]) > 3.0`, componenttest.NewNopTelemetrySettings())
	require.NoError(t, err)
	_, err = c.Holds(checkout())
	require.ErrorContains(t, err, `parsing "checkout"`)
}

func TestParseRefuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"empty", "  ", "an empty condition would take everything; leave it out, or name attributes"},
		{"incomplete", `attributes["a"] ==`, `not an OTTL condition over a resource: condition has invalid syntax: 1:19: unexpected token "<EOF>"`},
		{"unknown function", `IsMatc(attributes["a"], "^b")`, `not an OTTL condition over a resource: undefined function "IsMatc"`},
		{"editor", `set(attributes["a"], 1) == nil`, "not an OTTL condition over a resource: converter names must start with an uppercase letter but got 'set'"},
		{"bad regex", `IsMatch(attributes["a"], "(")`, "missing closing )"},
		{"another signal's path", `span.name == "a"`, `segment "span" from path "span.name" is not a valid path`},
		{"request", `otelcol.client.metadata["a"] == nil`, "not a condition over a resource: the paths of otelcol belong to a request, which is unknown here"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse(tt.text, componenttest.NewNopTelemetrySettings())
			require.ErrorContains(t, err, tt.want)
		})
	}
}

// A table asks the conditions about the resources that satisfy the terms, and
// counts those that cannot be evaluated.
func TestSelector(t *testing.T) {
	parser := match.Parser{Condition: func(text string) (match.Condition, error) {
		return Parse(text, componenttest.NewNopTelemetrySettings())
	}}
	clause, err := parser.Clause(map[string]any{"env": "prod", "condition": `Double(attributes["load"]) > 0.5`})
	require.NoError(t, err)
	table := match.Compile([]match.Stream{{Select: []match.Clause{clause}}}, match.AllStreams)
	resource := func(env, load string) pcommon.Resource {
		r := pcommon.NewResource()
		r.Attributes().PutStr("env", env)
		r.Attributes().PutStr("load", load)
		return r
	}
	require.Equal(t, []int{0}, table.MatchResource(resource("prod", "0.7")).Streams)
	require.Empty(t, table.MatchResource(resource("prod", "0.3")).Streams)
	require.Empty(t, table.MatchResource(resource("dev", "much")).Streams)
	require.Zero(t, table.ConditionErrors())
	require.Empty(t, table.MatchResource(resource("prod", "much")).Streams)
	require.Equal(t, uint64(1), table.ConditionErrors())

	_, err = parser.Clause(map[string]any{"condition": `attributes[`})
	require.True(t, strings.HasPrefix(fmt.Sprint(err), "condition: not an OTTL condition"), "%v", err)
}

func BenchmarkHolds(b *testing.B) {
	c, err := Parse(`IsMatch(attributes["service.name"], "^check") and attributes["absent"] == nil`, componenttest.NewNopTelemetrySettings())
	require.NoError(b, err)
	resource := checkout()
	b.ReportAllocs()
	for b.Loop() {
		if ok, err := c.Holds(resource); !ok || err != nil {
			b.Fatal("the condition holds")
		}
	}
}
