package objectstore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func newDirPlace(t *testing.T) place {
	root := filepath.Join(t.TempDir(), "made", "by", "open")
	d, err := OpenDir(root)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	return place{
		store: d,
		read: func(t *testing.T, key string) []byte {
			data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(key)))
			if !errors.Is(err, fs.ErrNotExist) {
				require.NoError(t, err)
			}
			return data
		},
		keys: func(t *testing.T) []string { return files(t, root) },
	}
}

// newLinklessPlace is a directory on a file system such as FAT.
func newLinklessPlace(t *testing.T) place {
	p := newDirPlace(t)
	p.store.(*Dir).link = func(_ *os.Root, oldName, newName string) error {
		return &os.LinkError{Op: "linkat", Old: oldName, New: newName, Err: syscall.EPERM}
	}
	return p
}

// files lists all regular files below root, hidden ones included.
func files(t *testing.T, root string) []string {
	var names []string
	require.NoError(t, fs.WalkDir(os.DirFS(root), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			names = append(names, name)
		}
		return err
	}))
	return names
}

func TestOpenDirFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))

	_, err := OpenDir(filepath.Join(file, "below"))
	require.ErrorContains(t, err, "make directory")
	require.ErrorIs(t, err, syscall.ENOTDIR)
}

// A writer that died leaves a file that nobody will put in place; one that
// lives must not lose its file to another collector's start.
func TestOpenDirCleans(t *testing.T) {
	root := t.TempDir()
	staging := filepath.Join(root, stagingDir)
	require.NoError(t, os.MkdirAll(filepath.Join(staging, "directory"), 0o700))
	write := func(name string, age time.Duration) {
		path := filepath.Join(staging, name)
		require.NoError(t, os.WriteFile(path, []byte("half"), 0o600))
		require.NoError(t, os.Chtimes(path, time.Time{}, time.Now().Add(-age)))
	}
	write("dead", stagingMaxAge+time.Minute)
	write("alive", stagingMaxAge-time.Minute)

	_, err := OpenDir(root)
	require.NoError(t, err)
	require.Equal(t, []string{stagingDir + "/alive"}, files(t, root))
}

func TestDirModes(t *testing.T) {
	p := newDirPlace(t)
	require.NoError(t, p.store.Put(t.Context(), "a/b", []byte("x")))
	root := p.store.(*Dir).root
	umask := syscall.Umask(0)
	syscall.Umask(umask)
	for path, want := range map[string]fs.FileMode{"a": dirPerm, "a/b": filePerm} {
		info, err := os.Stat(filepath.Join(root, path))
		require.NoError(t, err)
		require.Equal(t, want&^fs.FileMode(umask), info.Mode().Perm(), path)
	}
}

// What happens to the directory while the process runs is retryable, and over
// as soon as somebody mends it.
func TestDirMended(t *testing.T) {
	remove := func(t *testing.T, path string) { require.NoError(t, os.RemoveAll(path)) }
	tests := []struct {
		name        string
		harm, mend  func(t *testing.T, root string)
		errorTarget error
	}{
		{
			name:        "root removed",
			harm:        remove,
			mend:        func(t *testing.T, root string) { require.NoError(t, os.Mkdir(root, 0o700)) },
			errorTarget: fs.ErrNotExist,
		},
		{
			name:        "partition removed by a retention job",
			harm:        func(t *testing.T, root string) { remove(t, filepath.Join(root, "a")) },
			mend:        func(*testing.T, string) {},
			errorTarget: fs.ErrNotExist,
		},
		{
			name: "file in the way",
			harm: func(t *testing.T, root string) {
				remove(t, filepath.Join(root, "a"))
				require.NoError(t, os.WriteFile(filepath.Join(root, "a"), nil, 0o600))
			},
			mend:        func(t *testing.T, root string) { remove(t, filepath.Join(root, "a")) },
			errorTarget: syscall.ENOTDIR,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newDirPlace(t)
			root := p.store.(*Dir).root
			require.NoError(t, p.store.Put(t.Context(), "a/b/1", []byte("x")))
			tt.harm(t, root)

			err := p.store.Put(t.Context(), "a/b/2", []byte("x"))
			require.ErrorIs(t, err, tt.errorTarget)
			require.NotErrorIs(t, err, ErrUnstorable)

			tt.mend(t, root)
			require.NoError(t, p.store.Put(t.Context(), "a/b/2", []byte("x")))
			require.Equal(t, []string{"a/b/2"}, p.keys(t))
		})
	}
}

// Guarantees that nobody who can write below the root redirects objects.
func TestDirSymlinkOut(t *testing.T) {
	p := newDirPlace(t)
	outside := t.TempDir()
	require.NoError(t, os.Symlink(outside, filepath.Join(p.store.(*Dir).root, "a")))
	require.Error(t, p.store.Put(t.Context(), "a/b", []byte("x")))
	require.Empty(t, files(t, outside))
	require.Empty(t, p.keys(t))
}

func TestDirCheck(t *testing.T) {
	p := newDirPlace(t)
	root := p.store.(*Dir).root
	require.NoError(t, os.RemoveAll(root))
	require.ErrorIs(t, p.store.Check(t.Context()), fs.ErrNotExist)
	require.NoError(t, os.WriteFile(root, nil, 0o600))
	require.ErrorContains(t, p.store.Check(t.Context()), "is not a directory")
}

func TestClassifyFile(t *testing.T) {
	for err, class := range map[error]error{
		syscall.ENAMETOOLONG: ErrUnstorable,
		syscall.EFBIG:        ErrUnstorable,
		syscall.ENOSPC:       ErrUnavailable,
		syscall.EDQUOT:       ErrUnavailable,
		syscall.EACCES:       ErrUnavailable,
		syscall.EPERM:        ErrUnavailable,
		syscall.EROFS:        ErrUnavailable,
		syscall.ENOENT:       nil,
		syscall.EIO:          nil,
	} {
		got := classifyFile(&fs.PathError{Op: "write", Path: "x", Err: err})
		require.ErrorIs(t, got, err)
		for _, c := range []error{ErrUnstorable, ErrUnavailable} {
			require.Equal(t, errors.Is(class, c), errors.Is(got, c), err)
		}
	}
}

func TestKnownDirs(t *testing.T) {
	var k knownDirs
	for i := range 3 * maxKnownDirs {
		k.add(fmt.Sprintf("a/%d", i))
		require.LessOrEqual(t, len(k.dirs), maxKnownDirs)
	}
	k.add("a")
	k.add("a/b")
	k.add("a/c")
	k.forget("a/b")
	require.False(t, k.has("a/b"))
	require.False(t, k.has("a"), "the parent may be gone as well")
	require.True(t, k.has("a/c"))
}
