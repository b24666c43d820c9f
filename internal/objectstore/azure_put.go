package objectstore

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"hash/crc64"
	"io"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
	azblob "github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blockblob"
	"golang.org/x/sync/errgroup"
)

// put sends a blob in one request, or in blocks if it is large.
func (a *azure) put(ctx context.Context, b *blob, onlyNew bool) error {
	client := a.client.NewBlockBlobClient(b.key)
	var tier *azblob.AccessTier
	if a.opts.AccessTier != "" {
		t := azblob.AccessTier(a.opts.AccessTier)
		tier = &t
	}
	var condition *azblob.AccessConditions
	if onlyNew {
		star := azcore.ETagAny
		condition = &azblob.AccessConditions{ModifiedAccessConditions: &azblob.ModifiedAccessConditions{IfNoneMatch: &star}}
	}
	if b.Size <= a.maxSingle {
		_, err := client.Upload(ctx, streaming.NopCloser(b.reader()), &blockblob.UploadOptions{
			Metadata: azureMeta(b), Tier: tier, AccessConditions: condition,
			TransactionalValidation: azblob.TransferValidationTypeCRC64(binary.BigEndian.Uint64(b.sum)),
		})
		return classifyAzure(err)
	}
	ids, err := a.stage(ctx, client, b)
	if err != nil {
		return classifyAzure(err)
	}
	_, err = client.CommitBlockList(retriesOf(ctx), ids, &blockblob.CommitBlockListOptions{
		Metadata: azureMeta(b), Tier: tier, AccessConditions: condition,
	})
	return classifyAzure(err)
}

// azureMeta returns the metadata of a blob. Its names are identifiers there.
func azureMeta(b *blob) map[string]*string {
	sum := b.sha256
	meta := map[string]*string{metaSum: &sum}
	for name, value := range b.Meta {
		meta[strings.ReplaceAll(name, "-", "_")] = &value
	}
	return meta
}

// retriesOf lets a request of several that make up a blob be tried again: else
// one that failed costs all the others.
func retriesOf(ctx context.Context) context.Context {
	return policy.WithRetryOptions(ctx, policy.RetryOptions{
		MaxRetries: defaultMaxAttempts - 1, RetryDelay: 100 * time.Millisecond, MaxRetryDelay: maxPartBackoff,
	})
}

// blockConcurrency is how many blocks of a blob are sent at a time.
const blockConcurrency = 3

// stage sends the blocks of a blob, and returns their names in order. Nobody
// sees them before they are committed. Those that never are the service drops
// after a week.
func (a *azure) stage(ctx context.Context, client *blockblob.Client, b *blob) ([]string, error) {
	size := max(a.block, (b.Size+maxBlocks-1)/maxBlocks)
	ids := make([]string, (b.Size+size-1)/size)
	group, ctx := errgroup.WithContext(retriesOf(ctx))
	group.SetLimit(blockConcurrency)
	for i := range ids {
		ids[i] = b.blockID(i)
		offset := int64(i) * size
		part := io.NewSectionReader(b.Body, offset, min(size, b.Size-offset))
		group.Go(func() error {
			sum := crc64.New(azureTable)
			if _, err := copyContext(ctx, sum, part); err != nil {
				return err
			}
			if _, err := part.Seek(0, io.SeekStart); err != nil {
				return err
			}
			_, err := client.StageBlock(ctx, ids[i], streaming.NopCloser(part), &blockblob.StageBlockOptions{
				TransactionalValidation: azblob.TransferValidationTypeCRC64(sum.Sum64()),
			})
			return err
		})
	}
	return ids, group.Wait()
}

// maxBlocks is how many blocks a blob may have.
const maxBlocks = 50_000

// blockID names a block after the bytes of its blob: two writers of other bytes
// under one key must not commit each other's.
func (b *blob) blockID(i int) string {
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32([]byte(b.sha256[:32]), uint32(i)))
}
