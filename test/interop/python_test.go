package interop

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// pythonVariable names the Python interpreter that has the packages of requirements.txt. `make interop` sets it.
const pythonVariable = "INTEROP_PYTHON"

// python runs a script, if there is an interpreter for it.
func python(t *testing.T, args ...string) {
	t.Helper()
	interpreter := os.Getenv(pythonVariable)
	if interpreter == "" {
		t.Skipf("%s is not set: run `make interop`", pythonVariable)
	}
	out, err := exec.CommandContext(t.Context(), interpreter, args...).CombinedOutput()
	t.Logf("%s", out)
	require.NoError(t, err)
}

// All readers find the same in every column of what services send.
func TestColumnsOfShop(t *testing.T) {
	python(t, "columns.py", shopLake(t, t.TempDir()).root)
}

// All readers find the same in every column of what OTLP allows.
func TestColumnsOfRandom(t *testing.T) {
	python(t, "columns.py", randomLake(t, t.TempDir()).root)
}

// All engines give the same answers to the documented queries.
func TestQueries(t *testing.T) {
	directory, err := filepath.Abs(queries)
	require.NoError(t, err)
	python(t, "queries.py", shopLake(t, t.TempDir()).root, directory)
}
