package spool

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"go.uber.org/zap"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errDamaged is the error of a sealed file that is not what was sealed.
var errDamaged = errors.New("the file is damaged")

// damagedSuffix is that of files which are kept for whoever wants to save what
// can be saved. Nothing here reads them.
const damagedSuffix = ".damaged"

// openWhole opens a file that was taken, and makes sure that the disk has not
// changed it: what is in the store stays there.
func (d *directory) openWhole(f File) (*os.File, error) {
	file, err := os.Open(filepath.Join(d.path, f.name()+sealedSuffix))
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(d.path); err != nil {
			return nil, err // All of the volume is away, perhaps for a while.
		}
		return nil, fmt.Errorf("%w: somebody has removed it", errDamaged)
	}
	if err != nil {
		return nil, err
	}
	sum := crc32.New(castagnoli)
	n, err := io.Copy(sum, file)
	if err == nil && (n != f.Bytes || sum.Sum32() != f.sum) {
		err = fmt.Errorf("%w: its %d bytes have another checksum than those that were written", errDamaged, n)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// setAside takes a damaged file out of the way, durably: after a crash its part
// of the log counts as not sealed.
func (d *directory) setAside(f File) error {
	path := filepath.Join(d.path, f.name())
	err := os.Rename(path+sealedSuffix, path+damagedSuffix)
	switch {
	case err == nil:
		if info, err := os.Stat(path + damagedSuffix); err == nil {
			d.keepDamaged(info)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return syncDir(d.path)
}

// damagedFile is a file that is kept aside.
type damagedFile struct {
	name   string
	bytes  int64
	sealed time.Time
}

// Damaged files are for a person to look at, who may never come. There are at
// most maxDamagedFiles of them, and they take at most a damagedShare of what may
// wait for the store.
const (
	maxDamagedFiles = 32
	damagedShare    = 10
)

func (d *directory) keepDamaged(info fs.FileInfo) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.damaged = append(d.damaged, damagedFile{info.Name(), info.Size(), info.ModTime()})
	slices.SortStableFunc(d.damaged, func(a, b damagedFile) int { return a.sealed.Compare(b.sealed) })
}

// removeDamaged removes damaged files, the oldest first, as long as tooMuch says
// so of those that are left. It returns the names of the removed.
func (d *directory) removeDamaged(tooMuch func(left []damagedFile) bool) (removed []string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for len(d.damaged) > 0 && tooMuch(d.damaged) {
		if err := os.Remove(filepath.Join(d.path, d.damaged[0].name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return removed, err
		}
		removed = append(removed, d.damaged[0].name)
		d.damaged = d.damaged[1:]
	}
	return removed, nil
}

// forgetDamaged removes the damaged file of a file that was written again.
func (d *directory) forgetDamaged(f File) error {
	name := f.name() + damagedSuffix
	d.mu.Lock()
	d.damaged = slices.DeleteFunc(d.damaged, func(k damagedFile) bool { return k.name == name })
	d.mu.Unlock()
	if err := os.Remove(filepath.Join(d.path, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func sizeOf(files []damagedFile) (bytes int64) {
	for _, f := range files {
		bytes += f.bytes
	}
	return bytes
}

// boundDamaged gives up the oldest of the damaged files if there are too many.
func (e *Engine[D]) boundDamaged() {
	removed, err := e.spool.removeDamaged(func(left []damagedFile) bool {
		return len(left) > maxDamagedFiles || sizeOf(left) > e.options.MaxSealedBytes/damagedShare
	})
	e.unkept.Add(int64(len(removed)))
	for _, name := range removed {
		e.options.Logger.Warn("Removed the oldest of the damaged files that are kept aside: there are too many.", zap.String("file", name))
	}
	if err != nil {
		e.options.Logger.Warn("Could not remove a damaged file. It will be tried again with the next one.", zap.Error(err))
	}
}

// replace gives up a damaged file that was taken, and writes it again as far as
// the log has its rows.
func (e *Engine[D]) replace(f File, cause error) {
	e.options.Logger.Error("The disk has damaged a file that waited for the store.", zap.String("file", f.name()), zap.Error(cause))
	e.sealing.Lock()
	defer e.sealing.Unlock()
	p := &pendingFile{partition: f.partition, span: f.span, rows: f.Rows, replaces: &f, tries: 1}
	inLog := f.writer == e.logWriter
	if inLog {
		e.mu.Lock()
		e.pending = append(e.pending, p)
		e.mu.Unlock()
	}
	if err := e.spool.setAside(f); err != nil {
		e.options.Logger.Warn("Could not take a damaged file out of the way. It will be tried again.", zap.Error(err))
		e.settled(f.partition, f.span)
		e.spool.putBack(f)
		return
	}
	if !inLog {
		e.writtenAgain(p, 0)
	} else if e.sealPending() > 0 {
		e.release()
	}
	e.spool.gone(f)
}

// writtenAgain tells what came of a pending file, of which so many rows were
// found in the log.
func (e *Engine[D]) writtenAgain(p *pendingFile, rows int) {
	if missing := p.rows - rows; missing > 0 {
		e.options.Logger.Error("Lost rows: the log does not have them any more. A damaged file is kept aside.",
			zap.String("stream", p.stream), zap.Int("rows", missing))
		e.options.Observer.Lost(File{partition: p.partition, span: p.span, Rows: missing}, Damaged)
		e.boundDamaged()
		return
	}
	if p.replaces == nil {
		return
	}
	if err := e.spool.forgetDamaged(*p.replaces); err != nil {
		e.options.Logger.Warn("Could not remove a damaged file that was replaced.", zap.Error(err))
	}
}
