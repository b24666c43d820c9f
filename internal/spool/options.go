package spool

import (
	"time"

	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/objectstore"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/wal"
)

// Options say how an Engine works. All fields must be set, but those that say
// otherwise.
type Options struct {
	// Directory is where the log and the files are until they are stored. One
	// process at a time uses it.
	Directory string
	// Temporary says that the directory is removed after Shutdown: what is not
	// stored by then is lost.
	Temporary bool
	// Durable says that Consume returns once the payload is in the log.
	Durable bool
	Log     wal.Options
	Roll    Roll
	// MaxPast and MaxFuture bound how far a row's event time may be from its
	// arrival. Rows beyond are filed under the hour of their arrival.
	MaxPast, MaxFuture time.Duration
	// MaxOpenFiles bounds the files that rows are collected for at a time. One
	// more seals the oldest.
	MaxOpenFiles int
	// MaxOpenBytes bounds the memory of the open files: the largest is sealed.
	// At twice as much Consume fails.
	MaxOpenBytes int64
	// MaxSealedBytes bounds the sealed files that wait for the store. Then
	// Consume fails.
	MaxSealedBytes int64
	// MaxSealedAge is the age at which a sealed file is given up; 0 for never.
	MaxSealedAge time.Duration
	// Uploads is the number of files that are stored at a time, and Timeout
	// what one may take; 0 for no limit.
	Uploads int
	Timeout time.Duration
	// Drain bounds how long Shutdown waits for the store.
	Drain time.Duration

	Store objectstore.Store
	// Prefix goes before the keys. It may hold {signal} and {stream}.
	Prefix   objectstore.Prefix
	Observer Observer
	Logger   *zap.Logger

	step hook
}

// Roll says when an open file is sealed: when it reaches any of these.
type Roll struct {
	MaxAge   time.Duration // since the first row arrived
	MaxBytes int64         // of the file, about
	MaxRows  int
}

// Payload is how payloads D become bytes of the log, and rows.
type Payload[D any] struct {
	Table     *columnar.Table[D]
	Marshal   func(D) ([]byte, error)
	Unmarshal func([]byte) (D, error)
}

// Observer is told what becomes of files. Its methods are called concurrently
// and must not block.
type Observer interface {
	// Sealed: a file is whole and on the disk.
	Sealed(f File, took time.Duration)
	// Stored: the store has it; existed says that it had it before.
	Stored(f File, took time.Duration, existed bool)
	// Lost: what is in the file was given up.
	Lost(f File, reason Reason)
	// Late: rows were taken after the hour of their event had ended, and filed
	// under it.
	Late(stream string, rows int)
	// Misplaced: rows were taken and filed under the hour of their arrival,
	// because their event time is too far in the past or in the future. They are
	// not among the late ones.
	Misplaced(stream string, past, future int)
}

// Reason is why rows were given up.
type Reason string

const (
	// Expired means that the store did not take the file for too long.
	Expired Reason = "expired"
	// Refused means that the store will never take the file.
	Refused Reason = "refused"
	// Unwritable means that the file could not be written, and there is no log
	// to write it again from, or that no file could hold the payload.
	Unwritable Reason = "unwritable"
	// Unstored means that the engine was shut down before the store took the rows,
	// and that no disk keeps them.
	Unstored Reason = "unstored"
	// Damaged means that the disk changed or lost rows that waited for the
	// store: those of a file which the log did not hold any more, or those of the
	// log for a file that had to be written again.
	Damaged Reason = "damaged"
)
