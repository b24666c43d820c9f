package objectstore

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"runtime"
	"syscall"
)

// Put implements Store.
func (d *Dir) Put(ctx context.Context, key string, data []byte) error {
	obj := Object{Key: key, Body: bytes.NewReader(data), Size: int64(len(data))}
	return d.write(ctx, obj, func(root *os.Root, staged string) error { return root.Rename(staged, key) })
}

// PutIfAbsent implements Store. Objects are told from one another by their
// bytes.
func (d *Dir) PutIfAbsent(ctx context.Context, obj Object) (existed bool, err error) {
	if err := obj.validate(); err != nil {
		return false, err
	}
	// Before the copy, because after a crash a spool offers what it has
	// offered before.
	switch err := d.compare(ctx, obj); {
	case err == nil:
		return true, nil
	case !errors.Is(err, fs.ErrNotExist):
		return false, classifyFile(err)
	}
	err = d.write(ctx, obj, func(root *os.Root, staged string) error { return d.place(root, staged, obj.Key) })
	if errors.Is(err, fs.ErrExist) {
		// Another writer was faster.
		err = classifyFile(d.compare(ctx, obj))
		return err == nil, err
	}
	return false, err
}

// write stages obj and publishes it under its key, which publish does. It
// returns the error of publish in its chain.
func (d *Dir) write(ctx context.Context, obj Object, publish func(root *os.Root, staged string) error) error {
	if err := validateKey(obj.Key); err != nil {
		return err
	}
	// The root is opened for each object, so that a volume that was mounted or
	// made anew while the process runs is found. It is not made here: without
	// its volume the directory would fill the disk below.
	dir := path.Dir(obj.Key)
	root, err := os.OpenRoot(d.root)
	if err != nil {
		d.known.forget(dir)
		return unavailable("the directory must exist", err)
	}
	defer root.Close()
	if err := d.writeIn(ctx, root, dir, obj, publish); err != nil {
		// Somebody may have removed the directory. Make it anew next time.
		d.known.forget(dir)
		return classifyFile(err)
	}
	return nil
}

func (d *Dir) writeIn(
	ctx context.Context, root *os.Root, dir string, obj Object, publish func(root *os.Root, staged string) error,
) error {
	if err := d.makeDir(root, dir); err != nil {
		return err
	}
	staged, err := stage(ctx, root, obj)
	if err != nil {
		return err
	}
	// A caller whose time is up has counted this as a failure: do not surprise
	// it with an object.
	err = ctx.Err()
	if err == nil {
		err = publish(root, staged)
	}
	if err != nil {
		return errors.Join(err, remove(root, staged))
	}
	return syncDir(root, dir)
}

// place moves the staged file to key, or fails with fs.ErrExist. A link, other
// than a rename, never replaces a file.
func (d *Dir) place(root *os.Root, staged, key string) error {
	if !d.noLinks.Load() {
		err := d.link(root, staged, key)
		if err == nil {
			// The object is there. A name that stays behind is Sweep's.
			_ = root.Remove(staged)
		}
		if !isNoLinks(err) {
			return err
		}
		d.noLinks.Store(true)
	}
	d.placing.Lock()
	defer d.placing.Unlock()
	switch _, err := root.Lstat(key); {
	case err == nil:
		return fmt.Errorf("%q: %w", key, fs.ErrExist)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return root.Rename(staged, key)
}

// isNoLinks tells whether err is how a file system says that it has no hard
// links. EPERM is Linux's answer, so a look at the permissions comes later.
func isNoLinks(err error) bool {
	return errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOTSUP) || errors.Is(err, syscall.EOPNOTSUPP) ||
		errors.Is(err, syscall.ENOSYS) || errors.Is(err, syscall.EMLINK)
}

// compare returns nil if obj is stored under its key, durably; fs.ErrNotExist
// if nothing is, and ErrConflict if something else is.
func (d *Dir) compare(ctx context.Context, obj Object) error {
	root, err := os.OpenRoot(d.root)
	if err != nil {
		return err
	}
	defer root.Close()
	f, err := root.Open(obj.Key)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() || info.Size() != obj.Size {
		return fmt.Errorf("%w: %q of %d bytes is there, not one of %d", ErrConflict, obj.Key, info.Size(), obj.Size)
	}
	same, err := sameBytes(ctx, f, obj.reader())
	switch {
	case err != nil:
		return err
	case !same:
		return fmt.Errorf("%w: %q has other bytes", ErrConflict, obj.Key)
	}
	// Its writer may have died before it got that far.
	return errors.Join(f.Sync(), syncDir(root, path.Dir(obj.Key)))
}

// sameBytes compares two readers of the same length.
func sameBytes(ctx context.Context, a, b io.Reader) (bool, error) {
	bufA, bufB := make([]byte, copyBuffer), make([]byte, copyBuffer)
	for {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		n, errA := io.ReadFull(a, bufA)
		m, errB := io.ReadFull(b, bufB)
		if n != m || !bytes.Equal(bufA[:n], bufB[:m]) {
			return false, nil
		}
		if ended(errA) && ended(errB) {
			return true, nil
		}
		if err := errors.Join(errA, errB); err != nil {
			return false, err
		}
	}
}

func ended(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

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

// stage writes the body of obj to a new file and syncs it. It returns the
// file's name below root.
func stage(ctx context.Context, root *os.Root, obj Object) (string, error) {
	f, name, err := createStaged(root)
	if err != nil {
		return "", err
	}
	n, err := copyContext(ctx, f, obj.reader())
	if err == nil && n != obj.Size {
		err = fmt.Errorf("the body ends at byte %d of %d: %w", n, obj.Size, io.ErrUnexpectedEOF)
	}
	if err == nil {
		err = f.Sync()
	}
	// Network file systems report a full disk on close.
	if errClose := f.Close(); err == nil {
		err = errClose
	}
	if err != nil {
		return "", errors.Join(err, remove(root, name))
	}
	return name, nil
}

// createStaged makes an empty file for an object, and returns its name below
// root.
func createStaged(root *os.Root) (*os.File, string, error) {
	name := stagingDir + "/" + rand.Text()
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, filePerm)
	if errors.Is(err, fs.ErrNotExist) {
		// Somebody tidied up hidden directories.
		if err = root.Mkdir(stagingDir, dirPerm); err == nil || errors.Is(err, fs.ErrExist) {
			f, err = root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, filePerm)
		}
	}
	return f, name, err
}

// remove removes a staged file, or a directory of them with it.
func remove(root *os.Root, name string) error {
	if err := root.Remove(name); !errors.Is(err, fs.ErrNotExist) {
		return err
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
