package action

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
)

// Every action has examples for the reference, and they compile.
func TestExamplesCompile(t *testing.T) {
	for _, k := range Kinds() {
		t.Run(k.Name, func(t *testing.T) {
			text := "version: 1\nstreams: {}\nactions:\n" + k.Examples + "\n"
			d, found := document.Parse("f", []byte(text))
			require.Empty(t, found)
			require.NotEmpty(t, d.Actions)
			for _, a := range d.Actions {
				require.Equal(t, k.Name, a.Kind)
				out, found := Compile(a, Site{Name: "s.1", Signals: []string{document.Traces, document.Metrics, document.Logs}, Place: a.Place})
				require.Empty(t, found)
				require.True(t, out.Processor != nil || out.Branch != nil)
			}
		})
	}
}
