package spool

import (
	"time"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/wal"
)

// Stats describe an Engine at a moment.
type Stats struct {
	Log         wal.Stats
	OpenFiles   int
	OpenBytes   int64 // memory
	SealedFiles int
	SealedBytes int64
	// DamagedFiles and DamagedBytes are kept aside. DamagedRemoved counts those
	// that were given up, because there were too many.
	DamagedFiles   int
	DamagedBytes   int64
	DamagedRemoved int64
}

// Stats returns the state of the moment.
func (e *Engine[D]) Stats() Stats {
	e.mu.Lock()
	open := len(e.open)
	e.mu.Unlock()
	s := e.spool.stats()
	return Stats{
		Log: e.log.Stats(), OpenFiles: open, OpenBytes: e.held.Load(),
		SealedFiles: s.Files, SealedBytes: s.Bytes,
		DamagedFiles: s.DamagedFiles, DamagedBytes: s.DamagedBytes, DamagedRemoved: e.unkept.Load(),
	}
}

// Backlog is the files that wait for the store, or a stream's.
type Backlog struct {
	Files int
	Bytes int64
	// Oldest is when the oldest of them was sealed; zero if there is none.
	Oldest time.Time
}

// And returns both together.
func (b Backlog) And(c Backlog) Backlog {
	if b.Oldest.IsZero() || !c.Oldest.IsZero() && c.Oldest.Before(b.Oldest) {
		b.Oldest = c.Oldest
	}
	b.Files += c.Files
	b.Bytes += c.Bytes
	return b
}

// Backlog returns what waits for the store, by stream as it stands in keys. It
// looks at each file, so call it now and then only.
func (e *Engine[D]) Backlog() map[string]Backlog { return e.spool.backlog() }
