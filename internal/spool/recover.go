package spool

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
)

// makeDir makes a directory and its parents, durably.
func makeDir(path string) error {
	parent := filepath.Dir(path)
	if _, err := os.Stat(path); err == nil || parent == path {
		return err
	}
	if err := makeDir(parent); err != nil {
		return err
	}
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(parent)
}

// replaceFile writes a small file durably, as a whole or not at all.
func replaceFile(path string, data []byte) error {
	f, err := os.OpenFile(path+openSuffix, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// recover reads the log into open files, but for the rows that sealed files
// hold. Without durability it seals them, too: the log is not used then.
func (e *Engine[D]) recover(ctx context.Context) error {
	sealed := e.spool.spans(e.logWriter)
	err := e.log.Replay(ctx, 0, func(lsn uint64, b []byte) error {
		e.boundary, e.replayed = lsn-1, lsn-1
		r, d, err := e.read(b)
		if errors.Is(err, errRecordVersion) {
			return err // What was acknowledged must not be dropped.
		}
		if err != nil {
			// The log's checksums held, so that it was written like this.
			e.options.Logger.Error("Skipped a record of the log.", zap.Uint64("lsn", lsn), zap.Error(err))
			return nil
		}
		e.apply(lsn, r, d, func(p partition) bool {
			if !slices.ContainsFunc(sealed[p], func(s span) bool { return s.holds(lsn) }) {
				return false
			}
			e.endBefore(p)
			return true
		})
		e.replayed = lsn
		if e.held.Load() > e.options.MaxOpenBytes || len(e.open) > e.options.MaxOpenFiles {
			e.seal(e.due)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if files := e.spool.stats().Files; e.replayed > 0 || files > 0 {
		e.options.Logger.Info("Recovered the spool.", zap.Int("open files", len(e.open)), zap.Int("files that wait for the store", files))
	}
	e.boundary = e.log.Last()
	if !e.options.Durable {
		e.seal(everything)
		e.writer = newWriterName()
		e.memory.Store(e.log.Last())
	}
	e.replayed = 0
	return nil
}

// endBefore seals the open file of a partition whose next record is in a sealed
// file, so that it holds all that its span says when it is written again. There
// is one if a file that came before the sealed one could not be written.
func (e *Engine[D]) endBefore(p partition) {
	e.mu.Lock()
	f := e.open[p]
	e.mu.Unlock()
	if f != nil {
		e.seal(func([]*openFile[D]) []*openFile[D] { return []*openFile[D]{f} })
	}
}

// read decodes a record.
func (e *Engine[D]) read(b []byte) (record, D, error) {
	var d D
	r, err := e.codec.decode(b)
	if err != nil {
		return r, d, err
	}
	d, err = e.payload.Unmarshal(r.payload)
	return r, d, err
}

// sealPending writes those pending files again whose time has come, from the
// log, and returns how many were sealed.
func (e *Engine[D]) sealPending() int {
	now := time.Now()
	e.mu.Lock()
	var due []*pendingFile
	for _, p := range e.pending {
		if p.tries > 0 && !p.next.After(now) {
			due = append(due, p)
		}
	}
	e.mu.Unlock()
	sealed := 0
	for _, p := range due {
		if e.ctx.Err() != nil {
			break
		}
		f := e.newFile(p.partition, p.from, now)
		rows, err := 0, e.refill(f, p.span)
		if err == nil {
			rows, err = e.finish(f, p.span, e.logWriter)
		}
		if err != nil {
			f.discard()
			e.sealFailed(p.partition, p.span, err)
			continue
		}
		e.settled(p.partition, p.span)
		e.writtenAgain(p, rows)
		sealed++
	}
	return sealed
}

// refill reads the rows of the file's partition from the log.
func (e *Engine[D]) refill(f *openFile[D], s span) error {
	err := e.log.Replay(e.ctx, s.from+1, func(lsn uint64, b []byte) error {
		if lsn > s.to {
			return errSpanEnds
		}
		r, d, err := e.read(b)
		if errors.Is(err, errRecordVersion) {
			return err
		}
		if err != nil || r.stream != f.stream || e.isPoisoned(lsn, f.partition) {
			return nil // What cannot be read was told of when it was recovered.
		}
		rows := e.rowsOf(d)
		defer e.rows.Put(rows)
		hourOf := r.hours()
		return f.columns.Append(d, slices.DeleteFunc(*rows, func(row columnar.Row) bool { return hourOf(row.Time) != f.hour }))
	})
	if errors.Is(err, errSpanEnds) {
		return nil
	}
	return err
}

var errSpanEnds = errors.New("the span ends")

func (e *Engine[D]) isPoisoned(lsn uint64, p partition) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.poison[poisoned{lsn, p}]
}
