package objectstore

import (
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"golang.org/x/sync/errgroup"
)

const (
	// abortTimeout bounds the clean-up after a failure. What it does not reach
	// is left to Sweep and the bucket's lifecycle rules.
	abortTimeout = 10 * time.Second
	// maxPartBackoff bounds the wait between two attempts at one part. Longer
	// outages are for the caller's backoff.
	maxPartBackoff = 5 * time.Second
)

// multipart stores the object in parts, which S3 puts together when they are
// all there. Parts are read from the body while they are sent, never buffered:
// this, and a quiet 412, is why it does not use the SDK's transfer manager.
func (u *upload) multipart(ctx context.Context, ifNoneMatch *string) (err error) {
	id, err := u.create(ctx)
	if err != nil {
		return err
	}
	defer func() {
		// A completion whose answer was lost has no upload any more: the abort
		// finds nothing then and harms nothing.
		if err != nil {
			u.abort(ctx, id)
		}
	}()
	parts, err := u.sendParts(ctx, id)
	if err != nil {
		return err
	}
	_, err = u.client.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket:          &u.opts.Bucket,
		Key:             &u.key,
		UploadId:        &id,
		IfNoneMatch:     ifNoneMatch,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
		RequestPayer:    u.payer(),
	}, u.retries)
	return err
}

func (u *upload) create(ctx context.Context) (id string, err error) {
	input := &s3.CreateMultipartUploadInput{
		Bucket:               &u.opts.Bucket,
		Key:                  &u.key,
		Metadata:             u.meta,
		StorageClass:         types.StorageClass(u.opts.StorageClass),
		ServerSideEncryption: types.ServerSideEncryption(u.opts.ServerSideEncryption),
		SSEKMSKeyId:          optional(u.opts.KMSKeyID),
		ACL:                  types.ObjectCannedACL(u.opts.ACL),
		RequestPayer:         u.payer(),
	}
	if u.opts.Checksum == ChecksumSupported {
		input.ChecksumAlgorithm = types.ChecksumAlgorithmCrc32
	}
	created, err := u.client.CreateMultipartUpload(ctx, input, u.retries)
	if err != nil {
		return "", err
	}
	return aws.ToString(created.UploadId), nil
}

// sendParts sends all parts, some of them at the same time. It stops at the
// first error.
func (u *upload) sendParts(ctx context.Context, id string) ([]types.CompletedPart, error) {
	size := partSize(u.obj.Size, u.opts.PartSize)
	parts := make([]types.CompletedPart, (u.obj.Size+size-1)/size)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(u.opts.PartConcurrency)
	for i := range parts {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error {
			offset := int64(i) * size
			body := io.NewSectionReader(u.obj.Body, offset, min(size, u.obj.Size-offset))
			part, err := u.sendPart(ctx, id, int32(i+1), body)
			if err != nil {
				return fmt.Errorf("part %d of %d: %w", i+1, len(parts), err)
			}
			parts[i] = part
			return nil
		})
	}
	return parts, group.Wait()
}

func (u *upload) sendPart(ctx context.Context, id string, number int32, body *io.SectionReader) (types.CompletedPart, error) {
	part := types.CompletedPart{PartNumber: &number}
	if u.opts.Checksum == ChecksumSupported {
		crc := crc32.NewIEEE()
		if _, err := copyContext(ctx, crc, body); err != nil {
			return part, err
		}
		if _, err := body.Seek(0, io.SeekStart); err != nil {
			return part, err
		}
		part.ChecksumCRC32 = aws.String(encodeCRC(crc.Sum32()))
	}
	sent, err := u.client.UploadPart(ctx, &s3.UploadPartInput{
		Bucket:        &u.opts.Bucket,
		Key:           &u.key,
		UploadId:      &id,
		PartNumber:    &number,
		Body:          body,
		ContentLength: aws.Int64(body.Size()),
		ChecksumCRC32: part.ChecksumCRC32,
		RequestPayer:  u.payer(),
	}, u.retries)
	if err != nil {
		return part, err
	}
	part.ETag = sent.ETag
	return part, nil
}

// abort frees what the parts take. It has a context of its own, because the
// upload may have failed by the end of its.
func (u *upload) abort(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abortTimeout)
	defer cancel()
	// The caller gets the error that led here. Parts that stay are Sweep's.
	_, _ = u.client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{
		Bucket: &u.opts.Bucket, Key: &u.key, UploadId: &id, RequestPayer: u.payer(),
	})
}

// retries lets the client try a request of a multipart upload again: without
// that, one failed part costs all the others.
func (s *S3) retries(o *s3.Options) {
	o.Retryer = retry.NewStandard(func(r *retry.StandardOptions) {
		r.MaxAttempts = s.opts.MaxAttempts
		r.MaxBackoff = s.maxBackoff
		// The SDK's limit is shared by all requests of a client and made for
		// callers that do not wait themselves.
		r.RateLimiter = ratelimit.None
	})
}

// partSize returns the size of a part: want, or more if an object of size bytes
// had too many parts of it.
func partSize(size, want int64) int64 {
	return max(want, (size+maxParts-1)/maxParts)
}
