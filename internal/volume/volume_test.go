package volume

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// A directory that will be made has the size of the volume that it will be on.
func TestSize(t *testing.T) {
	if runtime.GOOS != "linux" && runtime.GOOS != "darwin" {
		t.Skip("volumes are not measured here")
	}
	dir := t.TempDir()
	there := Size(dir)
	require.Positive(t, there)
	require.Equal(t, there, Size(filepath.Join(dir, "not", "there")))

	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.Zero(t, Size(filepath.Join(file, "below")))
}
