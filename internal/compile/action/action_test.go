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
				out, found := Compile(a, Site{Name: "s.1", Stream: "s", Signals: []string{document.Traces, document.Metrics, document.Logs}, Place: a.Place})
				require.Empty(t, found)
				require.True(t, out.Processor != nil || out.Branch != nil || len(out.Keep) > 0)
			}
		})
	}
}

// The router samples where it decides over traces anyway, before any other
// action; elsewhere, and for logs, contrib's sampler does, always with a mode.
func TestWhoSamples(t *testing.T) {
	both := []string{document.Traces, document.Logs}
	for name, tt := range map[string]struct {
		spec   sampleSpec
		site   Site
		router bool
		mode   string   // of contrib's sampler; empty for none
		by     []string // the signals that it samples
	}{
		"nothing is held":        {site: Site{Stream: "s"}, mode: equalizing, by: both[:1]},
		"held":                   {site: Site{Stream: "s", Held: true}, router: true},
		"logs as well":           {spec: sampleSpec{Signals: both}, site: Site{Stream: "s", Held: true}, router: true, mode: equalizing, by: both[1:]},
		"not the first":          {site: Site{Stream: "s", Held: true, Index: 1}, mode: equalizing, by: both[:1]},
		"for all streams":        {site: Site{Held: true}, mode: proportional, by: both[:1]},
		"another mode is wanted": {spec: sampleSpec{Mode: proportional}, site: Site{Stream: "s", Held: true}, mode: proportional, by: both[:1]},
	} {
		t.Run(name, func(t *testing.T) {
			tt.spec.Percent, tt.site.Signals = 25, both
			out, found := tt.spec.compile(tt.site)
			require.Empty(t, found)
			require.Equal(t, tt.router, len(out.Keep) == 1)
			if tt.router {
				require.Equal(t, map[string]any{"name": "sample", "percent": 25.0}, out.Keep[0].Config)
			}
			if tt.mode == "" {
				require.Nil(t, out.Processor)
				return
			}
			require.Equal(t, Component{Type: "probabilistic_sampler", Config: map[string]any{"sampling_percentage": 25.0, "mode": tt.mode}}, *out.Processor)
			require.Equal(t, tt.by, out.Signals)
		})
	}
}
