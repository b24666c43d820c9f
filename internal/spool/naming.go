package spool

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/wal"
)

// writerLength is the number of hexadecimal digits of a writer's name.
const writerLength = 12

// newWriterName returns a name that no other writer has.
func newWriterName() string {
	name := make([]byte, writerLength/2)
	_, _ = rand.Read(name) // It never fails.
	return hex.EncodeToString(name)
}

// writerFile holds the writer's name, in the spool's directory.
const writerFile = "writer"

// name sets what tells the files that are made of this log from all others. It
// stays the same as long as the log's numbers go on, which the caller knows.
func (e *Engine[D]) name(goesOn bool) error {
	e.logWriter = newWriterName()
	if !goesOn {
		return nil // The first record will need it.
	}
	known, err := os.ReadFile(filepath.Join(e.options.Directory, writerFile))
	switch {
	case err == nil && len(known) == writerLength:
		e.logWriter = string(known)
		e.named.Store(true)
		return nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return e.keepName()
}

// keepName makes a new writer's name durable, which must be before the first
// record: the next process takes the name for that of the records that it
// finds. A log that is never used costs no sync.
func (e *Engine[D]) keepName() error {
	if e.named.Load() {
		return nil
	}
	e.naming.Lock()
	defer e.naming.Unlock()
	if e.named.Load() {
		return nil
	}
	if err := replaceFile(filepath.Join(e.options.Directory, writerFile), []byte(e.logWriter)); err != nil {
		if isFull(err) {
			err = fmt.Errorf("%w: %w", ErrBusy, err)
		}
		return fmt.Errorf("write down the writer's name: %w", err)
	}
	e.named.Store(true)
	return nil
}

// record stores a record in the log and returns its number.
func (e *Engine[D]) record(ctx context.Context, encoded []byte) (uint64, error) {
	if err := e.keepName(); err != nil {
		return 0, err
	}
	e.options.step.at(stepAppend)
	lsn, err := e.log.Append(ctx, encoded)
	if errors.Is(err, wal.ErrFull) {
		err = fmt.Errorf("%w: %w", ErrBusy, err)
		e.wake()
	}
	return lsn, err
}
