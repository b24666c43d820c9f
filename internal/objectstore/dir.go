package objectstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
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

// noLinksWarning is what Probe says of a file system without hard links.
const noLinksWarning = "the file system has no hard links: an object is looked for before it is stored, " +
	"so two processes that store different objects under one key at the same time keep the later one"

// Dir is a Store in a directory of the local file system. Objects become
// visible by a rename or a link after their bytes are on disk; the directories
// on the way are on disk too when Put and PutIfAbsent return.
type Dir struct {
	root string
	// known are the directories below root whose entries this process has
	// synced; another process may have made them and died before it did.
	known knownDirs
	// noLinks is set when the file system turned out to have no hard links.
	noLinks atomic.Bool
	// link is a field for the tests' sake.
	link func(root *os.Root, oldName, newName string) error
	// placing keeps the look and the rename of a file system without links
	// together.
	placing sync.Mutex
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
	d := &Dir{root: root, link: (*os.Root).Link}
	if err := d.probe(); err != nil {
		return nil, fmt.Errorf("directory %q takes no files: %w", root, err)
	}
	ctx := context.Background() // A directory answers at once.
	if _, err := d.clean(ctx, time.Now().Add(-stagingMaxAge)); err != nil {
		return nil, fmt.Errorf("clean directory %q: %w", root, err)
	}
	return d, nil
}

// Check implements Store.
func (d *Dir) Check(context.Context) error {
	info, err := os.Stat(d.root)
	switch {
	case err != nil:
		return unavailable("the directory must exist", err)
	case !info.IsDir():
		return fmt.Errorf("%w: %q is not a directory", ErrUnavailable, d.root)
	}
	return nil
}

// Close implements Store. It does nothing.
func (*Dir) Close() error { return nil }

// Probe implements Keeper. It leaves no file.
func (d *Dir) Probe(context.Context) (string, error) {
	if err := d.probe(); err != nil {
		return "", classifyFile(err)
	}
	if d.noLinks.Load() {
		return noLinksWarning, nil
	}
	return "", nil
}

// probe makes, links and removes a file, as a PutIfAbsent would. It syncs
// nothing: a process that starts or reloads waits for it.
func (d *Dir) probe() error {
	root, err := os.OpenRoot(d.root)
	if err != nil {
		return err
	}
	defer root.Close()
	f, name, err := createStaged(root)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return errors.Join(err, root.Remove(name))
	}
	linked := name + ".link"
	err = d.link(root, name, linked)
	d.noLinks.Store(isNoLinks(err))
	switch {
	case err == nil:
		err = root.Remove(linked)
	case isNoLinks(err):
		err = nil
	}
	return errors.Join(err, root.Remove(name))
}

// Sweep implements Keeper. The prefix does not matter: half-written files lie
// in one place whatever their keys are.
func (d *Dir) Sweep(ctx context.Context, _ string, age time.Duration) (int, error) {
	removed, err := d.clean(ctx, time.Now().Add(-age))
	return removed, classifyFile(err)
}

// clean removes staged files that were last written before the time given.
func (d *Dir) clean(ctx context.Context, before time.Time) (removed int, err error) {
	staging := filepath.Join(d.root, stagingDir)
	entries, err := os.ReadDir(staging)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	for _, entry := range entries {
		if err := ctx.Err(); err != nil {
			return removed, err
		}
		// A file that is gone meanwhile has been put in place by its writer.
		info, err := entry.Info()
		if err != nil || !info.Mode().IsRegular() || !info.ModTime().Before(before) {
			continue
		}
		switch err := os.Remove(filepath.Join(staging, entry.Name())); {
		case err == nil:
			removed++
		case !errors.Is(err, fs.ErrNotExist):
			return removed, err
		}
	}
	return removed, nil
}

// classifyFile names the class of an error: of the object itself, or of what
// an operator has to mend.
func classifyFile(err error) error {
	switch {
	case errors.Is(err, syscall.ENAMETOOLONG), errors.Is(err, syscall.EFBIG):
		return fmt.Errorf("%w: %w", ErrUnstorable, err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return unavailable("make space on the disk or raise the quota", err)
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM), errors.Is(err, syscall.EROFS):
		return unavailable("let the collector's user write there", err)
	}
	return err
}

// unavailable marks err with the remedy that an operator needs.
func unavailable(remedy string, err error) error {
	return fmt.Errorf("%w: %s: %w", ErrUnavailable, remedy, err)
}
