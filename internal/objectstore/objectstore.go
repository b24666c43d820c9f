// Package objectstore puts whole objects under a key into a directory or an
// S3 bucket. It knows nothing of what the objects hold.
//
// Both stores make the same promises, which one acceptance suite checks:
//
//   - A nil error from Put or PutIfAbsent means the object is stored durably
//     and whole.
//   - Nobody ever reads a part of an object under its key.
//   - Put of the same key again replaces the object: a caller that retries
//     with the same key and bytes leaves one object.
//   - PutIfAbsent never replaces an object: a caller that retries until it
//     gets a nil error has stored its bytes exactly once, whatever happened to
//     the answers in between.
//   - No key leads outside the directory or the prefix of the store.
//
// A store does not retry an object. It says by ErrUnstorable which objects it
// will never take and by ErrConflict which keys are taken; every other error
// may go away and is the caller's to retry. ErrUnavailable is among those: it
// marks what does not go away before an operator does something, for health
// reports and longer waits.
package objectstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"
)

// ErrUnstorable is in the chain of an error of Put and PutIfAbsent when the
// store will refuse this object however often it is put: its key is malformed
// or too long, or it is larger than the store allows. All other errors but
// ErrConflict are worth a retry, those that an operator has to mend (full
// disk, missing bucket, expired credentials) included: until then the caller's
// queue is the right place for the data.
var ErrUnstorable = errors.New("object can never be stored")

// ErrConflict is in the chain of a PutIfAbsent error when other bytes are
// stored under the key. They stay, and a retry gets the same answer. The
// caller may store its object under another key.
var ErrConflict = errors.New("another object has this key")

// ErrUnavailable is in the chain of an error when the store as a whole is
// misconfigured or full: a missing bucket, denied access, a wrong region, a
// read-only directory. The text names the remedy. The object is not to blame,
// so it is worth a retry, a slow one.
var ErrUnavailable = errors.New("store is not available")

// Store puts objects. Implementations are safe for concurrent use until Close.
type Store interface {
	// Put stores data under key, a slash-separated path, and replaces what is
	// there. It does not keep data. It returns when the object is durable, when
	// the store refused it, or when ctx is done; after an error the object may
	// or may not be there, but is never there in part.
	Put(ctx context.Context, key string, data []byte) error
	// PutIfAbsent stores obj unless its key is taken. With the same bytes under
	// the key it does nothing and returns existed and no error: an earlier call
	// has succeeded, even if it could not tell. Other bytes are ErrConflict. It
	// reads the body several times, before it returns only.
	PutIfAbsent(ctx context.Context, obj Object) (existed bool, err error)
	// Check asks whether the place for objects exists and lets us in. A nil
	// error does not promise that a Put succeeds, nor an error that it fails.
	Check(ctx context.Context) error
	// Close releases connections. Call it once, after the last other call
	// returned.
	Close() error

	Keeper
}

// Keeper is the part of a Store that a caller needs now and then.
type Keeper interface {
	// Probe finds out whether the store can refuse to replace an object on its
	// own, which may leave a small object at _meta/.probe. If not, PutIfAbsent
	// has to look first and store then, and the warning says in a sentence
	// what that means; otherwise it is empty. Without a call to Probe,
	// PutIfAbsent takes the ability for granted until the store denies it.
	Probe(ctx context.Context) (warning string, err error)
	// Sweep removes what writers that died have left half-written below prefix
	// for at least the age given, and returns how many pieces that were. It
	// never touches objects. Live writers lose their work if they take longer
	// than age. It may stop early when there is a lot to remove: call it again
	// the next day.
	Sweep(ctx context.Context, prefix string, age time.Duration) (removed int, err error)
}

// validateKey refuses keys that are not plain relative paths, so that no store
// has to rely on how its backend cleans them.
func validateKey(key string) error {
	if !plainPath(key) {
		return fmt.Errorf("%w: key %q is not a relative path without empty, '.' or '..' elements", ErrUnstorable, key)
	}
	return nil
}

// plainPath tells whether every store takes path for the same place.
func plainPath(path string) bool {
	return fs.ValidPath(path) && path != "." && !strings.ContainsAny(path, "\\\x00")
}
