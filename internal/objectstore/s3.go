package objectstore

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// maxS3Key is the longest key S3 takes, in bytes of UTF-8, the prefix included.
const maxS3Key = 1024

// endpointRegion signs requests to S3-compatible stores that know no regions.
const endpointRegion = "us-east-1"

// ErrNoRegion is returned by OpenS3 when neither its options nor the
// environment nor the AWS profile name the region of the bucket.
var ErrNoRegion = errors.New("no AWS region")

// S3Options says where a bucket is.
type S3Options struct {
	// Bucket is the bucket's name.
	Bucket string
	// Prefix goes before all keys, without slashes at its ends. It may be empty.
	Prefix string
	// Region of the bucket. Empty means what the AWS chain says (AWS_REGION,
	// the profile); with an Endpoint it may stay unknown.
	Region string
	// Endpoint is the base URL of an S3-compatible store. Empty means AWS.
	Endpoint string
	// PathStyle puts the bucket into the path instead of the host name.
	PathStyle bool
}

// S3 is a Store in a bucket of S3 or a compatible store. Credentials come from
// the AWS chain: environment, shared files, container, instance.
type S3 struct {
	client    *s3.Client
	transport *http.Transport
	bucket    string
	prefix    string
}

// OpenS3 returns the store that opts describes. It does no network requests;
// it fails when the AWS configuration of the environment is broken or names no
// region.
func OpenS3(ctx context.Context, opts S3Options) (*S3, error) {
	var loaders []func(*config.LoadOptions) error
	if opts.Region != "" {
		loaders = append(loaders, config.WithRegion(opts.Region))
	}
	cfg, err := config.LoadDefaultConfig(ctx, loaders...)
	if err != nil {
		return nil, fmt.Errorf("AWS configuration: %w", err)
	}
	if cfg.Region == "" {
		if opts.Endpoint == "" && cfg.BaseEndpoint == nil {
			return nil, ErrNoRegion
		}
		cfg.Region = endpointRegion
	}
	transport := transportOf(cfg)
	client := s3.NewFromConfig(cfg, func(o *s3.Options) {
		o.HTTPClient = &http.Client{Transport: transport, CheckRedirect: noRedirect}
		// The caller retries, with its own backoff and its own queue behind it.
		o.Retryer = aws.NopRetryer{}
		o.UsePathStyle = opts.PathStyle
		// Put sends a checksum header of its own. The SDK's default is a trailer
		// in a chunked body, which several S3-compatible stores refuse.
		o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
		if opts.Endpoint != "" {
			o.BaseEndpoint = aws.String(opts.Endpoint)
		}
	})
	return &S3{client: client, transport: transport, bucket: opts.Bucket, prefix: opts.Prefix}, nil
}

// transportOf returns a transport of our own, which Close can close, with the
// settings that the SDK derived from the environment (AWS_CA_BUNDLE).
func transportOf(cfg aws.Config) *http.Transport {
	client, ok := cfg.HTTPClient.(*awshttp.BuildableClient)
	if !ok {
		client = awshttp.NewBuildableClient()
	}
	return client.GetTransport()
}

// noRedirect keeps telemetry from following a redirect to another host.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Put implements Store with a single PutObject.
func (s *S3) Put(ctx context.Context, key string, data []byte) error {
	if err := validateKey(key); err != nil {
		return err
	}
	if s.prefix != "" {
		key = s.prefix + "/" + key
	}
	if len(key) > maxS3Key {
		return fmt.Errorf("%w: key of %d bytes, S3 takes %d", ErrUnstorable, len(key), maxS3Key)
	}
	_, err := s.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket:        &s.bucket,
		Key:           &key,
		Body:          bytes.NewReader(data),
		ContentLength: aws.Int64(int64(len(data))),
		ChecksumCRC32: aws.String(checksum(data)),
	})
	return classifyS3(err)
}

// checksum is the CRC32 of data as S3 wants it: big-endian, base64.
func checksum(data []byte) string {
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(data)))
}

// Check implements Store. It needs the permission s3:ListBucket, which Put
// does not.
func (s *S3) Check(ctx context.Context) error {
	_, err := s.client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &s.bucket})
	return err
}

// Close implements Store.
func (s *S3) Close() error {
	s.transport.CloseIdleConnections()
	return nil
}
