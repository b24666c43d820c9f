package wal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"
)

var (
	// ErrFull is returned by Append when the log has reached its bound, or its
	// disk has no space. Nothing was stored; the same append works again once
	// there is space.
	ErrFull = errors.New("the log is full")
	// ErrTooLarge is returned by Append for a record that no log with these
	// options takes. Trying again is of no use.
	ErrTooLarge = errors.New("the record is too large for the log")
	// ErrClosed is returned by the methods of a closed log.
	ErrClosed = errors.New("the log is closed")
	// ErrLocked is returned by Open while somebody else has the log open.
	ErrLocked = errors.New("the log is in use by another process")
	// ErrVersion is returned by Open for a log that a newer version of this
	// package has written. The log is left as it is.
	ErrVersion = errors.New("the log has an unknown format version")
)

// MaxRecordBytes is the size of the largest record that a log takes.
const MaxRecordBytes = 64 << 20

// Options bound a log. Start from DefaultOptions.
type Options struct {
	// SegmentBytes is the size at which a segment is full. Space is given back
	// by whole segments. A larger record has a segment of its own.
	SegmentBytes int64
	// MaxBytes bounds the sum of all segments. It does not include the reserve.
	MaxBytes int64
	// ReserveBytes is disk space that is kept for the log's owner, see
	// Log.Yield; 0 keeps none.
	ReserveBytes int64
	// CommitDelay is for how long the first of a group of appends waits for
	// others, at most a second. With 0 a group is what arrives while the disk
	// is busy with the one before.
	CommitDelay time.Duration
	// Synced, when set, is called after each sync of the disk with the time it
	// took. It must not block and not call the log.
	Synced func(took time.Duration)
}

// DefaultOptions returns a log of up to 1 GiB in segments of 16 MiB with a
// reserve of 32 MiB.
func DefaultOptions() Options {
	return Options{SegmentBytes: 16 << 20, MaxBytes: 1 << 30, ReserveBytes: 32 << 20}
}

func (o Options) validate() error {
	var errs []error
	if o.SegmentBytes <= segmentHeaderSize+recordHeaderSize {
		errs = append(errs, fmt.Errorf("a segment of %d bytes holds no record", o.SegmentBytes))
	}
	if o.MaxBytes < o.SegmentBytes {
		errs = append(errs, fmt.Errorf("a log of %d bytes has no room for a segment of %d", o.MaxBytes, o.SegmentBytes))
	}
	if o.ReserveBytes < 0 {
		errs = append(errs, fmt.Errorf("a reserve cannot have %d bytes", o.ReserveBytes))
	}
	if o.CommitDelay < 0 || o.CommitDelay > time.Second {
		errs = append(errs, fmt.Errorf("a commit delay of %v is not within a second", o.CommitDelay))
	}
	return errors.Join(errs...)
}

// maxRecord is the size of the largest record that fits.
func (o Options) maxRecord() int64 {
	return min(MaxRecordBytes, o.MaxBytes-segmentHeaderSize-recordHeaderSize)
}

// Log is an open log. Its methods may be called concurrently.
type Log struct {
	options Options
	disk    disk
	now     func() time.Time
	salt    func() uint32

	// turn is held for disk work: a commit, a release, a yield. It is a channel
	// of one element, because who waits for it may also be served by another.
	turn chan struct{}
	// What follows belongs to who has the turn.
	active  file // the last segment, open for writing; nil if the next append starts another
	writer  *bufio.Writer
	next    uint64 // the LSN to give next
	reserve reserve

	// mu guards what follows. It is never held during disk work, and taken
	// after turn.
	mu       sync.Mutex
	closed   bool
	pending  []*appending
	segments []segment // oldest first; never empty after the first append
	last     uint64    // the last LSN that was stored
	stats    Stats
}

// appending is a call of Append. Who commits it sets lsn and err before closing
// done.
type appending struct {
	record []byte
	sum    uint32
	lsn    uint64
	err    error
	done   chan struct{}
}

// size is what the record takes in a segment.
func (a *appending) size() int64 { return recordHeaderSize + int64(len(a.record)) }

// writeBuffer gathers small records into one write.
const writeBuffer = 256 << 10

// Open opens the log in the directory dir, which it makes when it is missing,
// readable by this user only. It reads the last segment, and the headers of the
// others; no file is rewritten. It fails if another process has the log open (ErrLocked), if a
// newer version wrote it (ErrVersion), and if the disk fails, but not because
// of damaged records: Stats tells of those.
func Open(dir string, o Options) (*Log, error) {
	if err := o.validate(); err != nil {
		return nil, fmt.Errorf("options of the log in %q: %w", dir, err)
	}
	d, err := openDir(dir)
	if err != nil {
		return nil, fmt.Errorf("open the log in %q: %w", dir, err)
	}
	l, err := open(d, o)
	if err != nil {
		return nil, fmt.Errorf("open the log in %q: %w", dir, errors.Join(err, d.close()))
	}
	return l, nil
}

// open opens the log on d, which stays the caller's if open fails.
func open(d disk, o Options) (*Log, error) {
	l := &Log{
		options: o,
		disk:    d,
		now:     time.Now,
		salt:    randomSalt,
		turn:    make(chan struct{}, 1),
		writer:  bufio.NewWriterSize(io.Discard, writeBuffer),
	}
	if err := l.recover(); err != nil {
		return nil, err
	}
	if err := l.openReserve(); err != nil {
		return nil, err
	}
	return l, nil
}

// Append stores a copy of record and returns its LSN once it is durable.
// Appends that wait at the same time share a sync of the disk. The record must
// not change until Append returns; afterwards the log does not hold it.
//
// The context counts until the record's turn comes. From then on Append waits
// for the disk, and tells what came of it. Errors are the context's, ErrFull,
// ErrTooLarge, ErrClosed, and those of the disk; after any of them the record
// is not promised to be stored.
func (l *Log) Append(ctx context.Context, record []byte) (lsn uint64, err error) {
	if int64(len(record)) > l.options.maxRecord() {
		return 0, fmt.Errorf("%w: %d bytes, and %d are the most", ErrTooLarge, len(record), l.options.maxRecord())
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	a := &appending{record: record, sum: checksum(record), done: make(chan struct{})}
	if err := l.enqueue(a); err != nil {
		return 0, err
	}
	select {
	case l.turn <- struct{}{}:
		l.serve(a)
	case <-a.done: // Somebody else committed it.
	case <-ctx.Done():
		if l.withdraw(a) {
			return 0, ctx.Err()
		}
		<-a.done
	}
	return a.lsn, a.err
}

func (l *Log) enqueue(a *appending) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return ErrClosed
	}
	l.pending = append(l.pending, a)
	return nil
}

// serve commits a and all that wait with it, unless the caller who had the turn
// before has done so. It ends the turn.
func (l *Log) serve(a *appending) {
	defer l.endTurn()
	select {
	case <-a.done:
		return
	default:
	}
	if l.options.CommitDelay > 0 {
		time.Sleep(l.options.CommitDelay)
	}
	l.commitPending()
}

// withdraw takes back an append and reports whether it was in time.
func (l *Log) withdraw(a *appending) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.Index(l.pending, a)
	if i < 0 {
		return false
	}
	l.pending = slices.Delete(l.pending, i, i+1)
	return true
}

// First returns the LSN of the oldest record that is stored, and Last plus one
// if none is.
func (l *Log) First() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.segments {
		if !s.empty() {
			return s.first
		}
	}
	return l.last + 1
}

// Last returns the LSN of the youngest record that was stored, whether it is
// still there or not, and 0 before the first. It is less than First if the log
// is empty.
func (l *Log) Last() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

// Close waits for the appends under way, and lets go of the directory. The
// records stay. A second call does nothing.
func (l *Log) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.closed = true
	l.mu.Unlock()

	l.takeTurn()
	defer l.endTurn()
	l.commitPending()
	var err error
	if l.active != nil {
		err = l.active.Close()
		l.active = nil
	}
	return errors.Join(err, l.disk.close())
}

func (l *Log) takeTurn() { l.turn <- struct{}{} }

func (l *Log) endTurn() { <-l.turn }

func (l *Log) isClosed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed
}
