package datastreamsconverter

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

func convert(t *testing.T, text string) (*confmap.Conf, *observer.ObservedLogs, error) {
	t.Helper()
	retrieved, err := confmap.NewRetrievedFromYAML([]byte(text))
	require.NoError(t, err)
	conf, err := retrieved.AsConf()
	require.NoError(t, err)
	core, logs := observer.New(zap.WarnLevel)
	err = NewFactory().Create(confmap.ConverterSettings{Logger: zap.New(core)}).Convert(t.Context(), conf)
	return conf, logs, err
}

// A document inside plain configuration compiles; what stands beside it wins,
// and the extensions of both are started.
func TestSection(t *testing.T) {
	conf, logs, err := convert(t, `
datastreams:
  version: 1
  destinations: { lake: { debug: {} } }
  streams:
    checkout: { sources: [{ service.name: "007" }], destinations: [lake] }
    default: { destinations: [lake] }
extensions: { zpages: {} }
exporters: { debug/lake: { verbosity: detailed } }
service: { extensions: [zpages] }
`)
	require.NoError(t, err)
	require.Empty(t, logs.All())
	require.False(t, conf.IsSet("datastreams"))
	require.Equal(t, []any{"zpages", "datastreams", "health_check"}, conf.Get("service::extensions"))
	require.Equal(t, "detailed", conf.Get("exporters::debug/lake::verbosity"))
	require.Equal(t, []any{"debug/lake"}, conf.Get("service::pipelines::traces/checkout::exporters"))
	require.Equal(t, []any{"debug/lake"}, conf.Get("connectors::datastreamrouter::pipelines::logs::checkout"))
	streams := conf.Get("connectors::datastreamrouter::streams").([]any)
	require.Equal(t, []any{map[string]any{"service.name": "007"}}, streams[0].(map[string]any)["select"])
	require.False(t, conf.IsSet("extensions::datastreams::document"), "nothing watches a section")
}

func TestSectionErrors(t *testing.T) {
	tests := []struct{ name, section, message string }{
		{"unknown destination", "{ version: 1, streams: { default: { destinations: [lake] } } }", `datastreams: error: streams.default.destinations[0]: there is no destination "lake"`},
		{"unknown key", "{ version: 1, stream: {} }", `did you mean "streams"?`},
		{"not a mapping", "7", "must be a mapping"},
		{"order", "{ version: 1, match: first }", "a section has no order"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := convert(t, "datastreams: "+tt.section)
			require.ErrorContains(t, err, tt.message)
		})
	}
}

// Another source that lists extensions replaces the document's list. What the
// document cannot run without is started all the same, and the rest is named.
func TestExtensionsOfADocument(t *testing.T) {
	conf, logs, err := convert(t, `
extensions: { datastreams: { document: /etc/ds.yaml }, file_storage/datastreams: {}, health_check: {}, zpages: {} }
service: { extensions: [zpages] }
`)
	require.NoError(t, err)
	require.Equal(t, []any{"zpages", "datastreams", "file_storage/datastreams"}, conf.Get("service::extensions"))
	require.Equal(t, 1, logs.Len())
	require.Equal(t, "health_check", logs.All()[0].ContextMap()["extension"])

	conf, logs, err = convert(t, "extensions: { zpages: {} }\nservice: { extensions: [] }")
	require.NoError(t, err)
	require.Empty(t, conf.Get("service::extensions"))
	require.Zero(t, logs.Len())
}
