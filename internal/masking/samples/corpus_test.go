package samples

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite testdata/masking")

const corpusDir = "../../../testdata/masking"

// The corpus is what the generator makes, and is read as what was made.
func TestCorpusIsFresh(t *testing.T) {
	files, err := Corpus()
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.RemoveAll(corpusDir))
	}
	size := 0
	for name, want := range files {
		path := filepath.Join(corpusDir, name)
		if *update {
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
			require.NoError(t, os.WriteFile(path, want, 0o644))
		}
		got, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), "%s: run the test with -update", path)
		size += len(got)
	}
	require.Less(t, size, 2<<20, "the repository stays small")
	stored, err := filepath.Glob(filepath.Join(corpusDir, "*", "*"))
	require.NoError(t, err)
	require.Len(t, stored, len(files), "files that nothing generates")
}

func TestReadCorpus(t *testing.T) {
	for _, kind := range BenignKinds() {
		texts, err := ReadBenign(corpusDir, kind)
		require.NoError(t, err)
		require.Len(t, texts, benignTexts)
		r := New(corpusSeed)
		for _, text := range texts {
			require.Equal(t, r.Benign(kind), text)
		}
	}
	for _, kind := range Kinds() {
		got, err := ReadSecrets(corpusDir, kind)
		require.NoError(t, err)
		require.Len(t, got, secretTexts)
		r := New(corpusSeed)
		for _, s := range got {
			require.Equal(t, r.Positive(kind), s)
		}
	}
}
