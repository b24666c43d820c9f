package spool

import (
	"cmp"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"go.uber.org/zap"
)

// A pending file is tried again after minBackoff, then twice as long up to
// maxBackoff. So is a file that the store did not take.
const (
	minBackoff = 500 * time.Millisecond
	maxBackoff = 30 * time.Second
)

// backoff returns the pause after so many failures in a row.
func backoff(failures int) time.Duration {
	pause := min(maxBackoff, minBackoff<<min(failures, 10))
	return pause/2 + rand.N(pause)
}

// roll seals what is due, and gives up what is too old, until the engine stops.
func (e *Engine[D]) roll() {
	ticker := time.NewTicker(max(10*time.Millisecond, min(time.Second, e.options.Roll.MaxAge/4)))
	defer ticker.Stop()
	for {
		select {
		case <-e.ctx.Done():
			return
		case <-ticker.C:
		case <-e.kick:
		}
		if e.log.Stats().Bytes > e.options.Log.MaxBytes/2 && !e.hasPending() {
			e.seal(everything) // Each open file keeps all of the log that came after it.
		} else {
			e.seal(e.due)
		}
		e.expire()
	}
}

// everything is due at the end.
func everything[D any](open []*openFile[D]) []*openFile[D] { return open }

// due returns those open files that must be sealed: the broken, the old, the
// large, and as many of the others as are too many, the oldest first, or hold
// too much memory, the largest first.
func (e *Engine[D]) due(open []*openFile[D]) []*openFile[D] {
	// What a file held when it was looked at: rows go on to arrive.
	type candidate struct {
		*openFile[D]
		held int64
	}
	now := time.Now()
	var due []*openFile[D]
	var rest []candidate
	var held int64
	for _, f := range open {
		f.mu.Lock()
		if f.broken != nil || now.Sub(f.opened) >= e.options.Roll.MaxAge || e.full(f) {
			due = append(due, f)
		} else {
			rest = append(rest, candidate{f, int64(f.held)})
			held += int64(f.held)
		}
		f.mu.Unlock()
	}
	takeLast := func() {
		last := rest[len(rest)-1]
		due, rest, held = append(due, last.openFile), rest[:len(rest)-1], held-last.held
	}
	slices.SortFunc(rest, func(a, b candidate) int { return b.opened.Compare(a.opened) })
	for len(rest) > e.options.MaxOpenFiles {
		takeLast()
	}
	slices.SortFunc(rest, func(a, b candidate) int { return cmp.Compare(a.held, b.held) })
	for held > e.options.MaxOpenBytes {
		takeLast()
	}
	return due
}

// hasPending tells whether files have to be written again. They keep their part
// of the log, however many other files are sealed.
func (e *Engine[D]) hasPending() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.pending) > 0
}

// seal seals the open files that choose returns, and tries those again that
// could not be sealed before.
func (e *Engine[D]) seal(choose func([]*openFile[D]) []*openFile[D]) {
	e.sealing.Lock()
	defer e.sealing.Unlock()
	e.mu.Lock()
	open := make([]*openFile[D], 0, len(e.open))
	for _, f := range e.open {
		open = append(open, f)
	}
	e.mu.Unlock()
	slices.SortFunc(open, func(a, b *openFile[D]) int { return a.compare(b.partition) })
	files := choose(open)
	to := e.detach(files)
	for _, f := range files {
		if e.ctx.Err() != nil {
			e.giveUp(f, span{f.from, to})
			continue
		}
		e.sealOpen(f, span{f.from, to})
	}
	if len(files)+e.sealPending() > 0 {
		e.release()
	}
}

func (p partition) compare(q partition) int {
	return cmp.Or(cmp.Compare(p.stream, q.stream), cmp.Compare(p.hour, q.hour))
}

// detach takes files out of the open ones, while nothing is on its way into
// them, and returns up to where they hold the log. They are pending now.
func (e *Engine[D]) detach(files []*openFile[D]) uint64 {
	if len(files) == 0 {
		return 0
	}
	e.gate.Lock()
	defer e.gate.Unlock()
	to := e.last()
	e.boundary = to
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, f := range files {
		delete(e.open, f.partition)
		e.pending = append(e.pending, &pendingFile{partition: f.partition, span: span{f.from, to}, rows: f.rows})
	}
	return to
}

// last returns the LSN of the latest payload.
func (e *Engine[D]) last() uint64 {
	switch {
	case e.replayed > 0:
		return e.replayed
	case e.options.Durable:
		return e.log.Last()
	default:
		return e.memory.Load()
	}
}

// sealOpen seals a file that was detached. If that fails, it stays pending.
func (e *Engine[D]) sealOpen(f *openFile[D], s span) {
	defer e.held.Add(int64(-f.held))
	err := f.broken
	if err == nil {
		_, err = e.finish(f, s, e.writer)
	}
	if err == nil {
		e.settled(f.partition, s)
		return
	}
	f.discard()
	if !e.options.Durable && e.replayed == 0 {
		e.options.Logger.Error("Lost rows: their file could not be written, and without a log there is nothing to write it again from.",
			zap.String("stream", f.stream), zap.Int("rows", f.rows), zap.Error(err))
		e.options.Observer.Lost(File{partition: f.partition, Rows: f.rows}, Unwritable)
		e.settled(f.partition, s)
		return
	}
	e.sealFailed(f.partition, s, err)
}

// giveUp leaves a file that was detached to the next process, which has its rows
// in the log. Without one they are lost.
func (e *Engine[D]) giveUp(f *openFile[D], s span) {
	e.held.Add(int64(-f.held))
	f.discard()
	if e.options.Durable {
		return // It stays pending, so that the log keeps its part.
	}
	e.options.Logger.Error("Lost rows: their file was not finished before the end of the shutdown, and there is no log.",
		zap.String("stream", f.stream), zap.Int("rows", f.rows))
	e.options.Observer.Lost(File{partition: f.partition, Rows: f.rows}, Unstored)
	e.settled(f.partition, s)
}

// finish writes the rest of the file and gives it its name, which commits it. It
// returns the number of rows; there is no file without.
func (e *Engine[D]) finish(f *openFile[D], s span, writer string) (rows int, err error) {
	start := time.Now()
	info, err := f.columns.Close()
	if err != nil {
		return 0, err
	}
	if info.Rows == 0 {
		f.out.discard()
		return 0, nil
	}
	if err := f.out.finish(); err != nil {
		return 0, err
	}
	sealed := File{
		partition: f.partition, span: s, writer: writer,
		First: info.First, Last: info.Last, Rows: info.Rows, Bytes: info.Bytes, sum: f.out.sum, sealed: time.Now(),
	}
	if err := e.spool.commit(f.out.file.Name(), sealed); err != nil {
		return 0, err
	}
	e.options.Observer.Sealed(sealed, time.Since(start))
	return info.Rows, nil
}

// settled takes a part of the log off the pending ones.
func (e *Engine[D]) settled(p partition, s span) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.pending = slices.DeleteFunc(e.pending, func(f *pendingFile) bool { return f.partition == p && f.span == s })
}

// sealFailed notes when a pending file is tried again. If the disk is full the
// log lets go of what it keeps for that.
func (e *Engine[D]) sealFailed(p partition, s span, err error) {
	e.options.Logger.Warn("A file could not be written. It will be written again from the log.", zap.String("stream", p.stream), zap.Error(err))
	if isFull(err) { // Otherwise the log would take no records, for nothing.
		if err := e.log.Yield(); err != nil {
			e.options.Logger.Warn("The log could not give up its reserve.", zap.Error(err))
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, f := range e.pending {
		if f.partition == p && f.span == s {
			f.next = time.Now().Add(backoff(f.tries))
			f.tries++
		}
	}
}

// release lets go of the part of the log that is sealed, and of the marks of
// stored files that only that part needed.
func (e *Engine[D]) release() {
	e.gate.RLock()
	upTo := e.boundary
	e.gate.RUnlock()
	e.mu.Lock()
	for _, f := range e.open {
		upTo = min(upTo, f.from)
	}
	for _, f := range e.pending {
		upTo = min(upTo, f.from)
	}
	e.mu.Unlock()
	if !e.options.Durable {
		// Only what an earlier process has left is in the log.
		upTo = min(upTo, e.log.Last())
	}
	e.options.step.at(stepRelease)
	err := e.log.Release(upTo)
	e.options.step.at(stepReleased)
	e.mu.Lock()
	maps.DeleteFunc(e.poison, func(p poisoned, _ bool) bool { return p.lsn <= upTo }) // No file needs it any more.
	e.mu.Unlock()
	if err == nil { // What was not deleted for good may come back after a crash, and needs the marks.
		err = e.spool.forget(e.logWriter, e.log.First())
	}
	if err != nil {
		e.options.Logger.Warn("Could not tidy up the spool.", zap.Error(err))
	}
}
