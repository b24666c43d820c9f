package datastreamsprovider

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// Only who asks for it gets a document where there is none, and never another
// than the one that is there.
func TestSetup(t *testing.T) {
	path := filepath.Join(t.TempDir(), "datastreams.yaml")
	core, logs := observer.New(zap.WarnLevel)
	retrieve := func(uri string) error {
		p := NewFactory().Create(confmap.ProviderSettings{Logger: zap.New(core)})
		_, err := p.Retrieve(t.Context(), uri, nil)
		require.NoError(t, p.Shutdown(t.Context()))
		return err
	}
	require.ErrorContains(t, retrieve("datastreams:"+path), "no such file", "a mistyped name starts nothing")
	require.NoFileExists(t, path)

	require.NoError(t, retrieve("datastreams:"+path+"?setup"))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, first, string(text))
	require.Equal(t, 1, logs.FilterMessageSnippet("NOT SET UP").Len())
	require.Zero(t, logs.FilterMessageSnippet("may not say what is meant").Len(), "what is made is not complained of")

	mine := []byte(first + "# mine\n")
	require.NoError(t, os.WriteFile(path, mine, 0o600))
	require.NoError(t, retrieve("datastreams:"+path+"?setup"))
	text, err = os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(mine), string(text))
	require.Equal(t, 1, logs.FilterMessageSnippet("NOT SET UP").Len())
	require.ErrorContains(t, retrieve("datastreams:"+filepath.Join(path, "x")+"?setup"), "not a directory")
}
