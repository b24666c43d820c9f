package starter

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// Sources mean what the condition means; what cannot be said in sources stays a
// condition.
func TestSourcesOf(t *testing.T) {
	for condition, want := range map[string]string{
		`attributes["a"] == "x"`:                                      `[{a: x}]`,
		`resource.attributes["a"]=="x y"`:                             `[{a: x y}]`,
		`attributes["a"] != "x"`:                                      `[{a: {not: x}}]`,
		`attributes["a"] == nil`:                                      `[{a: {exists: false}}]`,
		`attributes["a"] != nil`:                                      `[{a: {exists: true}}]`,
		`IsMatch(attributes["a"], "^x\\d")`:                           `[{a: {regex: '^x\d'}}]`,
		`not IsMatch(attributes["a"], "x")`:                           `[{a: {not: {regex: x}}}]`,
		`attributes["a"] == "x" and attributes["b"] == "y"`:           `[{a: x, b: "y"}]`,
		`attributes["a"] == "x" or attributes["b"] == "y"`:            `[{a: x}, {b: "y"}]`,
		`attributes["a"] == "x" or attributes["a"] == "y"`:            `[{a: [x, "y"]}]`,
		`attributes["a"] == "this or that and \" more"`:               `[{a: this or that and " more}]`,
		`attributes["a"] == "x" and attributes["a"] != "y"`:           `[{condition: 'attributes["a"] == "x" and attributes["a"] != "y"'}]`,
		`attributes["n"] == 5`:                                        `[{condition: 'attributes["n"] == 5'}]`,
		`(attributes["a"] == "x" or attributes["b"] == "y") and true`: `[{condition: '(attributes["a"] == "x" or attributes["b"] == "y") and true'}]`,
		`Len(attributes["a"]) > 3`:                                    `[{condition: 'Len(attributes["a"]) > 3'}]`,
	} {
		got, err := yaml.Marshal(sourcesOf(condition))
		require.NoError(t, err)
		require.YAMLEq(t, want, string(got), condition)
	}
}

func TestPipelinesThatDeliverElsewhere(t *testing.T) {
	d, err := FromCollector([]byte(`
receivers: { otlp: }
exporters: { debug/a: , debug/b: }
processors: { filter: }
connectors:
  routing:
    table:
      - { condition: 'attributes["x"] == "1"', pipelines: [traces/one, logs/one] }
      - { condition: 'attributes["x"] == "2"', pipelines: [traces/two] }
  routing/second: { table: [] }
service:
  pipelines:
    traces/in: { receivers: [otlp], exporters: [routing, debug/a] }
    traces/one: { receivers: [routing], processors: [filter], exporters: [debug/a] }
    logs/one: { receivers: [routing], exporters: [debug/b] }
    traces/two: { receivers: [routing], exporters: [debug/b] }
`))
	require.NoError(t, err)
	require.Equal(t, []string{
		"pipeline traces/in also exports to debug/a, before the router: that was left out",
		"the pipelines of stream one have different processors: as actions they are for all of its signals",
		"of several routing connectors only routing was read; routing/second was left out",
		"stream one now delivers traces to b, too",
	}, d.Notes)
	require.Equal(t, []string{"traces"}, d.Destinations[0].Signals)
	require.Empty(t, d.Destinations[1].Signals)
}
