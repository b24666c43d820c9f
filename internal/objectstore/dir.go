package objectstore

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

const (
	// stagingDir holds objects while they are written. It is below the root, so
	// that the rename into place stays on one file system, and hidden, so that
	// query engines that scan the tree skip it.
	stagingDir = ".staging"
	// stagingMaxAge is the age after which a staged file has no writer any more.
	// It is far above any sane write timeout, because several collectors may
	// share a root.
	stagingMaxAge = time.Hour

	dirPerm  = 0o755
	filePerm = 0o644
)

// Dir is a Store in a directory of the local file system. Objects become
// visible by a rename after their bytes are on disk; the directories on the
// way are on disk too when Put returns.
type Dir struct {
	root string
	// known are the directories below root whose entries this process has
	// synced; another process may have made them and died before it did.
	known knownDirs
}

// OpenDir returns the store in the directory root, which it makes when it is
// missing. It fails when files cannot be written there. Files that a crashed
// process left half-written are removed.
func OpenDir(root string) (*Dir, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("directory %q: %w", root, err)
	}
	if err := os.MkdirAll(filepath.Join(root, stagingDir), dirPerm); err != nil {
		return nil, fmt.Errorf("make directory %q: %w", root, err)
	}
	d := &Dir{root: root}
	if err := d.probe(); err != nil {
		return nil, fmt.Errorf("directory %q takes no files: %w", root, err)
	}
	if err := d.clean(time.Now().Add(-stagingMaxAge)); err != nil {
		return nil, fmt.Errorf("clean directory %q: %w", root, err)
	}
	return d, nil
}

// Put implements Store.
func (d *Dir) Put(ctx context.Context, key string, data []byte) error {
	if err := validateKey(key); err != nil {
		return err
	}
	dir := path.Dir(key)
	if err := d.put(ctx, dir, key, data); err != nil {
		// Somebody may have removed the directory. Make it anew next time.
		d.known.forget(dir)
		return classifyFile(err)
	}
	return nil
}

func (d *Dir) put(ctx context.Context, dir, key string, data []byte) error {
	// The root is opened for each object, so that a volume that was mounted or
	// made anew while the process runs is found. It is not made here: without
	// its volume the directory would fill the disk below.
	root, err := os.OpenRoot(d.root)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := d.makeDir(root, dir); err != nil {
		return err
	}
	staged, err := stage(root, data)
	if err != nil {
		return err
	}
	// A caller whose time is up has counted this as a failure: do not surprise
	// it with an object.
	if err := ctx.Err(); err != nil {
		return errors.Join(err, root.Remove(staged))
	}
	if err := root.Rename(staged, key); err != nil {
		return errors.Join(err, root.Remove(staged))
	}
	return syncDir(root, dir)
}

// Check implements Store.
func (d *Dir) Check(context.Context) error {
	info, err := os.Stat(d.root)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%q is not a directory", d.root)
	}
	return err
}

// Close implements Store. It does nothing.
func (*Dir) Close() error { return nil }

// makeDir makes dir and its parents below root, and syncs each directory that
// holds one of them: a file is not durable before its path is.
func (d *Dir) makeDir(root *os.Root, dir string) error {
	if dir == "." || d.known.has(dir) {
		return nil
	}
	parent := path.Dir(dir)
	if err := d.makeDir(root, parent); err != nil {
		return err
	}
	if err := root.Mkdir(dir, dirPerm); err != nil && !errors.Is(err, fs.ErrExist) {
		d.known.forget(parent)
		return err
	}
	if err := syncDir(root, parent); err != nil {
		return err
	}
	d.known.add(dir)
	return nil
}

// stage writes data to a new file and syncs it. It returns the file's name
// below root.
func stage(root *os.Root, data []byte) (string, error) {
	name := stagingDir + "/" + rand.Text()
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, filePerm)
	if errors.Is(err, fs.ErrNotExist) {
		// Somebody tidied up hidden directories.
		if err = root.Mkdir(stagingDir, dirPerm); err == nil || errors.Is(err, fs.ErrExist) {
			f, err = root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, filePerm)
		}
	}
	if err != nil {
		return "", err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	// Network file systems report a full disk on close.
	if errClose := f.Close(); err == nil {
		err = errClose
	}
	if err != nil {
		return "", errors.Join(err, root.Remove(name))
	}
	return name, nil
}

// probe writes and removes a file, as a Put would.
func (d *Dir) probe() error {
	root, err := os.OpenRoot(d.root)
	if err != nil {
		return err
	}
	defer root.Close()
	name, err := stage(root, nil)
	if err != nil {
		return err
	}
	return root.Remove(name)
}

// clean removes staged files that were last written before the time given.
func (d *Dir) clean(before time.Time) error {
	staging := filepath.Join(d.root, stagingDir)
	entries, err := os.ReadDir(staging)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		// A file that is gone meanwhile has been put in place by its writer.
		info, err := entry.Info()
		if err != nil || !info.Mode().IsRegular() || !info.ModTime().Before(before) {
			continue
		}
		if err := os.Remove(filepath.Join(staging, entry.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func syncDir(root *os.Root, dir string) error {
	if runtime.GOOS == "windows" { // It has no way to sync a directory.
		return nil
	}
	f, err := root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// classifyFile marks the errors that the object itself causes.
func classifyFile(err error) error {
	if errors.Is(err, syscall.ENAMETOOLONG) || errors.Is(err, syscall.EFBIG) {
		return fmt.Errorf("%w: %w", ErrUnstorable, err)
	}
	return err
}
