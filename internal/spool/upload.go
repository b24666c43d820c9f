package spool

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strconv"
	"time"

	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/objectstore"
)

// maxCopies bounds the keys that are tried for a file, if others have taken them.
const maxCopies = 8

// upload stores one sealed file after the other, until the engine stops. After a
// failure it waits: most of them are the store's, not the file's.
func (e *Engine[D]) upload() {
	failures := 0
	for {
		f, ok := e.spool.take()
		if !ok {
			return
		}
		err := e.store(f)
		switch {
		case err == nil:
			failures = 0
			continue
		case errors.Is(err, errDamaged):
			e.replace(f, err)
			continue
		case errors.Is(err, objectstore.ErrUnstorable) || errors.Is(err, objectstore.ErrConflict):
			e.options.Logger.Error("Gave up a file that the store will never take.", zap.String("file", f.name()), zap.Error(err))
			e.lose(f, Refused)
			continue
		}
		e.spool.putBack(f)
		if e.storing.Err() != nil {
			return
		}
		e.options.Logger.Warn("The store did not take a file. It will be tried again.", zap.String("stream", f.stream), zap.Int("failures", failures+1), zap.Error(err))
		select {
		case <-e.storing.Done():
			return
		case <-time.After(backoff(failures)):
		}
		failures++
	}
}

// store puts a file under its key, or under the next one if the key is taken.
func (e *Engine[D]) store(f File) error {
	ctx, cancel := e.storing, func() {}
	if e.options.Timeout > 0 {
		ctx, cancel = context.WithTimeout(ctx, e.options.Timeout)
	}
	defer cancel()
	body, err := e.spool.openWhole(f)
	if err != nil {
		return err
	}
	defer body.Close()
	signal := e.payload.Table.Name()
	prefix, err := e.options.Prefix.Expand(map[string]string{"signal": signal, "stream": f.stream})
	if err != nil {
		return err
	}
	start := time.Now()
	for copies := 0; ; copies++ {
		o := objectstore.Object{
			Key: path.Join(prefix, f.key(signal, copies)), Body: body, Size: f.Bytes,
			Meta: map[string]string{"rows": strconv.Itoa(f.Rows)},
		}
		e.options.step.at(stepPut)
		existed, err := e.options.Store.PutIfAbsent(ctx, o)
		if errors.Is(err, objectstore.ErrConflict) && copies < maxCopies {
			e.options.Logger.Warn("Another object has the key of a file: is a second collector using a copy of the spool?", zap.String("key", o.Key))
			continue
		}
		if err != nil {
			return fmt.Errorf("store %s: %w", o.Key, err)
		}
		if err := e.spool.stored(f, f.writer == e.logWriter); err != nil {
			e.options.Logger.Warn("Could not mark a file as stored.", zap.Error(err))
		}
		e.options.Observer.Stored(f, time.Since(start), existed)
		return nil
	}
}

// lose gives up a file: its rows are lost, and must not come back from the log.
func (e *Engine[D]) lose(f File, reason Reason) {
	if err := e.spool.stored(f, f.writer == e.logWriter); err != nil {
		e.options.Logger.Warn("Could not remove a file.", zap.Error(err))
	}
	e.options.Observer.Lost(f, reason)
}

// expire gives up the files that the store did not take for too long.
func (e *Engine[D]) expire() {
	if e.options.MaxSealedAge <= 0 {
		return
	}
	for _, f := range e.spool.expired(time.Now().Add(-e.options.MaxSealedAge)) {
		e.options.Logger.Error("Gave up a file that the store did not take for too long.", zap.String("file", f.name()))
		e.lose(f, Expired)
	}
}
