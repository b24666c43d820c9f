package wal

import (
	"context"
	"errors"
	"io/fs"
	"slices"
)

// Replay calls fn with the records from LSN from on, in order, up to the last
// one that is durable when Replay is called. It may run at any time, also while
// records are appended and released: those released meanwhile may be left out.
// The record is valid, and may be changed, until fn returns. An error of fn, or
// of the context, ends the replay and is returned as it is.
//
// Damaged records are left out, and counted in Stats.Lost. An LSN that does not
// follow the one before means that the records between were lost, or were never
// acknowledged.
func (l *Log) Replay(ctx context.Context, from uint64, fn func(lsn uint64, record []byte) error) error {
	l.mu.Lock()
	closed := l.closed
	segments := slices.Clone(l.segments)
	l.mu.Unlock()
	if closed {
		return ErrClosed
	}
	for _, s := range segments {
		if s.last < from || s.empty() {
			continue
		}
		lost, err := l.scan(s, func(lsn uint64, record []byte, _ int64) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			if lsn < from {
				return nil
			}
			return fn(lsn, record)
		})
		if err == nil {
			l.noteLost(s, lost)
			continue
		}
		if l.isClosed() {
			return ErrClosed
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		// Released while we were reading the ones before, or taken away by
		// somebody else.
		l.noteLost(s, s.last-s.first+1)
	}
	return nil
}

// noteLost remembers that so many records of a segment are missing, unless it
// has been released.
func (l *Log) noteLost(read segment, lost uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.segments {
		if s := &l.segments[i]; s.first == read.first {
			// A replay that began earlier knows less of the active segment.
			s.lost = max(s.lost, lost)
			return
		}
	}
}
