package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What documents compile to, the collector itself takes: every configuration of
// the compiler's cases passes `validate`.
func TestCompiledCasesAreValid(t *testing.T) {
	files, err := filepath.Glob("../../internal/compile/testdata/cases/*/collector.yaml")
	require.NoError(t, err)
	require.Greater(t, len(files), 15)
	for _, file := range files {
		name := filepath.Base(filepath.Dir(file))
		t.Run(name, func(t *testing.T) {
			config, err := filepath.Abs(file)
			require.NoError(t, err)
			cmd := exec.Command(binary(t, "otelcol-datastreams"), "validate", "--feature-gates=service.profilesSupport", "--config", config)
			cmd.Dir = t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(cmd.Dir, "token"), []byte("t0k3n"), 0o600))
			cmd.Env = append(os.Environ(), "VENDOR_KEY=k", "VENDOR_HOST=localhost", "REGION=eu", "PATTERN=x", "TEMPO=tempo:4317", "MIMIR_TOKEN=t",
				"MASKING_KEY="+strings.Repeat("k", 32))
			out, err := cmd.CombinedOutput()
			if name == "other-exporters" { // Exporters of other builds.
				require.ErrorContains(t, err, "exit status 1")
				require.Contains(t, string(out), `unknown type: "`)
				return
			}
			require.NoError(t, err, "%s", out)
		})
	}
}
