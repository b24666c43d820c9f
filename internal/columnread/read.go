package columnread

import (
	"fmt"
	"iter"
	"math"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// DefaultRows is the number of rows of a payload if none is asked for: some 13 MB of spans in memory, or 9 MB
// of JSON. A row group may hold twelve times as many.
const DefaultRows = 8192

// maxSamples is the most rows of a payload of profiles. With the longest stacks that are written they take all of
// maxEntries.
const maxSamples = 1024

// Options say how much is read. The zero value reads everything.
type Options struct {
	// Rows is the most rows of a payload; DefaultRows if 0.
	Rows int
	// Limit ends the sequence after so many rows; 0 is no limit.
	Limit int64
}

// Traces yields the file's spans in payloads, in the file's order. A payload ends with its row group. It belongs
// to the caller. The sequence ends with the first error, which wraps ErrSignal, ErrDamaged or an error of the
// source; payloads before it are whole. It can be ranged over again, from the start.
func (f *File) Traces(o Options) iter.Seq2[ptrace.Traces, error] {
	return payloads(f, signalTraces, o, newTraceReader)
}

// Logs yields the file's log records; see Traces.
func (f *File) Logs(o Options) iter.Seq2[plog.Logs, error] {
	return payloads(f, signalLogs, o, newLogReader)
}

// Metrics yields the file's data points; see Traces. Points of a metric stand together as far as they are in
// the same payload.
func (f *File) Metrics(o Options) iter.Seq2[pmetric.Metrics, error] {
	return payloads(f, signalMetrics, o, newMetricReader)
}

// Profiles yields the file's samples, with a dictionary for each payload; see Traces. Samples of a profile stand
// together as far as they are in the same payload, which has at most maxSamples: stacks are long.
func (f *File) Profiles(o Options) iter.Seq2[pprofile.Profiles, error] {
	if o.Rows <= 0 || o.Rows > maxSamples {
		o.Rows = maxSamples
	}
	return payloads(f, signalProfiles, o, newProfileReader)
}

// payloadReader makes a payload of the first rows of what its columns have read.
type payloadReader[D any] interface {
	payload(rows int) (D, error)
}

// payloads reads the row groups one after the other.
func payloads[D any](f *File, signal string, o Options, newReader func(*table, *Info) payloadReader[D]) iter.Seq2[D, error] {
	if o.Rows <= 0 {
		o.Rows = DefaultRows
	}
	if o.Limit <= 0 {
		o.Limit = math.MaxInt64
	}
	return func(yield func(D, error) bool) {
		var none D
		if f.info.Signal != signal {
			yield(none, fmt.Errorf("%w: %s", ErrSignal, f.info.Signal))
			return
		}
		s := &session[D]{source: f.source, table: newTable(f.reader), rows: int64(o.Rows), left: o.Limit}
		err := guard(func() error {
			s.reader = newReader(s.table, &f.info)
			return s.table.bound()
		})
		if err != nil {
			yield(none, err)
			return
		}
		for g := range int(f.info.RowGroups) {
			if !s.group(g, yield) {
				return
			}
		}
	}
}

// session is one pass over a file.
type session[D any] struct {
	source *source
	table  *table
	reader payloadReader[D]
	rows   int64 // of a payload
	left   int64 // until the limit
}

// group yields the payloads of row group g, and tells whether there should be more.
func (s *session[D]) group(g int, yield func(D, error) bool) bool {
	defer func() { _ = guard(s.table.close) }() // Of sections of the source, which own nothing.
	rows, err := s.open(g)
	for err == nil && rows > 0 && s.left > 0 {
		n := min(s.rows, rows, s.left)
		var d D
		if d, err = s.next(int(n)); err == nil && !yield(d, nil) {
			return false
		}
		rows -= n
		s.left -= n
	}
	if err != nil {
		var none D
		yield(none, fmt.Errorf("row group %d: %w", g, s.source.blame(err)))
		return false
	}
	return s.left > 0
}

// open goes to the start of row group g and returns its rows.
func (s *session[D]) open(g int) (rows int64, err error) {
	err = guard(func() error {
		rows = s.table.reader.RowGroup(g).NumRows()
		return s.table.open(g)
	})
	return rows, err
}

// next reads the next n rows.
func (s *session[D]) next(n int) (d D, err error) {
	err = guard(func() error {
		if err := s.table.read(n); err != nil {
			return err
		}
		var err error
		d, err = s.reader.payload(n)
		return err
	})
	return d, err
}
