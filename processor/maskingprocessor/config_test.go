package maskingprocessor

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Every file of testdata/config is a configuration; the .err file beside it
// holds what Validate says of it, which is nothing for good ones.
func TestConfig(t *testing.T) {
	files, err := filepath.Glob("testdata/config/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			conf, err := confmaptest.LoadConf(file)
			require.NoError(t, err)
			cfg := createDefaultConfig()
			require.NoError(t, conf.Unmarshal(cfg))
			var got string
			if err := confmap.Validate(cfg); err != nil {
				got = err.Error() + "\n"
			}
			golden := strings.TrimSuffix(file, ".yaml") + ".err"
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o600))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err, "no expectation; run with -update and read what it writes")
			require.Equal(t, string(want), got)
			require.Equal(t, strings.HasPrefix(filepath.Base(file), "good"), got == "", "the name of the file says what it is")
		})
	}
}

// A list replaces the default one, also a shorter one.
func TestListsReplaceTheirDefaults(t *testing.T) {
	cfg := createDefaultConfig()
	require.NoError(t, confmap.NewFromStringMap(map[string]any{"detectors": []any{"jwt"}, "deny_keys": []any{}}).Unmarshal(cfg))
	require.Equal(t, []string{"jwt"}, cfg.(*Config).Detectors)
	require.Empty(t, cfg.(*Config).DenyKeys)
}

// No secret is in what Validate says.
func TestProblemsDoNotShowSecrets(t *testing.T) {
	cfg := createDefaultConfig()
	require.NoError(t, confmap.NewFromStringMap(map[string]any{"hash_keys": []any{map[string]any{"id": "k1", "secret": "hunter2"}}}).Unmarshal(cfg))
	err := confmap.Validate(cfg)
	require.Error(t, err)
	require.NotContains(t, err.Error(), "hunter2")
}
