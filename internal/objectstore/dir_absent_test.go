package objectstore

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestDirProbe(t *testing.T) {
	for name, tt := range map[string]struct {
		open func(t *testing.T) place
		want string
	}{
		"links":    {newDirPlace, ""},
		"no links": {newLinklessPlace, noLinksWarning},
	} {
		t.Run(name, func(t *testing.T) {
			p := tt.open(t)
			for range 2 {
				warning, err := p.store.Probe(t.Context())
				require.NoError(t, err)
				require.Equal(t, tt.want, warning)
				require.Empty(t, p.keys(t))
			}
			require.NoError(t, os.RemoveAll(p.store.(*Dir).root))
			_, err := p.store.Probe(t.Context())
			require.ErrorIs(t, err, fs.ErrNotExist)
		})
	}
}

// Guarantees that what lies under the key and is no object stays, and that the
// error says whose turn it is.
func TestDirPutIfAbsentInTheWay(t *testing.T) {
	tests := []struct {
		name   string
		before func(t *testing.T, root string)
		class  error
	}{
		{"directory", func(t *testing.T, root string) { require.NoError(t, os.MkdirAll(filepath.Join(root, "a", "b"), 0o700)) }, ErrConflict},
		{"no root", func(t *testing.T, root string) { require.NoError(t, os.RemoveAll(root)) }, ErrUnavailable},
		{"not readable", func(t *testing.T, root string) {
			if os.Getuid() == 0 {
				t.Skip("root may read everything")
			}
			require.NoError(t, os.MkdirAll(filepath.Join(root, "a"), 0o700))
			require.NoError(t, os.WriteFile(filepath.Join(root, "a", "b"), []byte("data"), 0))
		}, ErrUnavailable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newDirPlace(t)
			tt.before(t, p.store.(*Dir).root)
			_, err := p.store.PutIfAbsent(t.Context(), object("a/b", "data"))
			require.ErrorIs(t, err, tt.class)
		})
	}
}

// A link that leads out of the store is neither followed nor replaced.
func TestDirPutIfAbsentSymlink(t *testing.T) {
	p := newDirPlace(t)
	outside := filepath.Join(t.TempDir(), "outside")
	require.NoError(t, os.WriteFile(outside, []byte("data"), 0o600))
	require.NoError(t, os.Symlink(outside, filepath.Join(p.store.(*Dir).root, "a")))
	_, err := p.store.PutIfAbsent(t.Context(), object("a", "data"))
	require.ErrorContains(t, err, "escapes")
	require.Empty(t, p.keys(t))
	data, err := os.ReadFile(outside)
	require.NoError(t, err)
	require.Equal(t, "data", string(data))
}

// A body that breaks leaves neither an object nor a staged file.
func TestDirPutIfAbsentBrokenBody(t *testing.T) {
	p := newDirPlace(t)
	broken := errors.New("bad sector")
	obj := Object{Key: "a", Size: 10, Body: readerAtFunc(func([]byte, int64) (int, error) { return 3, broken })}
	_, err := p.store.PutIfAbsent(t.Context(), obj)
	require.ErrorIs(t, err, broken)
	require.Empty(t, p.keys(t))
}

type readerAtFunc func([]byte, int64) (int, error)

func (f readerAtFunc) ReadAt(p []byte, offset int64) (int, error) { return f(p, offset) }

// A process that died between the link and the removal of the staged name
// leaves an object with two names: the sweep takes the right one.
func TestDirSweep(t *testing.T) {
	p := newDirPlace(t)
	root := p.store.(*Dir).root
	_, err := p.store.PutIfAbsent(t.Context(), object("a", "data"))
	require.NoError(t, err)
	staged := filepath.Join(root, stagingDir, "LEFT")
	require.NoError(t, os.Link(filepath.Join(root, "a"), staged))

	removed, err := p.store.Sweep(t.Context(), "", time.Hour)
	require.NoError(t, err)
	require.Zero(t, removed)
	require.NoError(t, os.Chtimes(staged, time.Time{}, time.Now().Add(-2*time.Hour)))
	removed, err = p.store.Sweep(t.Context(), "", time.Hour)
	require.NoError(t, err)
	require.Equal(t, 1, removed)
	require.Equal(t, []string{"a"}, p.keys(t))
	require.Equal(t, "data", string(p.read(t, "a")))
	require.NoError(t, os.RemoveAll(filepath.Join(root, stagingDir)))
	_, err = p.store.Sweep(t.Context(), "", 0)
	require.NoError(t, err)
}

func TestSameBytes(t *testing.T) {
	zeros := func(n int64) *io.SectionReader {
		return io.NewSectionReader(readerAtFunc(func(p []byte, _ int64) (int, error) { clear(p); return len(p), nil }), 0, n)
	}
	for _, n := range []int64{0, 1, copyBuffer - 1, copyBuffer, copyBuffer + 1, 3 * copyBuffer} {
		same, err := sameBytes(t.Context(), zeros(n), zeros(n))
		require.NoError(t, err)
		require.True(t, same)
		same, err = sameBytes(t.Context(), zeros(n), zeros(n+1))
		require.NoError(t, err)
		require.False(t, same)
	}
}
