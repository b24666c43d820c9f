package parquetexporter

import (
	"context"
	"errors"
	"fmt"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/objectstore"
)

// GCSConfig says how to reach the bucket of a gs URL, and how objects are kept
// there. Credentials are Google's application default credentials.
type GCSConfig struct {
	// Endpoint is the http or https URL of another server with the API of Google
	// Cloud Storage. One with http gets no credentials. Default: Google's.
	Endpoint string `mapstructure:"endpoint"`
	// UserProject pays for the requests to a requester-pays bucket.
	UserProject string `mapstructure:"user_project"`
	// StorageClass of objects. Default: the bucket's.
	StorageClass string `mapstructure:"storage_class"`
	// KMSKeyName is the resource name of the key that objects are encrypted with.
	// Default: the bucket's.
	KMSKeyName string `mapstructure:"kms_key_name"`
}

func (c *GCSConfig) options(bucket, prefix string) objectstore.GCSOptions {
	o := objectstore.GCSOptions{Bucket: bucket, Prefix: prefix}
	if c != nil {
		o.Endpoint, o.UserProject, o.StorageClass, o.KMSKeyName = c.Endpoint, c.UserProject, c.StorageClass, c.KMSKeyName
	}
	return o
}

// AzBlobConfig says how to reach the container of an azblob URL, and how blobs
// are kept there. Credentials come from the environment.
type AzBlobConfig struct {
	// Account is the name of the storage account. Default: AZURE_STORAGE_ACCOUNT.
	Account string `mapstructure:"account"`
	// Endpoint is the http or https URL of the account's blob service. Default:
	// the account's in Azure's public cloud.
	Endpoint string `mapstructure:"endpoint"`
	// AccessTier of blobs: Hot, Cool or Cold. Default: the account's.
	AccessTier string `mapstructure:"access_tier"`
}

func (c *AzBlobConfig) options(container, prefix string) objectstore.AzureOptions {
	o := objectstore.AzureOptions{Container: container, Prefix: prefix}
	if c != nil {
		o.Account, o.Endpoint, o.AccessTier = c.Account, c.Endpoint, c.AccessTier
	}
	return o
}

// validateStores reports all that is wrong with the blocks of the stores. The
// url is checked elsewhere.
func (c *Config) validateStores(loc location) []error {
	const place = "bucket" // Stands for that of the url.
	var problems []error
	for _, block := range []struct {
		scheme   string
		set      bool
		validate func() error
	}{
		{schemeS3, c.S3.HasValue(), func() error { return c.S3.Get().validate() }},
		{schemeGCS, c.GCS.HasValue(), func() error { return c.GCS.Get().options(place, "").Validate() }},
		{schemeAzBlob, c.AzBlob.HasValue(), func() error { return c.AzBlob.Get().options(place, "").Validate() }},
	} {
		if !block.set {
			continue
		}
		store := bucketStores[block.scheme]
		if loc.scheme != "" && loc.scheme != block.scheme {
			problems = append(problems, fmt.Errorf("%s: has no effect on url %q: remove the block or use %q", store.block, c.URL, store.form))
		}
		problems = append(problems, below(store.block, block.validate())...)
	}
	return problems
}

// openStore returns the store of a location that parseLocation returned.
func openStore(ctx context.Context, cfg *Config, loc location) (store objectstore.Store, err error) {
	switch loc.scheme {
	case schemeS3:
		store, err = objectstore.OpenS3(ctx, cfg.S3.Get().options(loc.bucket, loc.root))
	case schemeGCS:
		store, err = objectstore.OpenGCS(cfg.GCS.Get().options(loc.bucket, loc.root))
	case schemeAzBlob:
		store, err = objectstore.OpenAzure(cfg.AzBlob.Get().options(loc.bucket, loc.root))
	default:
		store, err = objectstore.OpenDir(loc.dir) //nolint:contextcheck // Nothing in it waits.
	}
	switch {
	case err == nil:
		return store, nil
	case errors.Is(err, objectstore.ErrNoRegion):
		err = fmt.Errorf("%w: set s3.region or AWS_REGION", err)
	case errors.Is(err, objectstore.ErrNoAccount):
		err = fmt.Errorf("%w: set azblob.account or AZURE_STORAGE_ACCOUNT", err)
	}
	return nil, fmt.Errorf("url %q: %w", cfg.URL, err) // A nil *Dir in a Store would not be nil.
}
