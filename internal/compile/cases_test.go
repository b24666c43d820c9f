package compile

import (
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files")

// Each directory of testdata/cases is a document with the configuration and the
// diagnostics that it compiles to; and the bytes of a volume, if it is to know
// one.
func TestCases(t *testing.T) {
	documents, err := filepath.Glob("testdata/cases/*/datastreams.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, documents)
	for _, path := range documents {
		t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) {
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			_, result, found := inputsOf(t, filepath.Dir(path)).Parse("datastreams.yaml", data)
			var lines []string
			for _, d := range found {
				lines = append(lines, d.String())
			}
			if note := result.Budget.Note(); note != "" {
				lines = append(lines, "note: "+note)
			}
			var config []byte
			if !found.Failed() {
				config, err = YAML(result.Config)
				require.NoError(t, err)
			}
			golden(t, filepath.Join(filepath.Dir(path), "collector.yaml"), string(config))
			golden(t, filepath.Join(filepath.Dir(path), "diagnostics.txt"), strings.Join(append(lines, ""), "\n"))
		})
	}
}

func inputsOf(t *testing.T, dir string) Inputs {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "volume"))
	if os.IsNotExist(err) {
		return Inputs{}
	}
	require.NoError(t, err)
	bytes, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	require.NoError(t, err)
	return Inputs{VolumeSize: func(directory string) int64 {
		require.Equal(t, "./data", directory)
		return bytes
	}}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if got == "" {
			require.NoError(t, os.RemoveAll(path))
			return
		}
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
		return
	}
	want, err := os.ReadFile(path)
	if !os.IsNotExist(err) {
		require.NoError(t, err)
	}
	require.Equal(t, string(want), got, path)
}
