package interop

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	// pythonVariable names the Python interpreter that has the packages of requirements.txt. `make interop` sets it.
	pythonVariable = "INTEROP_PYTHON"
	// readersVariable names the packages that it has, if it has not all of them. `make interop-installable` sets it.
	readersVariable = "INTEROP_READERS"
)

// allReaders are the packages of all readers: chdb is ClickHouse, pyspark is Spark.
var allReaders = []string{"pyarrow", "polars", "duckdb", "chdb", "pyspark"}

// python runs a script with readers, if there is an interpreter for it.
func python(t *testing.T, readers, env []string, script string, args ...string) {
	t.Helper()
	interpreter := os.Getenv(pythonVariable)
	if interpreter == "" {
		t.Skipf("%s is not set: run `make interop`", pythonVariable)
	}
	cmd := exec.CommandContext(t.Context(), interpreter, append(append([]string{script}, args...), readers...)...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	require.NoError(t, err)
}

func installedReaders() []string {
	if names, ok := os.LookupEnv(readersVariable); ok {
		return strings.Fields(names)
	}
	return allReaders
}

// All readers find the same in every column of what services send.
func TestColumnsOfShop(t *testing.T) {
	python(t, installedReaders(), nil, "columns.py", shopLake(t, t.TempDir()).root)
}

// All readers find the same in every column of what OTLP allows.
func TestColumnsOfRandom(t *testing.T) {
	python(t, installedReaders(), nil, "columns.py", randomLake(t, t.TempDir()).root)
}

// All engines give the same answers to the documented queries.
func TestQueries(t *testing.T) {
	python(t, installedReaders(), nil, "queries.py", shopLake(t, t.TempDir()).root, queriesDirectory(t))
}

// Athena does not run anywhere else, but its statements are those of Hive, whose parser Spark brings.
func TestAthenaStatements(t *testing.T) {
	if !slices.Contains(installedReaders(), "pyspark") {
		t.Skip("pyspark is not installed")
	}
	files, err := filepath.Glob("../../docs/ddl/*athena.sql")
	require.NoError(t, err)
	require.Len(t, files, 2)
	python(t, nil, nil, "athena.py", files...)
}

func queriesDirectory(t *testing.T) string {
	directory, err := filepath.Abs(queries)
	require.NoError(t, err)
	return directory
}
