package objectstore

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/suggest"
)

const (
	// ChecksumSupported sends a CRC32 with every object, which the store checks
	// and keeps.
	ChecksumSupported = "supported"
	// ChecksumRequired sends none, for stores that refuse what they do not know.
	ChecksumRequired = "required"
)

const (
	mebi = 1 << 20
	gibi = 1 << 30

	// defaultPartSize, in bytes, keeps a request short enough to be worth
	// repeating, and a file of 128 MiB at 16 requests.
	defaultPartSize = 8 * mebi
	minPartSize     = 5 * mebi // S3's own limits.
	maxPartSize     = 5 * gibi
	maxParts        = 10_000

	defaultPartConcurrency = 3
	maxPartConcurrency     = 64
	defaultMaxAttempts     = 3
	maxMaxAttempts         = 20
)

var (
	arnPattern    = regexp.MustCompile(`^arn:[a-z0-9-]+:iam::[0-9]{12}:role/[\x21-\x7e]+$`)
	bucketPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:/-]*$`)
	// sessionPattern is the alphabet of role session names and external ids.
	sessionPattern = regexp.MustCompile(`^[\w+=,.@:/-]{2,}$`)
)

// S3Options says where a bucket is, who asks and how objects are stored. The
// zero value of each field but Bucket is a sound default.
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
	// CAFile names a PEM file with certificate authorities to trust besides the
	// system's.
	CAFile string

	// RoleARN is the role to assume with the credentials of the AWS chain.
	RoleARN string
	// ExternalID is what the role's trust policy may ask for.
	ExternalID string
	// RoleSessionName shows up in the audit log of the role's account. Empty
	// means one that the SDK makes up.
	RoleSessionName string
	// RequestPayer tells a requester-pays bucket that we pay.
	RequestPayer bool

	// StorageClass of new objects. Empty means the bucket's default.
	StorageClass string
	// ServerSideEncryption is "AES256" or "aws:kms". Empty means the bucket's
	// default.
	ServerSideEncryption string
	// KMSKeyID is the key for "aws:kms". Empty means the account's default key.
	KMSKeyID string
	// ACL is a canned access control list. Empty sends none, which is what
	// buckets with bucket-owner-enforced ownership need.
	ACL string
	// Checksum is ChecksumSupported or ChecksumRequired. Empty means supported.
	Checksum string

	// PartSize is the size of one part of a multipart upload, in bytes. Zero
	// means 8 MiB.
	PartSize int64
	// PartConcurrency is how many parts of one object are sent at a time. Zero
	// means 3. Parts are read from the body as they are sent: more of them cost
	// connections, not memory.
	PartConcurrency int
	// MaxAttempts is how often one request of a multipart upload is tried
	// before the upload fails. Zero means 3. An object that goes in one request
	// is sent once per call, because its caller retries.
	MaxAttempts int
}

// Validate returns all that is wrong with the options, each problem with the
// snake_case name of its field and a remedy.
func (o S3Options) Validate() error {
	var p problems
	p.check(o.Bucket != "", "bucket: is missing: name the bucket")
	p.check(o.Bucket == "" || bucketPattern.MatchString(o.Bucket),
		"bucket: %q is neither a bucket's name nor the ARN of an access point: remove scheme, spaces and the like", o.Bucket)
	p.check(o.Prefix == "" || plainPath(o.Prefix) && !strings.ContainsAny(o.Prefix, "{}"),
		"prefix: %q must be a path without slashes at its ends, empty, '.' or '..' elements, backslashes and braces", o.Prefix)
	p.endpoint(o.Endpoint, "https://s3.example.com:9000")
	p.role(o)
	p.oneOf("storage_class", o.StorageClass, enum(types.StorageClass("").Values()))
	p.oneOf("server_side_encryption", o.ServerSideEncryption,
		[]string{string(types.ServerSideEncryptionAes256), string(types.ServerSideEncryptionAwsKms)})
	p.check(o.KMSKeyID == "" || o.ServerSideEncryption == string(types.ServerSideEncryptionAwsKms),
		"kms_key_id: is only used with server_side_encryption aws:kms: set that too, or remove the key")
	p.oneOf("acl", o.ACL, enum(types.ObjectCannedACL("").Values()))
	p.oneOf("checksum", o.Checksum, []string{ChecksumSupported, ChecksumRequired})
	between(&p, "part_size", o.PartSize, minPartSize, maxPartSize)
	between(&p, "part_concurrency", o.PartConcurrency, 1, maxPartConcurrency)
	between(&p, "max_attempts", o.MaxAttempts, 1, maxMaxAttempts)
	return errors.Join(p...)
}

// withDefaults fills in what is zero.
func (o S3Options) withDefaults() S3Options {
	o.Checksum = cmp.Or(o.Checksum, ChecksumSupported)
	o.PartSize = cmp.Or(o.PartSize, defaultPartSize)
	o.PartConcurrency = cmp.Or(o.PartConcurrency, defaultPartConcurrency)
	o.MaxAttempts = cmp.Or(o.MaxAttempts, defaultMaxAttempts)
	return o
}

// problems collects what Validate finds.
type problems []error

func (p *problems) check(ok bool, format string, args ...any) {
	if !ok {
		*p = append(*p, fmt.Errorf(format, args...))
	}
}

func (p *problems) endpoint(raw, example string) {
	if u, err := url.Parse(raw); raw != "" {
		p.check(err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil && u.RawQuery == "",
			"endpoint: must be a URL such as %s, without credentials and query", example)
	}
}

func (p *problems) role(o S3Options) {
	p.check(o.RoleARN == "" || arnPattern.MatchString(o.RoleARN),
		"role_arn: %q is no role: use the form arn:aws:iam::123456789012:role/name", o.RoleARN)
	p.check(o.ExternalID == "" || o.RoleARN != "", "external_id: is only used with role_arn: set that too, or remove the id")
	// The value may be a secret between two parties.
	p.check(o.ExternalID == "" || len(o.ExternalID) <= 1224 && sessionPattern.MatchString(o.ExternalID),
		"external_id: must have 2 to 1224 letters, digits and characters of _+=,.@:/-")
	p.check(o.RoleSessionName == "" || o.RoleARN != "",
		"role_session_name: is only used with role_arn: set that too, or remove the name")
	p.check(o.RoleSessionName == "" || len(o.RoleSessionName) <= 64 && sessionPattern.MatchString(o.RoleSessionName) &&
		!strings.ContainsAny(o.RoleSessionName, ":/"),
		"role_session_name: %q must have 2 to 64 letters, digits and characters of _+=,.@-", o.RoleSessionName)
}

func (p *problems) oneOf(key, value string, values []string) {
	p.check(value == "" || slices.Contains(values, value), "%s: unknown value %q%s", key, value, suggest.Among(value, values))
}

// between reports a value that is neither zero nor between low and high.
func between[N int | int64](p *problems, key string, value, low, high N) {
	p.check(value == 0 || low <= value && value <= high, "%s: %d is not between %d and %d", key, value, low, high)
}

func enum[S ~string](values []S) []string {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = string(v)
	}
	return names
}
