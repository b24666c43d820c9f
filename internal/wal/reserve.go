package wal

import (
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// reserveName is the file that keeps disk space.
const reserveName = "reserve"

// reservePatience is for how long the owner has the reserve to itself after it
// was given up, and the time between attempts to take it back for an append.
const reservePatience = 5 * time.Second

// reserve is the state of the reserve. It needs the turn.
type reserve struct {
	held  bool
	tried time.Time // when it was given up, or last tried to be taken back
}

// Yield gives the reserve's disk space to the log's owner, for what it needs to
// write elsewhere on the same volume before it can release records. The log
// does that itself when it meets a full disk; the owner calls Yield when it is
// the one that does.
//
// As long as the log has no reserve Append answers ErrFull, so that it is not
// the log that takes the space. It takes the reserve back when there is space
// for it and for one segment more: in Release, and in an Append that comes five
// seconds after Yield or later.
func (l *Log) Yield() error {
	l.takeTurn()
	defer l.endTurn()
	if l.isClosed() {
		return ErrClosed
	}
	return l.yield()
}

func (l *Log) yield() error {
	if l.options.ReserveBytes == 0 {
		return nil
	}
	l.setReserve(false)
	if err := l.disk.remove(reserveName); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return l.disk.sync()
}

// openReserve takes the reserve, or what is left of it from before. A full disk
// is no error.
func (l *Log) openReserve() error {
	sizes, err := l.disk.list()
	if err != nil {
		return err
	}
	size, there := sizes[reserveName]
	if there && size == l.options.ReserveBytes {
		l.setReserve(true)
		return nil
	}
	if there {
		if err := l.disk.remove(reserveName); err != nil {
			return err
		}
	}
	if l.options.ReserveBytes == 0 {
		return nil
	}
	if err := l.takeReserve(0); err != nil && !isFull(err) {
		return fmt.Errorf("reserve disk space: %w", err)
	}
	return nil
}

// requireReserve answers ErrFull if the log has no reserve and cannot have it.
func (l *Log) requireReserve() error {
	if l.reserve.held || l.options.ReserveBytes == 0 {
		return nil
	}
	if l.now().Sub(l.reserve.tried) < reservePatience {
		return fmt.Errorf("%w: its reserve of disk space is in use", ErrFull)
	}
	if err := l.retakeReserve(); err != nil {
		return fmt.Errorf("%w: its reserve of disk space cannot be taken back: %w", ErrFull, err)
	}
	return nil
}

// retakeReserve takes the reserve back if there is space for a segment as well:
// otherwise the log and its owner would take turns at a full disk.
func (l *Log) retakeReserve() error {
	if l.reserve.held || l.options.ReserveBytes == 0 {
		return nil
	}
	return l.takeReserve(l.options.SegmentBytes)
}

// takeReserve makes the reserve if there is space for it and for so many bytes
// more.
func (l *Log) takeReserve(more int64) error {
	l.setReserve(false)
	f, err := l.disk.create(reserveName)
	if err != nil {
		return err
	}
	err = f.allocate(l.options.ReserveBytes + more)
	if err == nil {
		err = f.Truncate(l.options.ReserveBytes)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = l.disk.sync()
	}
	if err != nil {
		return errors.Join(err, l.disk.remove(reserveName))
	}
	l.setReserve(true)
	return nil
}

func (l *Log) setReserve(held bool) {
	l.reserve = reserve{held: held, tried: l.now()}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stats.Reserved = held
}
