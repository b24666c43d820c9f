package objectstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash"
	"hash/crc64"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	azblob "github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
)

const (
	// maxAzureKey is the longest name of a blob, in characters, of which each
	// has one byte or more.
	maxAzureKey = 1024
	// azureBlock is the size of a part of a large blob, in bytes.
	azureBlock = 8 * mebi
)

// azureTable is that of the CRC that Azure checks bodies with.
var azureTable = crc64.MakeTable(0x9A6C9329AC4BC9B5)

// AzureOptions say which container of Azure Blob Storage a store uses, and how
// blobs are kept there. Only Container is required.
type AzureOptions struct {
	Container string
	// Prefix goes before all keys: a plain path, without slashes at its ends.
	Prefix string
	// Account is the name of the storage account. Default: what
	// AZURE_STORAGE_ACCOUNT says.
	Account string
	// Endpoint is the URL of the account's blob service. Default: the account's
	// in Azure's public cloud.
	Endpoint string
	// AccessTier of blobs. Default: the account's.
	AccessTier string
}

// accessTiers are those that a blob may be put into and read from at once.
var accessTiers = []string{string(azblob.AccessTierHot), string(azblob.AccessTierCool), string(azblob.AccessTierCold)}

// Validate returns all that is wrong with the options, with remedies.
func (o AzureOptions) Validate() error {
	var p problems
	p.check(o.Container != "" && !strings.ContainsAny(o.Container, "/?#"), "container: %q is not the name of a container", o.Container)
	p.check(o.Prefix == "" || plainPath(o.Prefix), "prefix: %q is not a path without empty, '.' or '..' elements", o.Prefix)
	p.check(!strings.ContainsAny(o.Account, "./:?#@"), "account: %q is not the name of a storage account", o.Account)
	p.endpoint(o.Endpoint, "https://acme.blob.core.windows.net")
	p.oneOf("access_tier", o.AccessTier, accessTiers)
	return errors.Join(p...)
}

// ErrNoAccount is returned by OpenAzure when neither its options nor the
// environment name the storage account.
var ErrNoAccount = errors.New("no Azure storage account")

// OpenAzure returns the store that opts describes. Credentials come from the
// environment: the account's key in AZURE_STORAGE_KEY, a shared access signature
// in AZURE_STORAGE_SAS_TOKEN, or else Azure's default chain (environment, workload
// identity, managed identity, command line). It does no network requests; it
// fails when the options or the environment are not valid.
func OpenAzure(opts AzureOptions) (*Blobs, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	account := cmp.Or(opts.Account, os.Getenv("AZURE_STORAGE_ACCOUNT"))
	service := strings.TrimRight(opts.Endpoint, "/")
	if service == "" {
		if account == "" {
			return nil, ErrNoAccount
		}
		service = "https://" + account + ".blob.core.windows.net"
	}
	transport := http.DefaultTransport.(*http.Transport).Clone() // It is never replaced.
	client, err := azureClient(service+"/"+opts.Container, account, transport)
	if err != nil {
		return nil, err
	}
	a := &azure{opts: opts, client: client, transport: transport, maxSingle: maxSingle, block: azureBlock}
	newSum := func() hash.Hash { return crc64.New(azureTable) }
	return &Blobs{service: a, newSum: newSum, prefix: opts.Prefix, maxKey: maxAzureKey, maxSingle: maxSingle}, nil
}

// azureClient returns the client of a container, with the credentials of the
// environment.
func azureClient(place, account string, transport *http.Transport) (*container.Client, error) {
	o := &container.ClientOptions{ClientOptions: policy.ClientOptions{
		Transport: plainTransport{transport},
		Retry:     policy.RetryOptions{MaxRetries: -1}, // The caller retries, with its own backoff and its own queue behind it.
	}}
	if key := os.Getenv("AZURE_STORAGE_KEY"); key != "" {
		cred, err := container.NewSharedKeyCredential(account, key)
		if err != nil {
			return nil, errors.New("AZURE_STORAGE_KEY is not the key of an account") // The cause would show it.
		}
		return container.NewClientWithSharedKeyCredential(place, cred, o)
	}
	if token := os.Getenv("AZURE_STORAGE_SAS_TOKEN"); token != "" {
		return container.NewClientWithNoCredential(place+"?"+strings.TrimPrefix(token, "?"), o)
	}
	cred, err := azidentity.NewDefaultAzureCredential(nil)
	if err != nil {
		return nil, fmt.Errorf("find credentials of Azure: %w", err)
	}
	return container.NewClient(place, cred, o)
}

// plainTransport follows no redirects, and its errors do not show URLs: those
// may hold a shared access signature.
type plainTransport struct{ *http.Transport }

func (t plainTransport) Do(r *http.Request) (*http.Response, error) { return t.RoundTrip(r) }

// azure is a container.
type azure struct {
	opts      AzureOptions
	client    *container.Client
	transport *http.Transport
	// maxSingle is the largest blob that goes in one request, and block the size
	// of a part of a larger one, in bytes. Fields for the tests' sake.
	maxSingle, block int64
}

func (a *azure) head(ctx context.Context, key string) (blobInfo, error) {
	found, err := a.client.NewBlobClient(key).GetProperties(ctx, nil)
	if err != nil {
		return blobInfo{}, classifyAzure(err)
	}
	info := blobInfo{}
	if found.ContentLength != nil {
		info.size = *found.ContentLength
	}
	for name, value := range found.Metadata {
		if strings.EqualFold(name, metaSum) && value != nil { // Headers have no case.
			info.sha256 = *value
		}
	}
	return info, nil
}

func (a *azure) open(ctx context.Context, key string) (io.ReadCloser, error) {
	found, err := a.client.NewBlobClient(key).DownloadStream(ctx, nil)
	if err != nil {
		return nil, classifyAzure(err)
	}
	return found.Body, nil
}

func (a *azure) list(ctx context.Context, prefix string) error {
	one := int32(1)
	_, err := a.client.NewListBlobsFlatPager(&container.ListBlobsFlatOptions{Prefix: &prefix, MaxResults: &one}).NextPage(ctx)
	return classifyAzure(err)
}

func (a *azure) close() { a.transport.CloseIdleConnections() }

// azureRemedies holds the codes of Azure that only an operator makes go away,
// unless the status says it.
var azureRemedies = map[string]string{
	"AccountIsDisabled":          remedyAccess,
	"ContainerDisabled":          remedyAccess,
	"ContainerNotFound":          remedyContainer,
	"InvalidResourceName":        remedyContainer,
	"ResourceNotFound":           remedyContainer,
	"InvalidAuthenticationInfo":  remedyAccess,
	"AccountLimitExceeded":       remedySpace,
	"FeatureNotSupportedForTier": remedyTier,
	"InvalidBlobTier":            remedyTier,
}

const (
	remedyContainer = "create the container or correct its name"
	remedyTier      = "choose an access tier that the account has"
)

// classifyAzure marks what put and head have to tell apart, and the classes of
// a Store's errors. A code that is not listed is retryable, for the same reason
// as with S3.
func classifyAzure(err error) error {
	answer, ok := errors.AsType[*azcore.ResponseError](err)
	if !ok {
		return err
	}
	switch {
	case answer.StatusCode == http.StatusPreconditionFailed, answer.ErrorCode == "BlobAlreadyExists",
		answer.ErrorCode == "BlobImmutableDueToPolicy", answer.ErrorCode == "InvalidBlobType":
		return fmt.Errorf("%w: %w", errTaken, err)
	case azureRemedies[answer.ErrorCode] != "":
		return unavailable(azureRemedies[answer.ErrorCode], err)
	case answer.StatusCode == http.StatusNotFound:
		return fmt.Errorf("%w: %w", errAbsent, err)
	case answer.ErrorCode == "MetadataTooLarge":
		return fmt.Errorf("%w: %w", ErrUnstorable, err)
	}
	return classifyStatus(answer.StatusCode, err)
}
