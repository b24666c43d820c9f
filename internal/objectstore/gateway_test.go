package objectstore

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/require"
)

// newGateway starts versitygw, an S3 server that we did not write. Each place
// is a bucket of it.
func newGateway(t *testing.T) func(t *testing.T) place {
	url := startGateway(t)
	var buckets atomic.Int32
	return func(t *testing.T) place {
		s := openS3(t, S3Options{
			Bucket: fmt.Sprintf("bucket-%d", buckets.Add(1)), Prefix: testPrefix,
			Endpoint: url, PathStyle: true, PartSize: minPartSize,
		})
		s.maxSingle = minPartSize
		_, err := s.client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &s.opts.Bucket})
		require.NoError(t, err)
		return clientPlace(s)
	}
}

// startGateway returns the URL of a gateway that runs until the test ends.
func startGateway(t *testing.T) string {
	programs, err := filepath.Glob("../../.tools/versitygw-*")
	require.NoError(t, err)
	if len(programs) == 0 {
		t.Skip("versitygw is not installed: run `make path-versitygw`")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := l.Addr().String()
	require.NoError(t, l.Close())

	var log bytes.Buffer
	cmd := exec.Command(programs[0], "--port", address, "posix", t.TempDir())
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+os.Getenv("AWS_ACCESS_KEY_ID"), "ROOT_SECRET_KEY="+os.Getenv("AWS_SECRET_ACCESS_KEY"))
	cmd.Stdout, cmd.Stderr = &log, &log
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Log(log.String())
		}
	})
	require.Eventually(t, func() bool {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			return false
		}
		return conn.Close() == nil
	}, 30*time.Second, 20*time.Millisecond)
	return "http://" + address
}

// clientPlace looks at the bucket of s with its own client.
func clientPlace(s *S3) place {
	return place{
		store: s,
		read: func(t *testing.T, key string) []byte {
			key = s.opts.Prefix + "/" + key
			object, err := s.client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &s.opts.Bucket, Key: &key})
			if _, ok := errors.AsType[*types.NoSuchKey](err); ok {
				return nil
			}
			require.NoError(t, err)
			defer object.Body.Close()
			data, err := io.ReadAll(object.Body)
			require.NoError(t, err)
			return data
		},
		keys: func(t *testing.T) []string {
			list, err := s.client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &s.opts.Bucket})
			require.NoError(t, err)
			var keys []string
			for _, object := range list.Contents {
				key, ok := strings.CutPrefix(*object.Key, s.opts.Prefix+"/")
				require.True(t, ok, "%q is outside the prefix", *object.Key)
				keys = append(keys, key)
			}
			return keys
		},
	}
}

// Guarantees what the in-process server cannot show: the gateway refuses the
// completion of an upload whose key is taken, and our answer to that.
func TestGatewayMultipartRace(t *testing.T) {
	p := newGateway(t)(t)
	s := p.store.(*S3)
	data := strings.Repeat("m", 11*mebi)
	existed, err := s.PutIfAbsent(t.Context(), object("a", data))
	require.NoError(t, err)
	require.False(t, existed)

	u, err := s.upload(t.Context(), object("a", data))
	require.NoError(t, err)
	require.True(t, isTaken(u.multipart(t.Context(), anything)))
	uploads, err := s.client.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: &s.opts.Bucket})
	require.NoError(t, err)
	require.Empty(t, uploads.Uploads, "the refused upload was not aborted")
}

// Guarantees that Sweep takes old uploads below the prefix and no others.
func TestGatewaySweep(t *testing.T) {
	p := newGateway(t)(t)
	testSweep(t, p.store.(*S3))
}

func TestGatewayProbe(t *testing.T) {
	p := newGateway(t)(t)
	for range 2 {
		warning, err := p.store.Probe(t.Context())
		require.NoError(t, err)
		require.Empty(t, warning)
	}
	require.Equal(t, []string{probeKey}, p.keys(t))
}

// Guarantees that a reader finds the metadata and the checksum of an object,
// in one request or in parts.
func TestGatewayMeta(t *testing.T) {
	p := newGateway(t)(t)
	s := p.store.(*S3)
	for name, size := range sizes {
		obj := object(name, strings.Repeat("x", size))
		_, err := s.PutIfAbsent(t.Context(), obj)
		require.NoError(t, err)
		key := testPrefix + "/" + name
		head, err := s.client.HeadObject(t.Context(), &s3.HeadObjectInput{
			Bucket: &s.opts.Bucket, Key: &key, ChecksumMode: types.ChecksumModeEnabled,
		})
		require.NoError(t, err)
		sums, err := digestOf(t.Context(), obj.reader(), obj.Size)
		require.NoError(t, err)
		require.Equal(t, map[string]string{"rows": "7", metaSum: sums.sha256}, head.Metadata)
		require.NotNil(t, head.ChecksumCRC32, name)
	}
}
