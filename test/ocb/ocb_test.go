// Package ocb shows that somebody else's ocb build can take components from
// this module.
package ocb

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A foreign builder configuration with our components, the provider and the
// converter builds, and the result validates a configuration that uses them, and
// a document.
func TestForeignDistribution(t *testing.T) {
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	dir := t.TempDir()
	config, err := os.ReadFile(filepath.Join(root, "testdata/ocb/builder-config.yaml"))
	require.NoError(t, err)
	config = append(config, "\nreplaces:\n  - github.com/otelcol-datastreams/otelcol-datastreams => "+root+"\n"...)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "builder-config.yaml"), config, 0o600))

	run(t, filepath.Join(root, "tools"), "go", "build", "-o", filepath.Join(dir, "builder"), "go.opentelemetry.io/collector/cmd/builder")
	run(t, dir, "./builder", "--config", "builder-config.yaml")
	validate := []string{"validate", "--config", filepath.Join(root, "testdata/ocb/collector.yaml")}
	run(t, dir, filepath.Join(dir, "otelcol-custom/otelcol-custom"), validate...)
	run(t, dir, filepath.Join(dir, "otelcol-custom/otelcol-custom"), "validate", "--config", "datastreams:"+filepath.Join(root, "testdata/ocb/datastreams.yaml"))

	// The converter is part of the build: a stream without pipelines is noticed.
	other := filepath.Join(dir, "other.yaml")
	require.NoError(t, os.WriteFile(other, []byte("connectors: { datastreamrouter: { streams: [{ name: other, default: true }] } }"), 0o600))
	out, err := exec.Command(filepath.Join(dir, "otelcol-custom/otelcol-custom"), append(validate, "--config", other)...).CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), `no pipeline uses stream "other"`)
}

func run(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
}
