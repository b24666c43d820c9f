package objectstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"strings"
	"time"
)

// Blobs is a Store in a bucket of Google Cloud Storage or in a container of
// Azure Blob Storage. Both refuse to replace an object when they are asked to,
// keep metadata with it, and drop by themselves what writers left unfinished.
type Blobs struct {
	service blobService
	// newSum returns the hash that the service checks what it is sent with.
	newSum func() hash.Hash
	prefix string
	// maxKey is the longest key that the service takes, in bytes, the prefix
	// included.
	maxKey int
	// maxSingle is the largest object that is sent without a look whether it is
	// there, in bytes. A field for the tests' sake.
	maxSingle int64
}

// blobService is what the services differ in. Keys are whole, and errors are
// classified as a Store's are.
type blobService interface {
	// put stores the blob. If onlyNew is set and the key is taken, it stores
	// nothing, and errTaken is in the error's chain.
	put(ctx context.Context, b *blob, onlyNew bool) error
	// head describes the blob under the key. If there is none, errAbsent is in
	// the error's chain.
	head(ctx context.Context, key string) (blobInfo, error)
	// open returns the bytes of the blob under the key.
	open(ctx context.Context, key string) (io.ReadCloser, error)
	// list asks for the names below prefix, and drops them.
	list(ctx context.Context, prefix string) error
	close()
}

var (
	errTaken  = errors.New("an object has this key already")
	errAbsent = errors.New("no object has this key")
)

// blob is an object on its way.
type blob struct {
	Object
	key    string // With the prefix.
	sha256 string // Hexadecimal.
	sum    []byte // As newSum computes it.
}

// blobInfo is what a service says of a stored blob.
type blobInfo struct {
	size   int64
	sha256 string // Empty if the blob has no such metadata.
}

// Put implements Store. What is there already is left as it is, so that a
// writer without the permission to delete objects can put the same once more.
func (s *Blobs) Put(ctx context.Context, key string, data []byte) error {
	b, err := s.blob(ctx, Object{Key: key, Body: bytes.NewReader(data), Size: int64(len(data))})
	if err != nil {
		return err
	}
	err = s.service.put(ctx, b, true)
	if !errors.Is(err, errTaken) {
		return err
	}
	if found, err := s.look(ctx, b); found || err != nil && !errors.Is(err, ErrConflict) {
		return err
	}
	return s.service.put(ctx, b, false)
}

// PutIfAbsent implements Store. Objects are told from one another by their
// size and the SHA-256 in their metadata, or that of their bytes if they have
// none. The comparison needs a permission to read objects, which nothing else
// does.
func (s *Blobs) PutIfAbsent(ctx context.Context, obj Object) (existed bool, err error) {
	if err := obj.validate(); err != nil {
		return false, err
	}
	b, err := s.blob(ctx, obj)
	if err != nil {
		return false, err
	}
	// A service may refuse an object only when all its bytes have been sent.
	// After a crash a spool offers what it has offered before.
	if obj.Size > s.maxSingle {
		if found, err := s.look(ctx, b); found || errors.Is(err, ErrConflict) {
			return found, err
		}
	}
	err = s.service.put(ctx, b, true)
	if !errors.Is(err, errTaken) {
		return false, err
	}
	found, errLook := s.look(ctx, b)
	if errLook != nil {
		return false, errLook
	}
	if !found { // Somebody has removed it meanwhile.
		return false, err
	}
	return true, nil
}

// blob reads obj once.
func (s *Blobs) blob(ctx context.Context, obj Object) (*blob, error) {
	if err := validateKey(obj.Key); err != nil {
		return nil, err
	}
	b := &blob{Object: obj, key: s.key(obj.Key)}
	if len(b.key) > s.maxKey {
		return nil, fmt.Errorf("%w: key of %d bytes, the store takes %d", ErrUnstorable, len(b.key), s.maxKey)
	}
	sum := s.newSum()
	sums, err := digestOf(ctx, obj.reader(), obj.Size, sum)
	b.sha256, b.sum = sums.sha256, sum.Sum(nil)
	return b, err
}

// key returns the store's key for a caller's.
func (s *Blobs) key(key string) string { return strings.TrimPrefix(s.prefix+"/"+key, "/") }

// look tells whether the blob is stored already. Another one under its key is
// ErrConflict.
func (s *Blobs) look(ctx context.Context, b *blob) (found bool, err error) {
	stored, err := s.service.head(ctx, b.key)
	switch {
	case errors.Is(err, errAbsent):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("look for %s: %w", b.key, err)
	case stored.size != b.Size:
		return false, fmt.Errorf("%w: %q of %d bytes is there, not one of %d", ErrConflict, b.key, stored.size, b.Size)
	}
	if stored.sha256 == "" {
		// Whoever copied the bucket has dropped the metadata. To call that a
		// conflict would store the object twice.
		if stored.sha256, err = s.storedSum(ctx, b); err != nil {
			return false, fmt.Errorf("read %s: %w", b.key, err)
		}
	}
	if stored.sha256 != b.sha256 {
		return false, fmt.Errorf("%w: %q of the same size is there, with another checksum", ErrConflict, b.key)
	}
	return true, nil
}

// storedSum reads what is stored under the key and returns its SHA-256.
func (s *Blobs) storedSum(ctx context.Context, b *blob) (string, error) {
	body, err := s.service.open(ctx, b.key)
	if err != nil {
		return "", err
	}
	defer body.Close()
	sums, err := digestOf(ctx, body, b.Size)
	return sums.sha256, err
}

// Check implements Store. It needs a permission to list objects, which a Put
// does not.
func (s *Blobs) Check(ctx context.Context) error {
	return s.service.list(ctx, s.key("_meta"))
}

// Probe implements Keeper. It stores an empty object, unless it is there, which
// shows that there is a permission to.
func (s *Blobs) Probe(ctx context.Context) (string, error) {
	_, err := s.PutIfAbsent(ctx, Object{Key: probeKey, Body: bytes.NewReader(nil)})
	if err != nil {
		return "", fmt.Errorf("probe for conditional writes: %w", err)
	}
	return "", nil
}

// Sweep implements Keeper. There is nothing to do: an object is either sent in
// one request, or its parts are dropped by the service after a week.
func (*Blobs) Sweep(context.Context, string, time.Duration) (int, error) { return 0, nil }

// Close implements Store.
func (s *Blobs) Close() error {
	s.service.close()
	return nil
}

// classifyStatus marks what an HTTP status alone says of an error: of the
// object itself, or of what an operator has to mend.
func classifyStatus(status int, err error) error {
	switch status {
	case http.StatusRequestEntityTooLarge:
		return fmt.Errorf("%w: %w", ErrUnstorable, err)
	case http.StatusUnauthorized, http.StatusForbidden:
		return unavailable(remedyAccess, err)
	case http.StatusMovedPermanently, http.StatusPermanentRedirect:
		return unavailable(remedyEndpoint, err)
	case http.StatusInsufficientStorage:
		return unavailable(remedySpace, err)
	}
	return err
}

const remedyEndpoint = "correct the endpoint"
