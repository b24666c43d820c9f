package wal

import (
	"errors"
	"fmt"
	"io/fs"
)

// Release says that the records up to LSN upTo are needed no longer. Segments
// that hold only such records are deleted. A segment of which some records are
// needed stays whole, and is replayed whole after a restart. If no record is
// needed the log is empty afterwards.
//
// An error means that less was deleted than could have been; the next Release
// tries again. Release also takes back the reserve if there is space for it.
func (l *Log) Release(upTo uint64) error {
	l.takeTurn()
	defer l.endTurn()
	if l.isClosed() {
		return ErrClosed
	}
	err := l.deleteSegments(upTo)
	if s, ok := l.youngest(); err == nil && ok && !s.empty() && s.last <= upTo {
		// The last segment keeps the LSNs going, so it needs a successor.
		if err = l.rollForRelease(); err == nil {
			err = l.deleteSegments(upTo)
		}
	}
	if errReserve := l.retakeReserve(); errReserve != nil && !isFull(errReserve) {
		err = errors.Join(err, fmt.Errorf("take back the reserve: %w", errReserve))
	}
	if err != nil {
		return fmt.Errorf("release up to %d: %w", upTo, err)
	}
	return nil
}

// rollForRelease starts a segment. On a full disk it takes the space for the
// header from the reserve.
func (l *Log) rollForRelease() error {
	err := l.roll()
	if err == nil || !isFull(err) {
		return err
	}
	if err := l.yield(); err != nil {
		return err
	}
	return l.roll()
}

// deleteSegments deletes the segments up to upTo but the last, oldest first.
// Each deletion is made durable before the next, so that after a crash none is
// missing in the middle.
func (l *Log) deleteSegments(upTo uint64) error {
	for {
		l.mu.Lock()
		if len(l.segments) < 2 || l.segments[0].last > upTo {
			l.mu.Unlock()
			return nil
		}
		oldest := l.segments[0]
		l.mu.Unlock()
		if err := l.disk.remove(oldest.name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		l.mu.Lock()
		l.segments = l.segments[1:]
		l.stats.Lost += oldest.lost
		l.mu.Unlock()
		if err := l.disk.sync(); err != nil {
			return err
		}
	}
}
