package control

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/feed"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/live"
)

func read(path string) ([]byte, error) { return os.ReadFile(path) }

// view reads a revision again, for what snapshots tell of it.
func view(path string, r *live.Revision) (*feed.View, error) {
	d, _ := document.Parse(filepath.Base(path), r.Data)
	return feed.NewView(d)
}

// writable reports whether the file can be opened to be written.
func writable(path string) bool {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return false
	}
	_ = f.Close() // Nothing was written.
	return true
}

func modified(path string) time.Time {
	info, err := os.Stat(path)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// replace puts a file in place as a whole. A file that is mounted by itself
// cannot be renamed over, and one that others have a link to must not: it is
// written where it stands, which a crash can leave half done. The journal has
// what it was before.
func replace(path string, data []byte) error {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(real)
	if err != nil {
		return err
	}
	err = rename(real, data, info.Mode().Perm())
	if errors.Is(err, syscall.EBUSY) || errors.Is(err, syscall.EXDEV) || errors.Is(err, os.ErrPermission) {
		return overwrite(real, data)
	}
	return err
}

func rename(path string, data []byte, mode os.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".writing-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // Fails once it is renamed.
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func overwrite(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}
