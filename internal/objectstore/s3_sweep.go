package objectstore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

const (
	// maxSweepPages and sweepPage bound one Sweep to 10,000 uploads.
	maxSweepPages = 10
	sweepPage     = 1000
)

// ErrNoPrefix is returned by Sweep when neither the store nor the call has a
// prefix. The bucket may be others' too, whose uploads are none of our business.
var ErrNoPrefix = errors.New("sweeping a whole bucket would abort uploads of others: give a prefix")

// Sweep implements Keeper: it aborts multipart uploads below the store's prefix
// and the one given. It needs the permissions s3:ListBucketMultipartUploads and
// s3:AbortMultipartUpload. A store that does not know these operations has
// nothing to sweep.
func (s *S3) Sweep(ctx context.Context, prefix string, age time.Duration) (removed int, err error) {
	below := strings.Trim(s.opts.Prefix+"/"+prefix, "/")
	switch {
	case below == "":
		return 0, ErrNoPrefix
	case !plainPath(below):
		return 0, fmt.Errorf("sweep: %q is not a plain path", below)
	}
	// With the slash, so that a neighbor whose prefix starts like ours is safe.
	below += "/"
	before := time.Now().Add(-age)
	list := &s3.ListMultipartUploadsInput{
		Bucket: &s.opts.Bucket, Prefix: &below, MaxUploads: aws.Int32(sweepPage), RequestPayer: s.payer(),
	}
	for range maxSweepPages {
		page, err := s.client.ListMultipartUploads(ctx, list)
		if isNotImplemented(err) || isGone(err) { // Some have no list where there are no uploads.
			return removed, nil
		}
		if err != nil {
			return removed, fmt.Errorf("list multipart uploads: %w", s.classify(err))
		}
		n, err := s.abortOld(ctx, page.Uploads, below, before)
		removed += n
		if err != nil || !aws.ToBool(page.IsTruncated) {
			return removed, err
		}
		list.KeyMarker, list.UploadIdMarker = page.NextKeyMarker, page.NextUploadIdMarker
	}
	return removed, nil
}

// abortOld aborts the uploads that were begun before the time given.
func (s *S3) abortOld(
	ctx context.Context, uploads []types.MultipartUpload, below string, before time.Time,
) (aborted int, err error) {
	for _, u := range uploads {
		// Not every store filters, and none should make us touch others' work.
		if !strings.HasPrefix(aws.ToString(u.Key), below) || u.Initiated == nil || !u.Initiated.Before(before) {
			continue
		}
		_, err := s.client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{
			Bucket: &s.opts.Bucket, Key: u.Key, UploadId: u.UploadId, RequestPayer: s.payer(),
		})
		switch {
		case isGone(err): // Its writer has completed or aborted it, or another sweep.
		case err != nil:
			return aborted, fmt.Errorf("abort the upload of %s: %w", aws.ToString(u.Key), s.classify(err))
		default:
			aborted++
		}
	}
	return aborted, nil
}
