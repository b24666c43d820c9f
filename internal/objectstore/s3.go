package objectstore

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/logging"
)

// endpointRegion signs requests to S3-compatible stores that know no regions.
const endpointRegion = "us-east-1"

// maxSingle is the largest object that goes in one request, in bytes.
const maxSingle = 64 * mebi

// ErrNoRegion is returned by OpenS3 when neither its options nor the
// environment nor the AWS profile name the region of the bucket.
var ErrNoRegion = errors.New("no AWS region")

// S3 is a Store in a bucket of S3 or a compatible store. Credentials come from
// the AWS chain (environment, shared files, container, instance), and from a
// role that they may assume.
type S3 struct {
	client    *s3.Client
	transport *http.Transport
	creds     aws.CredentialsProvider
	opts      S3Options
	// maxSingle and maxBackoff are fields for the tests' sake.
	maxSingle  int64
	maxBackoff time.Duration
	// lookFirst is set when the store is known not to refuse a second object
	// under a key.
	lookFirst atomic.Bool
}

// OpenS3 returns the store that opts describes. It does no network requests;
// it fails when the options are not valid, when the file with certificate
// authorities cannot be read, and when the AWS configuration of the
// environment is broken or names no region.
func OpenS3(ctx context.Context, opts S3Options) (*S3, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	opts = opts.withDefaults()
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
	if err := trust(transport, opts.CAFile); err != nil {
		return nil, err
	}
	// It would write to stderr, past the collector's log. Errors say enough.
	cfg.Logger = logging.Nop{}
	cfg.HTTPClient = &http.Client{Transport: transport, CheckRedirect: noRedirect}
	if opts.RoleARN != "" {
		cfg.Credentials = assumeRole(cfg, opts)
	}
	client := s3.NewFromConfig(cfg, func(o *s3.Options) {
		// The caller retries, with its own backoff and its own queue behind it.
		o.Retryer = aws.NopRetryer{}
		o.UsePathStyle = opts.PathStyle
		// Puts send a checksum header of their own. The SDK's default is a
		// trailer in a chunked body, which several S3-compatible stores refuse.
		o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
		if opts.Endpoint != "" {
			o.BaseEndpoint = aws.String(opts.Endpoint)
		}
	})
	return &S3{
		client: client, transport: transport, creds: cfg.Credentials, opts: opts,
		maxSingle: maxSingle, maxBackoff: maxPartBackoff,
	}, nil
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

// trust adds the certificate authorities in the PEM file caFile to those that
// transport trusts.
func trust(transport *http.Transport, caFile string) error {
	if caFile == "" {
		return nil
	}
	pem, err := os.ReadFile(caFile)
	if err != nil {
		return fmt.Errorf("ca_file: %w", err)
	}
	if transport.TLSClientConfig == nil {
		transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	pool := transport.TLSClientConfig.RootCAs
	if pool == nil {
		// Without the system's the file alone is a sound choice.
		if pool, err = x509.SystemCertPool(); err != nil {
			pool = x509.NewCertPool()
		}
	}
	if !pool.AppendCertsFromPEM(pem) {
		return fmt.Errorf("ca_file: %q holds no PEM certificate", caFile)
	}
	transport.TLSClientConfig.RootCAs = pool
	return nil
}

// assumeRole returns the credentials of the role in opts, renewed before they
// expire.
func assumeRole(cfg aws.Config, opts S3Options) aws.CredentialsProvider {
	provider := stscreds.NewAssumeRoleProvider(sts.NewFromConfig(cfg), opts.RoleARN, func(o *stscreds.AssumeRoleOptions) {
		if opts.ExternalID != "" {
			o.ExternalID = aws.String(opts.ExternalID)
		}
		if opts.RoleSessionName != "" {
			o.RoleSessionName = opts.RoleSessionName
		}
	})
	return aws.NewCredentialsCache(provider)
}

// noRedirect keeps telemetry from following a redirect to another host.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Check implements Store. It needs the permission s3:ListBucket, which a Put
// does not.
func (s *S3) Check(ctx context.Context) error {
	_, err := s.client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &s.opts.Bucket})
	if _, status := answerOf(err); status == http.StatusNotFound { // A HEAD has no code.
		return unavailable(remedyBucket, err)
	}
	return s.classify(err)
}

// Close implements Store.
func (s *S3) Close() error {
	s.transport.CloseIdleConnections()
	return nil
}

// classify sorts an error of the client, and makes sure that credentials which
// the store calls expired are fetched anew.
func (s *S3) classify(err error) error {
	if cache, ok := s.creds.(*aws.CredentialsCache); ok && isExpired(err) {
		cache.Invalidate()
	}
	return classifyS3(err)
}
