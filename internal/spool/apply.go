package spool

import (
	"bufio"
	"cmp"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
)

// openFile collects the rows of a partition that come after from in the log.
type openFile[D any] struct {
	partition
	from   uint64
	opened time.Time // when the first row arrived

	mu      sync.Mutex
	out     *lazyFile
	columns *columnar.Writer[D]
	held    int   // memory, as it was last told
	broken  error // It has to be written again from the log.
	rows    int
}

// apply puts the rows of a payload into the open files of their partitions. skip
// tells which partitions of a payload that is recovered have them; it is nil for
// one that arrives.
func (e *Engine[D]) apply(lsn uint64, r record, d D, skip func(partition) bool) {
	rows := e.rowsOf(d)
	defer e.rows.Put(rows)
	hourOf := r.hours()
	if byHour := func(a, b columnar.Row) int { return cmp.Compare(hourOf(a.Time), hourOf(b.Time)) }; !slices.IsSortedFunc(*rows, byHour) {
		slices.SortStableFunc(*rows, byHour)
	}
	for rest := *rows; len(rest) > 0; {
		p := partition{r.stream, hourOf(rest[0].Time)}
		n := 1
		for n < len(rest) && hourOf(rest[n].Time) == p.hour {
			n++
		}
		if skip == nil || !skip(p) {
			e.append(p, lsn, r, d, rest[:n])
		}
		if skip == nil { // Otherwise that was told when it arrived.
			e.tellUntimely(p, r, rest[:n])
		}
		rest = rest[n:]
	}
}

func (e *Engine[D]) append(p partition, lsn uint64, r record, d D, rows []columnar.Row) {
	e.options.step.at(stepApply)
	f := e.file(p, r.arrived)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rows += len(rows)
	if f.broken == nil {
		e.fill(f, lsn, d, rows)
	}
	if f.broken != nil || e.full(f) || e.held.Load() > e.options.MaxOpenBytes {
		e.wake()
	}
}

// tellUntimely tells of rows that did not arrive in the hour of their event.
func (e *Engine[D]) tellUntimely(p partition, r record, rows []columnar.Row) {
	switch arrived := hourOf(r.arrived.UnixNano()); {
	case p.hour < arrived: // Within bounds, as all that is not in the hour of its arrival.
		e.options.Observer.Late(p.stream, len(rows))
	case p.hour == arrived:
		if past, future := r.misplaced(rows); past+future > 0 {
			e.options.Observer.Misplaced(p.stream, past, future)
		}
	}
}

// fill appends to the file's columns. If that fails the file has to be written
// again, and without the payload if the payload is to blame.
func (e *Engine[D]) fill(f *openFile[D], lsn uint64, d D, rows []columnar.Row) {
	f.broken = f.columns.Append(d, rows)
	held := f.columns.Held()
	e.held.Add(int64(held - f.held))
	f.held = held
	if errors.Is(f.broken, columnar.ErrTooLarge) {
		e.mu.Lock()
		e.poison[poisoned{lsn, f.partition}] = true
		e.mu.Unlock()
		f.rows -= len(rows)
		e.options.Logger.Error("Dropped a payload that no Parquet file can hold.", zap.String("stream", f.stream), zap.Int("rows", len(rows)))
		e.options.Observer.Lost(File{partition: f.partition, Rows: len(rows)}, Unwritable)
	}
}

// file returns the partition's open file. A new one comes after the boundary:
// when the gate was last closed, no file of the partition stayed open.
func (e *Engine[D]) file(p partition, arrived time.Time) *openFile[D] {
	e.mu.Lock()
	defer e.mu.Unlock()
	f := e.open[p]
	if f == nil {
		f = e.newFile(p, e.boundary, arrived)
		e.open[p] = f
		if len(e.open) > e.options.MaxOpenFiles {
			e.wake()
		}
	}
	return f
}

func (e *Engine[D]) newFile(p partition, from uint64, arrived time.Time) *openFile[D] {
	out := &lazyFile{create: e.spool.create, step: e.options.step}
	if now := time.Now(); arrived.After(now) {
		arrived = now // The clock was set back since: the file must not wait for it.
	}
	return &openFile[D]{partition: p, from: from, opened: arrived, out: out, columns: e.payload.Table.NewWriter(out)}
}

// full reports whether the file is large enough to be sealed.
func (e *Engine[D]) full(f *openFile[D]) bool {
	return f.rows >= e.options.Roll.MaxRows || f.columns.Written() >= e.options.Roll.MaxBytes
}

// discard gives up the file.
func (f *openFile[D]) discard() {
	f.columns.Discard()
	f.out.discard()
}

// lazyFile is a file that is made with its first byte.
type lazyFile struct {
	create func() (*os.File, error)
	step   hook
	file   *os.File
	buffer *bufio.Writer
	sum    uint32 // CRC-32C of all that was written
}

var _ io.Writer = (*lazyFile)(nil)

// writeBuffer gathers the pieces of pages into writes.
const writeBuffer = 64 << 10

func (f *lazyFile) Write(b []byte) (int, error) {
	if f.file == nil {
		file, err := f.create()
		if err != nil {
			return 0, err
		}
		f.file, f.buffer = file, bufio.NewWriterSize(file, writeBuffer)
	}
	f.step.at(stepWrite)
	f.sum = crc32.Update(f.sum, castagnoli, b)
	return f.buffer.Write(b)
}

// finish makes what was written durable, and closes the file.
func (f *lazyFile) finish() error {
	f.step.at(stepFinish)
	err := f.buffer.Flush()
	if err == nil {
		err = f.file.Sync()
	}
	return errors.Join(err, f.file.Close())
}

// discard removes the file.
func (f *lazyFile) discard() {
	if f.file == nil {
		return
	}
	_ = f.file.Close() // What it held is not needed.
	_ = os.Remove(f.file.Name())
	f.file = nil
}
