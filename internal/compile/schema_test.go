package compile

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/compile/action"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
)

// The committed schema and reference are those of the types.
func TestGoldenSchemaAndReference(t *testing.T) {
	schema, err := json.MarshalIndent(document.Schema(action.Specs()), "", "  ")
	require.NoError(t, err)
	golden(t, "../../schema/datastreams.schema.json", string(schema)+"\n")

	const page = "../../docs/document.md"
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(text), "<!-- generated -->\n")
	require.True(t, ok, "the page says where the generated part starts")
	_, after, ok := strings.Cut(rest, "<!-- end of the generated part -->\n")
	require.True(t, ok, "and where it ends")
	golden(t, page, before+"<!-- generated -->\n"+document.Markdown(action.Specs())+"\n<!-- end of the generated part -->\n"+after)
}

// What the schema says of a document agrees with what the parser says: an editor
// neither complains of a good document, nor misses what is wrong in form.
func TestSchemaAgreesWithParser(t *testing.T) {
	compiler := jsonschema.NewCompiler()
	schema, err := jsonschema.UnmarshalJSON(strings.NewReader(marshal(t, document.Schema(action.Specs()))))
	require.NoError(t, err)
	require.NoError(t, compiler.AddResource("datastreams.json", schema))
	compiled, err := compiler.Compile("datastreams.json")
	require.NoError(t, err)
	// Schemas have no way to say these, or would have to list every exporter.
	beyond := []string{"bad-duplicates", "bad-missing", "bad-two-documents", "bad-version"}
	for name, data := range cases(t) {
		t.Run(name, func(t *testing.T) {
			var v any
			if yaml.Unmarshal(data, &v) != nil || v == nil {
				t.Skip("not a value")
			}
			instance, err := jsonschema.UnmarshalJSON(strings.NewReader(marshal(t, v)))
			require.NoError(t, err)
			_, found := document.Parse(name, data)
			problem := compiled.Validate(instance)
			switch {
			case !found.Failed() && !strings.HasPrefix(name, "bad-"):
				require.NoError(t, problem)
			case found.Failed() && !slices.Contains(beyond, name):
				require.Error(t, problem, found)
			}
		})
	}
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil { // Infinity, which JSON does not have.
		t.Skip(err)
	}
	return string(text)
}

// cases returns the documents of all cases by their names.
func cases(tb testing.TB) map[string][]byte {
	tb.Helper()
	paths, err := filepath.Glob("testdata/cases/*/datastreams.yaml")
	require.NoError(tb, err)
	require.Greater(tb, len(paths), 25)
	all := make(map[string][]byte)
	for _, path := range paths {
		data, err := os.ReadFile(path)
		require.NoError(tb, err)
		all[filepath.Base(filepath.Dir(path))] = data
	}
	return all
}
