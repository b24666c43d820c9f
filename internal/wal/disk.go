package wal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// disk is the directory of a log. Tests have others that fail.
type disk interface {
	// list returns the names and sizes of the regular files.
	list() (map[string]int64, error)
	// open opens a file for reading.
	open(name string) (io.ReadCloser, error)
	// create makes an empty file, in place of another of that name.
	create(name string) (file, error)
	// edit opens a file for writing and leaves it as it is.
	edit(name string) (file, error)
	// rename gives a file another name, in place of another of that name.
	rename(from, to string) error
	remove(name string) error
	// sync makes creations, renames and removals durable.
	sync() error
	close() error
}

// file is a file that is written.
type file interface {
	io.WriterAt
	io.Closer
	Truncate(size int64) error
	// Sync makes the contents durable, and the metadata that is needed to read
	// them.
	Sync() error
	// allocate makes the file at least size bytes long, with disk space for all
	// of them.
	allocate(size int64) error
}

// dir is the disk of production: one directory, which nothing leads out of.
type dir struct {
	root *os.Root
	lock io.Closer
}

const lockName = "lock"

// openDir makes the directory when it is missing, and locks it.
func openDir(path string) (*dir, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := makeDir(path); err != nil {
		return nil, err
	}
	lock, err := lockFile(filepath.Join(path, lockName))
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return &dir{root: root, lock: lock}, nil
}

// makeDir makes a directory and its parents durably.
func makeDir(path string) error {
	if info, err := os.Stat(path); err == nil {
		if !info.IsDir() {
			return fmt.Errorf("%q is not a directory", path)
		}
		return nil
	}
	parent := filepath.Dir(path)
	if err := makeDir(parent); err != nil {
		return err
	}
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	f, err := os.Open(parent)
	if err != nil {
		return err
	}
	return errors.Join(syncDir(f), f.Close())
}

func (d *dir) list() (map[string]int64, error) {
	f, err := d.root.Open(".")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := f.ReadDir(-1)
	if err != nil {
		return nil, err
	}
	sizes := make(map[string]int64, len(entries))
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			return nil, err
		}
		if info.Mode().IsRegular() {
			sizes[entry.Name()] = info.Size()
		}
	}
	return sizes, nil
}

func (d *dir) open(name string) (io.ReadCloser, error) { return d.root.Open(name) }

func (d *dir) create(name string) (file, error) {
	return d.openFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC)
}

func (d *dir) edit(name string) (file, error) { return d.openFile(name, os.O_RDWR) }

func (d *dir) openFile(name string, flag int) (file, error) {
	f, err := d.root.OpenFile(name, flag, 0o600)
	if err != nil {
		return nil, err // Not a file that is not nil and holds nil.
	}
	return osFile{f}, nil
}

func (d *dir) rename(from, to string) error { return d.root.Rename(from, to) }

func (d *dir) remove(name string) error { return d.root.Remove(name) }

func (d *dir) sync() error {
	f, err := d.root.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(syncDir(f), f.Close())
}

func (d *dir) close() error { return errors.Join(d.root.Close(), d.lock.Close()) }

// osFile is a file of the operating system.
type osFile struct{ *os.File }

func (f osFile) Sync() error { return syncData(f.File) }

func (f osFile) allocate(size int64) error { return allocate(f.File, size) }

// fillZeros makes a file size bytes long by writing them.
func fillZeros(f *os.File, size int64) error {
	zeros := make([]byte, 1<<20)
	for at := int64(0); at < size; {
		n, err := f.WriteAt(zeros[:min(size-at, int64(len(zeros)))], at)
		if err != nil {
			return err
		}
		at += int64(n)
	}
	return f.Sync() // Some file systems find out only now that there is no space.
}
