package revision

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func record(t *testing.T, j *Journal, document string, state State) Revision {
	t.Helper()
	r, err := j.Record([]byte(document), Revision{Kind: "graph", Summary: []string{"it changed"}, State: state})
	require.NoError(t, err)
	return r
}

func open(t *testing.T, dir string) *Journal {
	t.Helper()
	j, err := Open(dir)
	require.NoError(t, err)
	return j
}

// What was written is there after a restart, and a directory that nobody wrote
// to is not made.
func TestJournalSurvives(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "revisions")
	j := open(t, dir)
	_, ok := j.Latest()
	require.False(t, ok)
	require.NoDirExists(t, dir)

	first := record(t, j, "one", Applied)
	second := record(t, j, "two", Applying)
	require.Equal(t, []int{1, 2}, []int{first.Number, second.Number})
	require.NoError(t, j.Settle(2, Failed, errors.New("the port is taken")))

	again := open(t, dir)
	require.Equal(t, j.List(), again.List())
	latest, _ := again.Latest()
	require.Equal(t, Failed, latest.State)
	require.Equal(t, "the port is taken", latest.Error)
	require.Equal(t, Hash([]byte("two")), latest.SHA256)
	good, _ := again.LastApplied()
	require.Equal(t, 1, good.Number)
	document, err := again.Document(good.Number)
	require.NoError(t, err)
	require.Equal(t, "one", string(document))
}

// Old revisions go, the one to go back to never does.
func TestJournalKeepsTheLastApplied(t *testing.T) {
	j := open(t, t.TempDir())
	record(t, j, "good", Applied)
	for i := range Kept + 20 {
		record(t, j, fmt.Sprint("bad ", i), Failed)
	}
	require.Len(t, j.List(), Kept)
	good, ok := j.LastApplied()
	require.True(t, ok)
	document, err := j.Document(good.Number)
	require.NoError(t, err)
	require.Equal(t, "good", string(document))

	_, err = j.Document(2)
	require.ErrorIs(t, err, fs.ErrNotExist)
	files, err := os.ReadDir(filepath.Join(j.dir, "revisions"))
	require.NoError(t, err)
	require.Len(t, files, Kept)
	latest, _ := j.Latest()
	require.Equal(t, Kept+21, latest.Number)
}

// A journal that cannot be written stays as it was.
func TestRecordFails(t *testing.T) {
	dir := t.TempDir()
	j := open(t, filepath.Join(dir, "journal"))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "journal"), nil, 0o600)) // A file where the directory would be.
	_, err := j.Record([]byte("one"), Revision{State: Applied})
	require.Error(t, err)
	require.Empty(t, j.List())
}

func TestOpenRefusesWhatItCannotRead(t *testing.T) {
	for _, text := range []string{"{", `{"format": 2}`} {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "state.json"), []byte(text), 0o600))
		_, err := Open(dir)
		require.ErrorContains(t, err, "state.json", text)
	}
	j := open(t, t.TempDir())
	require.ErrorContains(t, j.Settle(3, Applied, nil), "no revision 3")
}
