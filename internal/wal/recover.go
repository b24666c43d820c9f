package wal

import (
	"errors"
	"fmt"
	"io"
	"slices"
)

// recover finds the segments, and where the last one ends.
func (l *Log) recover() error {
	sizes, err := l.disk.list()
	if err != nil {
		return err
	}
	for name, size := range sizes {
		if first, ok := parseSegmentName(name); ok {
			s, err := l.readSegment(first, size)
			if err != nil {
				return err
			}
			l.segments = append(l.segments, s)
		}
	}
	slices.SortFunc(l.segments, func(a, b segment) int {
		if a.first < b.first {
			return -1
		}
		return 1
	})
	for i := 1; i < len(l.segments); i++ {
		l.segments[i-1].last = l.segments[i].previous
	}
	l.next = 1
	if n := len(l.segments); n > 0 {
		return l.recoverLast(&l.segments[n-1])
	}
	return nil
}

// readSegment reads the header of a segment.
func (l *Log) readSegment(first uint64, size int64) (segment, error) {
	// The previous LSN of a segment that cannot say it.
	s := segment{segmentHeader: segmentHeader{first: first, previous: first - 1}, damaged: true, last: first - 1, size: size}
	f, err := l.disk.open(s.name())
	if err != nil {
		return segment{}, err
	}
	b := make([]byte, segmentHeaderSize)
	n, err := io.ReadFull(f, b)
	err = errors.Join(err, f.Close())
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return segment{}, err
	}
	h, ok, err := parseSegmentHeader(b[:n], first)
	if err != nil {
		return segment{}, err
	}
	if ok {
		s.segmentHeader, s.damaged = h, false
	}
	return s, nil
}

// recoverLast finds out what the last segment holds. Behind its last whole
// record may be the torn rest of a write that was not acknowledged, or damage
// to records that were: no record of the new segment gets an LSN that one of
// those may have.
func (l *Log) recoverLast(s *segment) error {
	torn := s.size - segmentHeaderSize
	s.last = s.first - 1
	if s.damaged {
		if torn > 0 {
			s.lost = 1 // At least.
		}
	} else {
		end, err := l.scanLast(s)
		if err != nil {
			return fmt.Errorf("read segment %s: %w", s.name(), err)
		}
		torn = s.size - end
		// A process that was killed may have written these records and not
		// synced them. What is read must not vanish later. A header was synced
		// before it got its name, so that a log that was left empty costs no
		// sync.
		if end < s.size || !s.empty() {
			if err := l.syncSegment(s.name()); err != nil {
				return fmt.Errorf("sync segment %s: %w", s.name(), err)
			}
		}
	}
	l.next = s.last + 1
	l.last = s.last
	if s.empty() {
		l.last = s.previous
	}
	if torn > 0 {
		l.stats.TornBytes = torn
		l.next += uint64(torn)/recordHeaderSize + 1
	}
	return nil
}

// scanLast reads the last segment, and returns where its last whole record
// ends.
func (l *Log) scanLast(s *segment) (end int64, err error) {
	s.last = s.first + uint64(s.size)/recordHeaderSize // An upper bound.
	end = segmentHeaderSize
	last := s.first - 1
	s.lost, err = l.scan(*s, func(lsn uint64, _ []byte, at int64) error {
		last, end = lsn, at
		return nil
	})
	// What is missing behind the last record was torn, not lost.
	s.lost -= s.last - last
	s.last = last
	return end, err
}

func (l *Log) syncSegment(name string) error {
	f, err := l.disk.edit(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// scan calls fn with the records of a segment and with the positions where they
// end. It returns how many records are missing; the number counts only if there
// is no error. Errors of fn are returned as they are.
func (l *Log) scan(s segment, fn func(lsn uint64, record []byte, end int64) error) (lost uint64, err error) {
	if s.empty() {
		return 0, nil
	}
	if s.damaged {
		return s.last - s.first + 1, nil
	}
	f, err := l.disk.open(s.name())
	if err != nil {
		return 0, err
	}
	defer f.Close()
	if _, err := io.CopyN(io.Discard, f, segmentHeaderSize); err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	sc := newScanner(f, s.segmentHeader, s.last, s.size-segmentHeaderSize)
	expected := s.first
	for {
		lsn, record, err := sc.next()
		if errors.Is(err, io.EOF) {
			return lost + s.last + 1 - expected, nil
		}
		if err != nil {
			return 0, err
		}
		lost += lsn - expected
		expected = lsn + 1
		if err := fn(lsn, record, s.size-sc.left); err != nil {
			return 0, err
		}
	}
}
