package wal

import (
	"errors"
	"fmt"
)

// segment is what the log knows of one of its files.
type segment struct {
	segmentHeader
	// damaged says that the header cannot be read, and so no record.
	damaged bool
	last    uint64 // the last LSN that is stored, less than first if none is
	size    int64  // durable bytes
	lost    uint64 // records found missing
}

func (s segment) empty() bool { return s.last < s.first }

func (s segment) name() string { return segmentName(s.first) }

// fits reports whether a record of that size, header included, goes into the
// segment. The first always does.
func (s segment) fits(size, segmentBytes int64) bool {
	return s.size == segmentHeaderSize || s.size+size <= segmentBytes
}

// youngest returns the last segment. There is one when active is not nil.
func (l *Log) youngest() (segment, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.segments) == 0 {
		return segment{}, false
	}
	return l.segments[len(l.segments)-1], true
}

// roll starts a segment, and makes it the active one. The caller has the turn.
// If roll fails the segment before stays the active one, or the next append
// tries to roll again.
func (l *Log) roll() error {
	l.mu.Lock()
	h := segmentHeader{salt: l.salt(), first: l.next, previous: l.last}
	l.mu.Unlock()
	f, err := l.createSegment(h)
	if err != nil {
		return fmt.Errorf("start segment %s: %w", segmentName(h.first), err)
	}
	if l.active != nil {
		// All that counts of it has been synced.
		_ = l.active.Close()
	}
	l.active = f
	l.mu.Lock()
	defer l.mu.Unlock()
	// A segment of that name is one without records, whose file has been
	// replaced.
	if n := len(l.segments); n > 0 && l.segments[n-1].first == h.first {
		l.segments = l.segments[:n-1]
	}
	l.segments = append(l.segments, segment{segmentHeader: h, last: h.first - 1, size: segmentHeaderSize})
	return nil
}

func (l *Log) createSegment(h segmentHeader) (file, error) {
	f, err := l.disk.create(newSegment)
	if err != nil {
		return nil, err
	}
	_, err = f.WriteAt(h.append(nil), 0)
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		return nil, errors.Join(err, f.Close(), l.disk.remove(newSegment))
	}
	err = l.disk.rename(newSegment, segmentName(h.first))
	if err == nil {
		err = l.disk.sync()
	}
	if err != nil {
		// The new segment may be there or not. If it is, it says that the one
		// before has ended: nothing may be added to that any more. The next
		// segment has the same name, and takes the place of this one.
		l.abandon()
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// abandon gives the active segment up: nothing is added to it any more, and
// what it holds beyond its durable size is not trusted.
func (l *Log) abandon() {
	if l.active == nil {
		return
	}
	// Neither matters: readers know where the segment ends. Cutting it only
	// gives back the space.
	if s, ok := l.youngest(); ok {
		_ = l.active.Truncate(s.size)
	}
	_ = l.active.Close()
	l.active = nil
}
