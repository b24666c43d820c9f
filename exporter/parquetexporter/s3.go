package parquetexporter

import (
	"errors"
	"fmt"

	"go.opentelemetry.io/collector/config/configopaque"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/objectstore"
)

// S3Config says how to reach the bucket of an s3 URL, and how objects are kept
// there. Credentials come from the AWS chain.
type S3Config struct {
	// Region is the bucket's region. Default: what the AWS chain says, or with
	// an endpoint us-east-1.
	Region string `mapstructure:"region"`
	// Endpoint is the http or https URL of an S3-compatible store. Default: AWS.
	Endpoint string `mapstructure:"endpoint"`
	// PathStyle puts the bucket into the path of requests instead of the host
	// name. Most S3-compatible stores need it. Default: false.
	PathStyle bool `mapstructure:"path_style"`
	// CAFile names a PEM file with certificate authorities to trust besides the
	// system's.
	CAFile string `mapstructure:"ca_file"`
	// RoleARN is a role to assume, ExternalID what its trust policy asks for, and
	// RoleSessionName what its audit log shows.
	RoleARN         string              `mapstructure:"role_arn"`
	ExternalID      configopaque.String `mapstructure:"external_id"`
	RoleSessionName string              `mapstructure:"role_session_name"`
	// RequestPayer tells a requester-pays bucket that we pay. Default: false.
	RequestPayer bool `mapstructure:"request_payer"`
	// StorageClass of objects. Default: the bucket's.
	StorageClass string `mapstructure:"storage_class"`
	// ServerSideEncryption is AES256 or aws:kms. Default: the bucket's.
	ServerSideEncryption string `mapstructure:"server_side_encryption"`
	// KMSKeyID is the key for aws:kms. Default: the account's.
	KMSKeyID string `mapstructure:"kms_key_id"`
	// ACL is a canned access control list. Default: none is sent.
	ACL string `mapstructure:"acl"`
	// Checksum is supported, which sends one with every object, or required, for
	// stores that refuse what they do not know. Default: supported.
	Checksum string `mapstructure:"checksum"`
	// PartSizeMiB is the size of a part of a large object, in MiB. Default: 8.
	PartSizeMiB int64 `mapstructure:"part_size_mib"`
	// PartConcurrency is how many parts are sent at a time. Default: 3.
	PartConcurrency int `mapstructure:"part_concurrency"`
}

func (c *S3Config) options(bucket, prefix string) objectstore.S3Options {
	o := objectstore.S3Options{Bucket: bucket, Prefix: prefix}
	if c == nil {
		return o
	}
	o.Region, o.Endpoint, o.PathStyle, o.CAFile = c.Region, c.Endpoint, c.PathStyle, c.CAFile
	o.RoleARN, o.ExternalID, o.RoleSessionName = c.RoleARN, string(c.ExternalID), c.RoleSessionName
	o.RequestPayer, o.StorageClass, o.ACL, o.Checksum = c.RequestPayer, c.StorageClass, c.ACL, c.Checksum
	o.ServerSideEncryption, o.KMSKeyID = c.ServerSideEncryption, c.KMSKeyID
	o.PartSize, o.PartConcurrency = c.PartSizeMiB*mebibyte, c.PartConcurrency
	return o
}

// minPartMiB and maxPartMiB are S3's own limits.
const minPartMiB, maxPartMiB = 5, 5 * 1024

// validate reports all that is wrong with the settings.
func (c *S3Config) validate() error {
	o := c.options("bucket", "") // Both are the URL's, which is checked elsewhere.
	var part error
	if n := c.PartSizeMiB; n != 0 && (n < minPartMiB || n > maxPartMiB) {
		part = fmt.Errorf("part_size_mib: %d is not between %d and %d", n, minPartMiB, maxPartMiB)
		o.PartSize = 0
	}
	return errors.Join(o.Validate(), part)
}
