package compile

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
)

// thousand is a document with so many streams, each with a source and an action
// of its own, ten destinations between them.
func thousand(streams int) []byte {
	var b strings.Builder
	b.WriteString("version: 1\ndestinations:\n")
	for i := range 10 {
		fmt.Fprintf(&b, "  d%d: { otlp_grpc: { endpoint: \"d%d:4317\" } }\n", i, i)
	}
	b.WriteString("streams:\n")
	for i := range streams {
		fmt.Fprintf(&b, `  s%d:
    sources:
      - { service.name: [a%d, b%d, c%d], k8s.namespace.name: n%d }
      - { service.name: { glob: "x%d-*" } }
    actions: [{ set: { team: t%d } }, { sample: { percent: 10 } }]
    destinations: [d%d, d%d]
`, i, i, i, i, i%50, i, i, i%10, (i+1)%10)
	}
	b.WriteString("  default: { destinations: [d0] }\n")
	return []byte(b.String())
}

// The best of three runs counts: the machine has other work, too.
func TestThousandStreamsInASecond(t *testing.T) {
	data := thousand(1000)
	best := time.Hour
	for range 3 {
		start := time.Now()
		_, result, found := Parse("datastreams.yaml", data)
		best = min(best, time.Since(start))
		require.Empty(t, found)
		require.Len(t, result.Streams, 1001)
	}
	require.Less(t, best, time.Second*slowdown)
}

func BenchmarkCompile(b *testing.B) {
	for _, streams := range []int{10, 1000} {
		data := thousand(streams)
		b.Run(fmt.Sprintf("streams=%d", streams), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Parse("datastreams.yaml", data)
			}
		})
	}
}

// Whatever the bytes are: no panic, the same result each time, and neither
// compiling nor what is done with the result changes the document.
func FuzzParse(f *testing.F) {
	for _, data := range cases(f) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, first, found := Parse("f", data)
		_, second, again := Parse("f", data)
		require.Equal(t, found, again)
		requireSameYAML(t, first, second)
		for _, p := range found {
			require.NotEmpty(t, p.Message)
			require.Equal(t, "f", p.File)
		}
		if found.Failed() {
			return
		}
		spoil(first.Config)
		third, _ := Document(d)
		requireSameYAML(t, second, third)
	})
}

func requireSameYAML(t *testing.T, a, b Result) {
	t.Helper()
	x, err := YAML(a.Config)
	require.NoError(t, err)
	y, err := YAML(b.Config)
	require.NoError(t, err)
	require.Equal(t, string(x), string(y))
}

// spoil changes everything in a configuration.
func spoil(v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, item := range v {
			spoil(item)
			v[key] = "spoiled"
		}
	case []any:
		for i, item := range v {
			spoil(item)
			v[i] = "spoiled"
		}
	}
}

// What an action's statements name are component ids of a pipeline, each once.
func TestNamesOfComponentsAreUnique(t *testing.T) {
	for name, data := range cases(t) {
		_, result, found := Parse("datastreams.yaml", data)
		if found.Failed() {
			continue
		}
		service := result.Config["service"].(map[string]any)
		for id, p := range service["pipelines"].(map[string]any) {
			for _, section := range []string{"receivers", "processors", "exporters"} {
				list, _ := p.(map[string]any)[section].([]any)
				seen := make(map[any]bool)
				for _, component := range list {
					require.False(t, seen[component], "%s: %s: %v is listed twice", name, id, component)
					seen[component] = true
				}
			}
		}
	}
}

// A reference is neither resolved nor written over, wherever it stands.
func TestSecretsStayReferences(t *testing.T) {
	t.Setenv("VENDOR_KEY", "s3cr3t")
	_, result, found := Parse("datastreams.yaml", cases(t)["references"])
	require.Empty(t, found)
	text, err := YAML(result.Config)
	require.NoError(t, err)
	require.NotContains(t, string(text), "s3cr3t")
	require.Contains(t, string(text), "${env:VENDOR_KEY}")
}

func TestEnvReferences(t *testing.T) {
	refs := document.EnvReferences("f", []byte("a: \"${env:A} ${B}\"\n# ${env:COMMENT}\nb: [\"$${env:C}\", \"${env:D:-x}\", \"${file:E}\"]\n"))
	var got []string
	for _, r := range refs {
		got = append(got, fmt.Sprint(r.Place.Position, " ", r.Place.Path, " ", r.Name, " ", r.HasDefault))
	}
	require.Equal(t, []string{"f:1:4 a A false", "f:1:4 a B false", "f:3:18 b[1] D true"}, got)

	lookup := func(name string) (string, bool) { return "<" + name + ">", name != "D" }
	require.Equal(t, "<A> ${env:C} x ${file:E} $5 ", document.ExpandEnv("${env:A} $${env:C} ${env:D:-x} ${file:E} $$5 ${D}", lookup))
}
