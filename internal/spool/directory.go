package spool

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// directory holds the files: open ones, sealed ones that wait for the store, and
// marks of stored ones. The names on the disk are the truth; the lists in memory
// follow them. It is safe for concurrent use.
type directory struct {
	path string
	step hook

	mu      sync.Mutex
	changed *sync.Cond
	waiting []File          // sealed, oldest first, without those that are being stored
	storing map[string]File // those, by name
	bytes   int64           // of both
	marks   []File
	damaged []damagedFile // oldest first
	closed  bool
}

func openDirectory(path string, step hook) (*directory, error) {
	if err := makeDir(path); err != nil {
		return nil, err
	}
	d := &directory{path: path, step: step, storing: make(map[string]File)}
	d.changed = sync.NewCond(&d.mu)
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		if err := d.admit(entry); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(d.waiting, func(a, b File) int { return a.sealed.Compare(b.sealed) })
	return d, nil
}

// admit looks at what an earlier process has left. Open files are worth nothing
// without its memory; what has no name of ours is left alone.
func (d *directory) admit(entry fs.DirEntry) error {
	path := filepath.Join(d.path, entry.Name())
	base, sealed := strings.CutSuffix(entry.Name(), sealedSuffix)
	base, stored := strings.CutSuffix(base, storedSuffix)
	if strings.HasSuffix(entry.Name(), openSuffix) {
		return os.Remove(path)
	}
	if strings.HasSuffix(entry.Name(), damagedSuffix) {
		info, err := entry.Info()
		if err == nil {
			d.keepDamaged(info)
		}
		return err
	}
	f, err := parseName(base)
	if err != nil || sealed == stored {
		return nil //nolint:nilerr // Somebody else's.
	}
	if stored {
		d.marks = append(d.marks, f)
		return os.Truncate(path, 0)
	}
	info, err := entry.Info()
	if err != nil {
		return err
	}
	f.Bytes, f.sealed = info.Size(), info.ModTime()
	d.waiting = append(d.waiting, f)
	d.bytes += f.Bytes
	return nil
}

// spans returns the parts of the log that files of the writer hold, stored ones
// included.
func (d *directory) spans(writer string) map[partition][]span {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := make(map[partition][]span)
	for _, files := range [][]File{d.waiting, d.marks} {
		for _, f := range files {
			if f.writer == writer {
				all[f.partition] = append(all[f.partition], f.span)
			}
		}
	}
	return all
}

// create makes an open file.
func (d *directory) create() (*os.File, error) { return os.CreateTemp(d.path, "*"+openSuffix) }

// commit gives a finished file its name.
func (d *directory) commit(open string, f File) error {
	d.step.at(stepRename)
	if err := os.Rename(open, filepath.Join(d.path, f.name()+sealedSuffix)); err != nil {
		return err
	}
	d.step.at(stepSync)
	if err := syncDir(d.path); err != nil {
		// Not committed: the file is written again, under another name.
		return errors.Join(err, os.Remove(filepath.Join(d.path, f.name()+sealedSuffix)))
	}
	d.step.at(stepSealed)
	d.mu.Lock()
	d.waiting = append(d.waiting, f)
	d.bytes += f.Bytes
	d.mu.Unlock()
	d.changed.Broadcast()
	return nil
}

// take returns the oldest file that waits, as soon as there is one: one that the
// store has not refused yet, if there is one, so that a file which nobody can
// store does not keep the others waiting. It is false once the directory is
// closed.
func (d *directory) take() (File, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for len(d.waiting) == 0 && !d.closed {
		d.changed.Wait()
	}
	if d.closed {
		return File{}, false
	}
	next := 0
	for i, f := range d.waiting {
		if f.failed.Before(d.waiting[next].failed) {
			next = i
		}
	}
	f := d.waiting[next]
	d.waiting = slices.Delete(d.waiting, next, next+1)
	d.storing[f.name()] = f
	return f, true
}

// putBack returns a file that could not be stored.
func (d *directory) putBack(f File) {
	f.failed = time.Now()
	d.mu.Lock()
	delete(d.storing, f.name())
	i, _ := slices.BinarySearchFunc(d.waiting, f, func(a, b File) int { return a.sealed.Compare(b.sealed) })
	d.waiting = slices.Insert(d.waiting, i, f)
	d.mu.Unlock()
	d.changed.Broadcast()
}

// stored replaces a file that was taken by its mark, or removes it if that is
// not needed.
func (d *directory) stored(f File, needed bool) error {
	d.step.at(stepMark)
	mark := filepath.Join(d.path, f.name()+storedSuffix)
	err := os.Rename(filepath.Join(d.path, f.name()+sealedSuffix), mark)
	// A crash before the rename is on the disk only means that the file is stored
	// again, under the same key. It must be whole until then.
	d.step.at(stepTruncate)
	switch {
	case err == nil && needed:
		if err = syncDir(d.path); err == nil {
			err = os.Truncate(mark, 0)
		}
	case err == nil:
		err = os.Remove(mark)
	}
	d.step.at(stepMarked)
	d.mu.Lock()
	if needed {
		d.marks = append(d.marks, f)
	}
	d.mu.Unlock()
	d.gone(f)
	return err
}

// gone says that a file that was taken is not there any more.
func (d *directory) gone(f File) {
	d.mu.Lock()
	delete(d.storing, f.name())
	d.bytes -= f.Bytes
	d.mu.Unlock()
	d.changed.Broadcast()
}

// expired takes the files out that were sealed before the time given.
func (d *directory) expired(before time.Time) []File {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := 0
	for n < len(d.waiting) && d.waiting[n].sealed.Before(before) {
		n++
	}
	old := slices.Clone(d.waiting[:n])
	d.waiting = slices.Delete(d.waiting, 0, n)
	for _, f := range old {
		d.storing[f.name()] = f
	}
	return old
}

// forget removes the marks of files whose rows are not in the writer's log, or
// not any more.
func (d *directory) forget(writer string, first uint64) error {
	d.mu.Lock()
	var old []File
	d.marks = slices.DeleteFunc(d.marks, func(f File) bool {
		forget := f.writer != writer || f.to < first
		if forget {
			old = append(old, f)
		}
		return forget
	})
	d.mu.Unlock()
	var errs error
	for _, f := range old {
		d.step.at(stepForget)
		if err := os.Remove(filepath.Join(d.path, f.name()+storedSuffix)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = errors.Join(errs, err)
		}
		d.step.at(stepForgot)
	}
	return errs
}

// drained waits until no file waits for the store, or ctx is done.
func (d *directory) drained(ctx context.Context) {
	stop := context.AfterFunc(ctx, d.changed.Broadcast)
	defer stop()
	d.mu.Lock()
	defer d.mu.Unlock()
	for len(d.waiting)+len(d.storing) > 0 && ctx.Err() == nil {
		d.changed.Wait()
	}
}

// unstored returns the files that wait for the store.
func (d *directory) unstored() []File {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.waiting)
}

// close ends the calls that wait for files.
func (d *directory) close() {
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	d.changed.Broadcast()
}

// directoryStats describe the sealed files.
type directoryStats struct {
	Files int
	Bytes int64

	DamagedFiles int
	DamagedBytes int64
}

func (d *directory) stats() directoryStats {
	d.mu.Lock()
	defer d.mu.Unlock()
	return directoryStats{
		Files: len(d.waiting) + len(d.storing), Bytes: d.bytes,
		DamagedFiles: len(d.damaged), DamagedBytes: sizeOf(d.damaged),
	}
}

// backlog returns what waits for the store, by stream.
func (d *directory) backlog() map[string]Backlog {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := make(map[string]Backlog)
	for _, f := range d.waiting {
		all[f.stream] = all[f.stream].And(Backlog{Files: 1, Bytes: f.Bytes, Oldest: f.sealed})
	}
	for _, f := range d.storing {
		all[f.stream] = all[f.stream].And(Backlog{Files: 1, Bytes: f.Bytes, Oldest: f.sealed})
	}
	return all
}
