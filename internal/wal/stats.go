package wal

import "time"

// Stats is what a log has done since it was opened, and what it holds.
type Stats struct {
	// Bytes is the size of all segments, Segments their number. The reserve is
	// not in it.
	Bytes    int64
	Segments int
	// Reserved tells that the log has its reserve. Without, it takes no
	// records; false if it was opened without one.
	Reserved bool
	// Appends and AppendedBytes are records that were stored, with their
	// headers; Commits are the syncs of the disk that this took, SyncTime is
	// for how long the disk was busy with them.
	Appends       uint64
	AppendedBytes uint64
	Commits       uint64
	SyncTime      time.Duration
	// Lost is the number of records that are missing before others that are
	// there, because the disk damaged them: as far as Open and Replay have
	// read. It is exact, but a segment that cannot be read at all counts as one
	// record while it is the last. After a loss of power it may include records
	// that were being written.
	Lost uint64
	// TornBytes is what Open passed over at the end: a write that was cut short
	// and not acknowledged.
	TornBytes int64
}

// Stats returns the log's counters.
func (l *Log) Stats() Stats {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.stats
	s.Segments = len(l.segments)
	for _, segment := range l.segments {
		s.Bytes += segment.size
		s.Lost += segment.lost
	}
	return s
}

// size returns the bytes of all segments.
func (l *Log) size() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	var bytes int64
	for _, s := range l.segments {
		bytes += s.size
	}
	return bytes
}
