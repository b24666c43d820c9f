package wal

import (
	"fmt"
	"io"
	"time"
)

// commitPending answers all appends that wait. There is no goroutine that does
// nothing else: of the callers of Append that wait, the one that gets the turn
// commits the records of all. A single caller so pays for no switch between
// goroutines, which takes as long as a sync of a fast disk.
func (l *Log) commitPending() {
	l.mu.Lock()
	group := l.pending
	l.pending = nil
	l.mu.Unlock()
	for len(group) > 0 {
		n := l.commit(group)
		group = group[n:]
	}
}

// commit stores the first appends of a group, as many as go into one segment
// and at least one, answers them, and returns how many they were.
func (l *Log) commit(group []*appending) int {
	if err := l.admit(group[0]); err != nil {
		l.answer(group[:1], err)
		return 1
	}
	s, _ := l.youngest()
	n, bytes := 0, int64(0)
	room := l.options.MaxBytes - l.size()
	for _, a := range group {
		if n > 0 && (bytes+a.size() > room || s.size+bytes+a.size() > l.options.SegmentBytes) {
			break
		}
		bytes += a.size()
		n++
	}
	group = group[:n]
	err := l.write(group, s)
	if err == nil {
		l.mu.Lock()
		y := &l.segments[len(l.segments)-1]
		y.size += bytes
		y.last = l.next - 1
		l.last = y.last
		l.stats.Appends += uint64(n)
		l.stats.AppendedBytes += uint64(bytes)
		l.mu.Unlock()
	}
	l.answer(group, err)
	return n
}

func (l *Log) answer(group []*appending, err error) {
	for _, a := range group {
		if err != nil {
			a.lsn, a.err = 0, err
		}
		close(a.done)
	}
}

// admit makes sure that a record has a place, in a new segment if need be.
func (l *Log) admit(a *appending) error {
	if err := l.requireReserve(); err != nil {
		return err
	}
	s, ok := l.youngest()
	needed := a.size()
	roll := !ok || l.active == nil || !s.fits(needed, l.options.SegmentBytes)
	if roll {
		needed += segmentHeaderSize
	}
	if l.size()+needed > l.options.MaxBytes {
		return fmt.Errorf("%w: it has reached its bound of %d bytes", ErrFull, l.options.MaxBytes)
	}
	if !roll {
		return nil
	}
	return l.diskFull(l.roll())
}

// diskFull gives an error of the disk its class. If there is no space left it
// lets the owner have the reserve.
func (l *Log) diskFull(err error) error {
	if err == nil || !isFull(err) {
		return err
	}
	if errYield := l.yield(); errYield != nil {
		return fmt.Errorf("%w: %w; the reserve could not be released: %w", ErrFull, err, errYield)
	}
	return fmt.Errorf("%w: %w", ErrFull, err)
}

// write makes the group durable at the end of the active segment s. If it fails
// nothing has changed but perhaps the active segment.
func (l *Log) write(group []*appending, s segment) error {
	l.writer.Reset(io.NewOffsetWriter(l.active, s.size))
	var head [recordHeaderSize]byte
	for i, a := range group {
		a.lsn = l.next + uint64(i)
		recordHeader{length: uint32(len(a.record)), lsn: a.lsn, sum: a.sum}.put(&head, s.salt)
		// The writer remembers its first error.
		_, _ = l.writer.Write(head[:])
		_, _ = l.writer.Write(a.record)
	}
	err := l.writer.Flush()
	l.writer.Reset(io.Discard) // It has the last record's address.
	if err != nil {
		// What is cut off was not synced, so its LSNs can be given again.
		if isFull(err) && l.active.Truncate(s.size) == nil {
			return l.diskFull(fmt.Errorf("append: %w", err))
		}
		return l.giveUp(group, fmt.Errorf("append: %w", err))
	}
	start := time.Now()
	err = l.active.Sync()
	took := time.Since(start)
	l.mu.Lock()
	l.stats.Commits++
	l.stats.SyncTime += took
	l.mu.Unlock()
	if l.options.Synced != nil {
		l.options.Synced(took)
	}
	if err != nil {
		return l.giveUp(group, fmt.Errorf("sync: %w", err))
	}
	l.next += uint64(len(group))
	return nil
}

// giveUp abandons the active segment after a failed write or sync. A kernel may
// report a failed sync once, and drop the pages that it could not write: a
// second sync that succeeds proves nothing. The records of the group may still
// be found by a reader, so their LSNs are not given again.
func (l *Log) giveUp(group []*appending, err error) error {
	l.abandon()
	l.next += uint64(len(group))
	return l.diskFull(err)
}
