package columnread

import (
	"errors"
	"fmt"
)

var (
	// ErrNotParquet is wrapped by Open's error for what is not a Parquet file at all.
	ErrNotParquet = errors.New("not a Parquet file")
	// ErrTruncated is wrapped by Open's error for what begins as a Parquet file but has no footer: the end
	// is missing, or the file is still being written.
	ErrTruncated = errors.New("a Parquet file without its end")
	// ErrForeign is wrapped by Open's error for Parquet files of another writer.
	ErrForeign = errors.New("not written by this distribution")
	// ErrNewer is wrapped by Open's error for files whose schema has a newer major version.
	ErrNewer = errors.New("written by a newer version")
	// ErrSignal is wrapped by the errors of Traces, Logs, Metrics and Profiles on a file of another signal.
	ErrSignal = errors.New("holds another signal")
	// ErrDamaged is wrapped by all errors about content that this distribution does not write.
	ErrDamaged = errors.New("damaged file")
)

func damagedf(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrDamaged}, args...)...)
}

// damaged says that err came from reading content. Errors that say so already stay as they are.
func damaged(err error) error {
	if err == nil || errors.Is(err, ErrDamaged) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}

// guard runs f and turns a panic into an error. The Parquet library checks much, but not everything, before
// it indexes and allocates by numbers that it reads. Nothing but reading may run under guard.
func guard(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = damagedf("the Parquet reader gave up: %v", r)
		}
	}()
	return f()
}
