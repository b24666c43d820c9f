package datastreamsconverter_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"

	"github.com/otelcol-datastreams/otelcol-datastreams/confmap/converter/datastreamsconverter"
)

// The extension of a document reads the log, and nobody loses it.
func TestLogsAreRead(t *testing.T) {
	for name, c := range map[string]struct {
		document any
		paths    any
		want     any
	}{
		"default":    {"/etc/datastreams.yaml", nil, []any{"stderr", "datastreams:log"}},
		"to a file":  {"/etc/datastreams.yaml", []any{"/var/log/otelcol.log"}, []any{"/var/log/otelcol.log", "datastreams:log"}},
		"there":      {"/etc/datastreams.yaml", []any{"datastreams:log"}, []any{"datastreams:log"}},
		"malformed":  {"/etc/datastreams.yaml", 7, 7},
		"none":       {nil, nil, nil},
		"none, file": {nil, []any{"/var/log/otelcol.log"}, []any{"/var/log/otelcol.log"}},
	} {
		t.Run(name, func(t *testing.T) {
			raw := map[string]any{"extensions": map[string]any{"datastreams": map[string]any{"document": c.document}}}
			if c.paths != nil {
				raw["service"] = map[string]any{"telemetry": map[string]any{"logs": map[string]any{"output_paths": c.paths}}}
			}
			conf := confmap.NewFromStringMap(raw)
			converter := datastreamsconverter.NewFactory().Create(confmap.ConverterSettings{})
			for range 2 { // What is converted again stays the same.
				require.NoError(t, converter.Convert(t.Context(), conf))
				require.Equal(t, c.want, conf.Get("service::telemetry::logs::output_paths"))
			}
		})
	}
}
