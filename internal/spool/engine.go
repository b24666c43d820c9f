package spool

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/wal"
)

var (
	// ErrBusy is in the chain of an error of Consume when a bound is reached. The
	// payload was not taken, and will be once there is room.
	ErrBusy = errors.New("no room for more data")
	// ErrTooLarge is in the chain of an error of Consume for a payload that no
	// log takes, or for a stream whose name is too long for a file.
	ErrTooLarge = wal.ErrTooLarge
	errShut     = errors.New("the exporter is shut down")
)

// Engine takes the payloads D of one signal. Its methods are safe for concurrent
// use.
type Engine[D any] struct {
	options Options
	payload Payload[D]
	codec   *codec
	log     *wal.Log
	spool   *directory
	// logWriter is the writer's name in the names of files whose rows are in the
	// log, and writer that of the files that are open now: another one if what is
	// in them is not in the log.
	logWriter, writer string
	named             atomic.Bool // logWriter is on the disk
	naming            sync.Mutex

	// gate is held for reading from before a payload is in the log until its rows
	// are in the open files. Whoever holds it for writing knows that the open
	// files hold all of the log.
	gate     sync.RWMutex
	shut     bool   // Guarded by gate, as is boundary.
	boundary uint64 // up to which the log was in open or sealed files when the gate was last closed
	replayed uint64 // the LSN that was replayed last, 0 afterwards

	sealing sync.Mutex // held while files are sealed
	mu      sync.Mutex
	open    map[partition]*openFile[D]
	pending []*pendingFile    // taken out of open, and not sealed yet
	poison  map[poisoned]bool // what no file can hold; each one is a defect or an attack

	unkept atomic.Int64  // damaged files that were given up
	held   atomic.Int64  // memory of the open files
	memory atomic.Uint64 // the latest LSN where there is no log

	kick    chan struct{} // has an element if a file may be due
	stop    context.CancelFunc
	ctx     context.Context // until stop
	workers sync.WaitGroup
	// storing is for what goes to the store. It ends with ctx, or before.
	storing     context.Context
	stopStoring context.CancelFunc
	rows        sync.Pool // of *[]columnar.Row
	hurried     bool      // Shutdown does not wait for the store
}

// pendingFile is a part of the log whose rows of one partition have to be
// sealed yet.
type pendingFile struct {
	partition
	span
	rows     int
	replaces *File // a sealed file that was damaged, or nil
	tries    int
	next     time.Time
}

// poisoned is the rows of a payload that no file of the partition can hold.
type poisoned struct {
	lsn uint64
	partition
}

// Open recovers what an earlier process has left in the directory, and starts
// to seal and store. The payloads' functions must not keep what they are given.
func Open[D any](ctx context.Context, o Options, p Payload[D]) (*Engine[D], error) {
	e := &Engine[D]{
		options: o, payload: p,
		open:   make(map[partition]*openFile[D]),
		poison: make(map[poisoned]bool),
		kick:   make(chan struct{}, 1),
	}
	e.ctx, e.stop = context.WithCancel(context.WithoutCancel(ctx))
	e.storing, e.stopStoring = context.WithCancel(e.ctx)
	if err := e.start(ctx); err != nil {
		e.stop()
		e.discard()
		return nil, errors.Join(fmt.Errorf("spool %q: %w", o.Directory, err), e.close())
	}
	e.workers.Go(e.roll)
	for range o.Uploads {
		e.workers.Go(e.upload)
	}
	return e, nil
}

func (e *Engine[D]) start(ctx context.Context) (err error) {
	if err := makeDir(e.options.Directory); err != nil {
		return err
	}
	if e.codec, err = newCodec(); err != nil {
		return err
	}
	// Without durability, too: it locks the directory, and may hold what was
	// acknowledged before the setting was changed.
	if e.log, err = wal.Open(filepath.Join(e.options.Directory, "log"), e.options.Log); err != nil {
		return err
	}
	if e.spool, err = openDirectory(filepath.Join(e.options.Directory, "files"), e.options.step); err != nil {
		return err
	}
	e.boundDamaged()
	// A log that is new counts from 1, whatever files an earlier one has left.
	if err := e.name(e.log.Last() > 0); err != nil {
		return err
	}
	e.writer = e.logWriter
	return e.recover(ctx)
}

func (e *Engine[D]) close() error {
	var err error
	if e.log != nil {
		err = e.log.Close()
	}
	if e.codec != nil {
		e.codec.close()
	}
	return err
}

// Consume takes a payload of the stream, which it only reads and does not keep.
// Without error the payload will be in exactly one object per stream and hour.
// An error is worth a retry unless it is ErrTooLarge, or ctx's.
func (e *Engine[D]) Consume(ctx context.Context, stream string, d D) error {
	if err := e.busy(); err != nil {
		return err
	}
	if len(stream) > maxStream {
		return fmt.Errorf("%w: the stream has a name of %d bytes, and %d are the most", ErrTooLarge, len(stream), maxStream)
	}
	r := record{arrived: time.Now(), past: e.options.MaxPast, future: e.options.MaxFuture, stream: stream}
	var encoded []byte
	if e.options.Durable {
		var err error
		if r.payload, err = e.payload.Marshal(d); err != nil {
			return fmt.Errorf("encode %s: %w", e.payload.Table.Name(), err)
		}
		encoded = e.codec.encode(r)
	}
	e.gate.RLock()
	defer e.gate.RUnlock()
	if e.shut {
		return errShut
	}
	lsn := e.memory.Add(1)
	if e.options.Durable {
		var err error
		if lsn, err = e.record(ctx, encoded); err != nil {
			return err
		}
	}
	e.apply(lsn, r, d, nil)
	e.options.step.at(stepApplied)
	return nil
}

// busy tells which bound is reached.
func (e *Engine[D]) busy() error {
	if held := e.held.Load(); held > 2*e.options.MaxOpenBytes {
		e.wake()
		return fmt.Errorf("%w: open files hold %d bytes of memory, the limit is twice %d", ErrBusy, held, e.options.MaxOpenBytes)
	}
	if sealed := e.spool.stats().Bytes; sealed >= e.options.MaxSealedBytes {
		return fmt.Errorf("%w: %d bytes of files wait for the store, the limit is %d", ErrBusy, sealed, e.options.MaxSealedBytes)
	}
	return nil
}

// wake tells the goroutine that seals to look.
func (e *Engine[D]) wake() {
	select {
	case e.kick <- struct{}{}:
	default:
	}
}

// Shutdown seals what is open and waits until all is stored, or ctx is done.
// What is not sealed or stored by then, or after Options.Drain, is on the disk for
// the next process; what no disk keeps is told to the observer as lost.
func (e *Engine[D]) Shutdown(ctx context.Context) error {
	e.gate.Lock()
	if e.shut {
		e.gate.Unlock()
		return nil
	}
	e.shut = true
	e.gate.Unlock()
	defer context.AfterFunc(ctx, e.stop)()
	if ctx.Err() != nil {
		e.stop() // At once: the function above takes its time.
	}
	e.seal(everything)
	drain, cancel := context.WithTimeout(ctx, e.options.Drain)
	e.spool.drained(drain)
	cancel()
	e.release()
	e.stop()
	e.spool.close()
	e.workers.Wait()
	e.leave()
	e.discard()
	return e.close()
}

// leave tells what becomes of the files that the store did not take.
func (e *Engine[D]) leave() {
	s := e.spool.stats()
	switch {
	case s.Files == 0:
	case e.options.Temporary:
		e.options.Logger.Error("Lost files that the store did not take in time: nothing keeps them.", zap.Int("files", s.Files), zap.Int64("bytes", s.Bytes))
		for _, f := range e.spool.unstored() {
			e.options.Observer.Lost(f, Unstored)
		}
	default:
		e.options.Logger.Log(e.leftLevel(), "Files wait in the spool until the next start.", zap.Int("files", s.Files), zap.Int64("bytes", s.Bytes))
	}
}

// discard gives up the open files.
func (e *Engine[D]) discard() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, f := range e.open {
		f.discard()
	}
}

// rowsOf returns the rows of d in memory that goes back to the pool rows.
func (e *Engine[D]) rowsOf(d D) *[]columnar.Row {
	rows, ok := e.rows.Get().(*[]columnar.Row)
	if !ok {
		rows = new([]columnar.Row)
	}
	*rows = e.payload.Table.Rows(d, (*rows)[:0])
	return rows
}
