// Package objectstore puts whole objects under a key into a directory or an
// S3 bucket. It knows nothing of what the objects hold.
//
// Both stores make the same promises, which one acceptance suite checks:
//
//   - A nil error from Put means the object is stored durably and whole.
//   - Nobody ever reads a part of an object under its key.
//   - Put of the same key again replaces the object: a caller that retries
//     with the same key and bytes leaves one object.
//   - No key leads outside the directory or the prefix of the store.
//
// A store does not retry. It says by ErrUnstorable which objects it will never
// take; every other error may go away and is the caller's to retry.
package objectstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// ErrUnstorable is in the chain of a Put error when the store will refuse this
// object however often it is put: its key is malformed or too long, or it is
// larger than the store allows. All other errors are worth a retry, those that
// an operator has to mend (full disk, missing bucket, expired credentials)
// included: until then the caller's queue is the right place for the data.
var ErrUnstorable = errors.New("object can never be stored")

// Store puts objects. Implementations are safe for concurrent use until Close.
type Store interface {
	// Put stores data under key, a slash-separated path, and replaces what is
	// there. It does not keep data. It returns when the object is durable, when
	// the store refused it, or when ctx is done; after an error the object may
	// or may not be there, but is never there in part.
	Put(ctx context.Context, key string, data []byte) error
	// Check asks whether the place for objects exists and lets us in. A nil
	// error does not promise that a Put succeeds, nor an error that it fails.
	Check(ctx context.Context) error
	// Close releases connections. Call it once, after the last Put returned.
	Close() error
}

// validateKey refuses keys that are not plain relative paths, so that no store
// has to rely on how its backend cleans them.
func validateKey(key string) error {
	if !fs.ValidPath(key) || key == "." || strings.ContainsAny(key, "\\\x00") {
		return fmt.Errorf("%w: key %q is not a relative path without empty, '.' or '..' elements", ErrUnstorable, key)
	}
	return nil
}
