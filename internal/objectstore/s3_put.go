package objectstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

const (
	// maxS3Key is the longest key S3 takes, in bytes of UTF-8, the prefix
	// included.
	maxS3Key = 1024
	// metaSum is the metadata that holds the SHA-256 of an object. S3's own
	// checksums do not identify one: what they cover depends on how it was
	// uploaded, and not every store keeps them.
	metaSum = "sha256"
	// probeKey is the object that Probe stores. Query engines skip its folder.
	probeKey = "_meta/.probe"
)

// noConditionsWarning is what Probe says of a store that replaces objects
// whatever it is told.
const noConditionsWarning = "the store has no conditional writes (If-None-Match): an object is looked for before it is " +
	"stored, so two writers that store different objects under one key at the same time keep the later one"

// anything is the value of If-None-Match that no object passes.
var anything = aws.String("*")

// Put implements Store with a single PutObject.
func (s *S3) Put(ctx context.Context, key string, data []byte) error {
	obj := Object{Key: key, Body: bytes.NewReader(data), Size: int64(len(data))}
	u, err := s.upload(ctx, obj)
	if err != nil {
		return err
	}
	return s.classify(u.single(ctx, nil))
}

// PutIfAbsent implements Store. Objects are told from one another by their
// size and the SHA-256 in their metadata, or that of their bytes if they have
// none. Up to 64 MiB go in one request, more
// in a multipart upload.
//
// The comparison needs the permission s3:GetObject, which nothing else does.
func (s *S3) PutIfAbsent(ctx context.Context, obj Object) (existed bool, err error) {
	if err := obj.validate(); err != nil {
		return false, err
	}
	u, err := s.upload(ctx, obj)
	if err != nil {
		return false, err
	}
	// A store refuses a multipart upload in the end only, when all the bytes
	// have been sent. After a crash a spool offers what it has offered before.
	if must := s.lookFirst.Load(); must || obj.Size > s.maxSingle {
		found, err := u.look(ctx)
		// To somebody who may not list the bucket, S3 denies access to a key that
		// is free. Where looking is for speed only, that does not matter.
		if found || errors.Is(err, ErrConflict) || must && err != nil {
			return found, err
		}
	}
	err = u.send(ctx)
	switch {
	case err == nil:
		return false, nil
	case !isTaken(err) && !isGone(err):
		return false, s.classify(err)
	}
	found, errLook := u.look(ctx)
	switch {
	case errLook != nil:
		return false, errLook
	case !found:
		return false, s.classify(err)
	}
	return true, nil
}

// upload is one object on its way.
type upload struct {
	*S3
	obj  Object
	key  string // With the prefix.
	sums digest
	meta map[string]string
}

// upload reads obj once.
func (s *S3) upload(ctx context.Context, obj Object) (*upload, error) {
	key, err := s.key(obj.Key)
	if err != nil {
		return nil, err
	}
	sums, err := digestOf(ctx, obj.reader(), obj.Size)
	if err != nil {
		return nil, err
	}
	meta := map[string]string{metaSum: sums.sha256}
	maps.Copy(meta, obj.Meta)
	return &upload{S3: s, obj: obj, key: key, sums: sums, meta: meta}, nil
}

// key returns the store's key for a caller's.
func (s *S3) key(key string) (string, error) {
	if err := validateKey(key); err != nil {
		return "", err
	}
	if s.opts.Prefix != "" {
		key = s.opts.Prefix + "/" + key
	}
	if len(key) > maxS3Key {
		return "", fmt.Errorf("%w: key of %d bytes, S3 takes %d", ErrUnstorable, len(key), maxS3Key)
	}
	return key, nil
}

// send stores the object if the key is free. The error is not classified.
func (u *upload) send(ctx context.Context) error {
	condition := anything
	if u.lookFirst.Load() {
		condition = nil
	}
	put := u.single
	if u.obj.Size > u.maxSingle {
		put = u.multipart
	}
	err := put(ctx, condition)
	if condition != nil && isNotImplemented(err) {
		u.lookFirst.Store(true)
		// The next call looks first, which this one has not.
		return fmt.Errorf("the store denies conditional writes, the next attempt does without: %w", err)
	}
	return err
}

// single stores the object in one request.
func (u *upload) single(ctx context.Context, ifNoneMatch *string) error {
	input := &s3.PutObjectInput{
		Bucket:               &u.opts.Bucket,
		Key:                  &u.key,
		Body:                 u.obj.reader(),
		ContentLength:        aws.Int64(u.obj.Size),
		IfNoneMatch:          ifNoneMatch,
		Metadata:             u.meta,
		StorageClass:         types.StorageClass(u.opts.StorageClass),
		ServerSideEncryption: types.ServerSideEncryption(u.opts.ServerSideEncryption),
		SSEKMSKeyId:          optional(u.opts.KMSKeyID),
		ACL:                  types.ObjectCannedACL(u.opts.ACL),
		RequestPayer:         u.payer(),
	}
	if u.opts.Checksum == ChecksumSupported {
		input.ChecksumCRC32 = &u.sums.crc32
	}
	_, err := u.client.PutObject(ctx, input)
	return err
}

// look tells whether the object is stored already. Another one under its key
// is ErrConflict.
func (u *upload) look(ctx context.Context) (found bool, err error) {
	head, err := u.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &u.opts.Bucket, Key: &u.key, RequestPayer: u.payer()})
	switch {
	case isAbsent(err):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("look for %s: %w", u.key, u.classify(err))
	}
	size, sum := aws.ToInt64(head.ContentLength), head.Metadata[metaSum]
	if size != u.obj.Size {
		return false, fmt.Errorf("%w: %q of %d bytes is there, not one of %d", ErrConflict, u.key, size, u.obj.Size)
	}
	if sum == "" {
		// The store, or whoever copied the bucket, has dropped the metadata. To
		// call that a conflict would store the object twice.
		if sum, err = u.storedSum(ctx); err != nil {
			return false, fmt.Errorf("read %s: %w", u.key, u.classify(err))
		}
	}
	if sum != u.sums.sha256 {
		return false, fmt.Errorf("%w: %q of the same size is there, with another checksum", ErrConflict, u.key)
	}
	return true, nil
}

// storedSum reads what is stored under the key and returns its SHA-256.
func (u *upload) storedSum(ctx context.Context) (string, error) {
	stored, err := u.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &u.opts.Bucket, Key: &u.key, RequestPayer: u.payer()})
	if err != nil {
		return "", err
	}
	defer stored.Body.Close()
	sums, err := digestOf(ctx, stored.Body, u.obj.Size)
	return sums.sha256, err
}

func (s *S3) payer() types.RequestPayer {
	if s.opts.RequestPayer {
		return types.RequestPayerRequester
	}
	return ""
}

// Probe implements Keeper. It stores an empty object twice on condition that
// there is none, and leaves it, because a right to delete objects is more than
// a writer needs.
func (s *S3) Probe(ctx context.Context) (string, error) {
	u, err := s.upload(ctx, Object{Key: probeKey, Body: bytes.NewReader(nil)})
	if err != nil {
		return "", err
	}
	err = u.single(ctx, anything)
	if err == nil {
		err = u.single(ctx, anything)
	}
	switch {
	case isTaken(err):
		s.lookFirst.Store(false)
		return "", nil
	case err == nil, isNotImplemented(err):
		s.lookFirst.Store(true)
		return noConditionsWarning, nil
	}
	return "", fmt.Errorf("probe for conditional writes: %w", s.classify(err))
}

// optional returns nil for what was not set.
func optional(value string) *string {
	if value == "" {
		return nil
	}
	return &value
}
