package columnar

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar/parquet"
)

// ErrTooLarge is wrapped by the errors of Append and Close that have their cause in the rows: more than 2 GiB in
// one column of a few rows. Trying again gives the same error.
var ErrTooLarge = errors.New("columnar: more than 2 GiB in one column")

// errClosed is the error of a Writer after Close or Discard.
var errClosed = errors.New("columnar: the file is closed")

// Writer writes one file. It is not safe for concurrent use; writers of a table may run beside each other.
//
// Rows are collected in memory until a row group is full, which is then sorted and written at once. The file
// depends on nothing but the table's options and the sequence of rows: how they were cut into calls of Append
// does not matter.
//
// After an error the Writer is broken: it has taken an unknown part of the rows, every further call fails with
// the same error, and what the io.Writer got is no Parquet file. The owner discards it and writes the rows
// again elsewhere. Every Writer must be closed or discarded, else its memory is lost to the table's pool.
type Writer[D any] struct {
	table *Table[D]
	file  *parquet.File
	acc   *accumulators[D] // nil while no rows are waiting
	info  Info
	err   error
}

// Info describes a finished file.
type Info struct {
	// First and Last are the smallest and the largest event time of the rows, in UTC.
	First, Last time.Time
	// Rows is the number of rows.
	Rows int
	// Bytes is the size of the file.
	Bytes int64

	first, last int64
}

// Append adds the given rows of d. It only reads d and keeps nothing of it. Writing happens in here, when a row
// group is full; see Writer for what an error means.
func (w *Writer[D]) Append(d D, rows []Row) error {
	if w.err != nil {
		return w.err
	}
	for _, r := range rows {
		if w.acc == nil {
			w.acc = w.table.take()
		}
		w.acc.fill.add(d, r, w.acc.group.rows)
		w.acc.group.rows++
		w.info.add(r)
		if w.acc.group.full() {
			w.err = w.flush()
			if w.err != nil {
				return w.err
			}
		}
	}
	if w.acc != nil {
		w.acc.fill.leave()
	}
	return nil
}

// flush writes the waiting rows as a row group.
func (w *Writer[D]) flush() error {
	a := w.acc
	w.acc = nil
	defer w.table.give(a)
	if err := a.group.err(); err != nil {
		return err
	}
	s := w.table.scratch.take()
	defer w.table.scratch.give(s)
	switch err := a.group.write(w.file, w.table.sort, s); {
	case err == nil:
		return nil
	case errors.Is(err, parquet.ErrTooLarge):
		return fmt.Errorf("%w: %w", ErrTooLarge, err)
	default:
		return fmt.Errorf("columnar: %w", err)
	}
}

// Rows returns the number of rows so far, waiting ones included.
func (w *Writer[D]) Rows() int { return w.info.Rows }

// Held returns the bytes of memory that waiting rows occupy: 0 when none are waiting.
func (w *Writer[D]) Held() int {
	if w.acc == nil {
		return 0
	}
	return w.acc.group.held()
}

// Written returns the bytes given to the io.Writer so far.
func (w *Writer[D]) Written() int64 { return w.file.Written() }

// Close writes the waiting rows and the footer. It does not close the io.Writer. A file without rows is a
// valid one, too. Memory is given back whether there is an error or not.
func (w *Writer[D]) Close() (Info, error) {
	defer w.Discard()
	if w.err == nil && w.acc != nil {
		w.err = w.flush()
	}
	if w.err == nil {
		w.err = w.file.Close(slices.Concat(w.table.footer, w.info.metadata()))
	}
	if w.err != nil {
		return Info{}, w.err
	}
	w.info.First, w.info.Last = time.Unix(0, w.info.first).UTC(), time.Unix(0, w.info.last).UTC()
	w.info.Bytes = w.file.Written()
	return w.info, nil
}

// Discard gives up the file and gives back its memory. It does nothing after Close.
func (w *Writer[D]) Discard() {
	if w.acc != nil {
		w.table.give(w.acc)
		w.acc = nil
	}
	if w.err == nil {
		w.err = errClosed
	}
}

func (i *Info) add(r Row) {
	if i.Rows == 0 {
		i.first, i.last = r.Time, r.Time
	}
	i.first, i.last = min(i.first, r.Time), max(i.last, r.Time)
	i.Rows++
}
