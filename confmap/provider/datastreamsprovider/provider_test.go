package datastreamsprovider

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"
	"go.opentelemetry.io/collector/confmap/provider/envprovider"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func write(t *testing.T, text string) (uri string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "datastreams.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return "datastreams:" + path
}

func TestScheme(t *testing.T) {
	p := NewFactory().Create(confmap.ProviderSettings{})
	require.NoError(t, confmaptest.ValidateProviderScheme(p))
	require.NoError(t, p.Shutdown(t.Context()))
}

// The Collector resolves references of the document, wherever they stand, and
// takes a doubled dollar sign for one.
func TestRetrieve(t *testing.T) {
	t.Setenv("LAKE_LEVEL", "detailed")
	t.Setenv("TEAM", "web")
	uri := write(t, `
version: 1
destinations: { lake: { debug: { verbosity: "${env:LAKE_LEVEL}" } } }
streams:
  checkout:
    sources: [{ service.name: { regex: "^a$$" } }]
    actions: [{ set: { team: "${env:TEAM}" } }]
    destinations: [lake]
`)
	resolver, err := confmap.NewResolver(confmap.ResolverSettings{
		URIs:              []string{uri},
		ProviderFactories: []confmap.ProviderFactory{NewFactory(), envprovider.NewFactory()},
	})
	require.NoError(t, err)
	for range 2 { // The second time is a reload.
		conf, err := resolver.Resolve(t.Context())
		require.NoError(t, err)
		require.Equal(t, "detailed", conf.Get("exporters::debug/lake::verbosity"))
		require.Equal(t, filepath.Base(uri), filepath.Base(conf.Get("extensions::datastreams::document").(string)))
		stream := conf.Get("connectors::datastreamrouter::streams").([]any)[0].(map[string]any)
		require.Equal(t, []any{map[string]any{"service.name": map[string]any{"regex": "^a$"}}}, stream["select"])
		statements := conf.Get("processors::transform/checkout.1::trace_statements")
		require.Contains(t, statements.([]any)[0], `"web"`)
	}
	require.NoError(t, resolver.Shutdown(t.Context()))
}

func TestRetrieveErrors(t *testing.T) {
	tests := []struct{ name, uri, message string }{
		{"missing file", "datastreams:" + filepath.Join(t.TempDir(), "none.yaml"), "no such file"},
		{"no file", "datastreams:", "name the document"},
		{"another scheme", "file:x", "is not of the scheme"},
		{"syntax", write(t, "version: [\n"), "datastreams.yaml:"},
		{"every problem", write(t, "version: 1\nstreems: {}\nmatch: best\n"), "datastreams.yaml:3:8: error: match"},
		{"every problem", write(t, "version: 1\nstreems: {}\nmatch: best\n"), "datastreams.yaml:2:1: error: streems"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := NewFactory().Create(confmap.ProviderSettings{})
			_, err := p.Retrieve(t.Context(), tt.uri, nil)
			require.ErrorContains(t, err, tt.message)
			require.NoError(t, p.Shutdown(t.Context()))
		})
	}
}
