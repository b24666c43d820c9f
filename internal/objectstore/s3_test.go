package objectstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/stretchr/testify/require"
)

const testPrefix = "some/prefix"

func newS3Place(t *testing.T) place {
	backend := s3mem.New()
	require.NoError(t, backend.CreateBucket("bucket"))
	fake := gofakes3.New(backend).Server()
	url := serve(t, fake)
	s := openS3(t, S3Options{Bucket: "bucket", Prefix: testPrefix, Endpoint: url, PathStyle: true, PartSize: minPartSize})
	s.maxSingle = minPartSize
	return clientPlace(s)
}

func serve(t *testing.T, handler http.Handler) string {
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

func openS3(t *testing.T, opts S3Options) *S3 {
	s, err := OpenS3(t.Context(), opts)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// reply answers every request with an S3 error, or with a bare status as
// proxies do if code is empty.
func reply(status int, code string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(status)
		if code != "" {
			fmt.Fprintf(w, "<Error><Code>%s</Code><Message>told to</Message></Error>", code)
		}
	}
}

func TestS3ErrorClasses(t *testing.T) {
	const (
		retryable = iota
		unstorable
		operator
	)
	tests := []struct {
		status int
		code   string
		class  int
		remedy string
	}{
		{400, "EntityTooLarge", unstorable, ""},
		{400, "KeyTooLongError", unstorable, ""},
		{400, "MaxMessageLengthExceeded", unstorable, ""},
		{400, "MetadataTooLarge", unstorable, ""},
		{400, "InvalidURI", unstorable, ""},
		{400, "XMinioInvalidObjectName", unstorable, ""},
		{413, "", unstorable, ""},
		{400, "ExpiredToken", retryable, ""},
		{400, "RequestTimeout", retryable, ""},
		{400, "BadDigest", retryable, ""},
		{400, "InvalidRequest", retryable, ""},
		{400, "IllegalLocationConstraint", operator, remedyRegion},
		{400, "InvalidStorageClass", operator, remedyClass},
		{400, "AccessControlListNotSupported", operator, remedyACL},
		{400, "KMS.DisabledException", operator, remedyKey},
		{301, "PermanentRedirect", operator, remedyRegion},
		{301, "", operator, remedyRegion},
		{307, "TemporaryRedirect", retryable, ""},
		{401, "", operator, remedyAccess},
		{403, "", operator, remedyAccess},
		{403, "AccessDenied", operator, remedyAccess},
		{403, "RequestTimeTooSkewed", operator, remedyClock},
		{403, "SignatureDoesNotMatch", operator, remedyAccess},
		{403, "ExpiredToken", retryable, ""},
		{404, "NoSuchBucket", operator, remedyBucket},
		{409, "OperationAborted", retryable, ""},
		{429, "", retryable, ""},
		{500, "InternalError", retryable, ""},
		{502, "", retryable, ""},
		{503, "SlowDown", retryable, ""},
		{507, "", operator, remedySpace},
		{507, "XMinioStorageFull", operator, remedySpace},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.status, tt.code), func(t *testing.T) {
			attempts := 0
			url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				attempts++
				reply(tt.status, tt.code)(w, r)
			}))
			s := openS3(t, S3Options{Bucket: "bucket", Endpoint: url, PathStyle: true})
			err := s.Put(t.Context(), "key", []byte("data"))
			require.Error(t, err)
			require.Equal(t, tt.class == unstorable, errors.Is(err, ErrUnstorable), err)
			require.Equal(t, tt.class == operator, errors.Is(err, ErrUnavailable), err)
			require.ErrorContains(t, err, tt.remedy)
			require.ErrorContains(t, err, tt.code, "what the store said must not get lost")
			require.Equal(t, 1, attempts, "the caller retries")
		})
	}
}

func TestS3Unreachable(t *testing.T) {
	t.Run("refused", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		require.NoError(t, l.Close())
		s := openS3(t, S3Options{Bucket: "bucket", Endpoint: "http://" + l.Addr().String(), PathStyle: true})
		require.Error(t, s.Check(t.Context()))
		err = s.Put(t.Context(), "key", []byte("data"))
		require.ErrorContains(t, err, "refused")
		require.NotErrorIs(t, err, ErrUnstorable)
	})
	t.Run("silent", func(t *testing.T) {
		url := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		}))
		s := openS3(t, S3Options{Bucket: "bucket", Endpoint: url, PathStyle: true})
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		err := s.Put(ctx, "key", []byte("data"))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.NotErrorIs(t, err, ErrUnstorable)
	})
	t.Run("hangs up", func(t *testing.T) {
		url := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
		s := openS3(t, S3Options{Bucket: "bucket", Endpoint: url, PathStyle: true})
		err := s.Put(t.Context(), "key", []byte("data"))
		require.Error(t, err)
		require.NotErrorIs(t, err, ErrUnstorable)
	})
}

func TestS3CheckMissingBucket(t *testing.T) {
	url := serve(t, gofakes3.New(s3mem.New()).Server())
	s := openS3(t, S3Options{Bucket: "absent", Endpoint: url, PathStyle: true})
	err := s.Check(t.Context())
	require.ErrorIs(t, err, ErrUnavailable)
	require.ErrorContains(t, err, remedyBucket)
	err = s.Put(t.Context(), "key", []byte("data"))
	require.ErrorContains(t, err, "NoSuchBucket")
	require.ErrorIs(t, err, ErrUnavailable)
	require.NotErrorIs(t, err, ErrUnstorable)
}

// Guarantees a request that the plainest S3-compatible store understands: one
// PUT with a length, a checksum header, no chunked encoding, no ACL.
func TestS3Request(t *testing.T) {
	data := bytes.Repeat([]byte("0123456789abcdef"), 1<<12)
	var got *http.Request
	var body []byte
	url := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
	}))
	s := openS3(t, S3Options{Bucket: "bucket", Prefix: "a/b", Region: "eu-west-1", Endpoint: url, PathStyle: true})
	require.NoError(t, s.Put(t.Context(), "stream=%2E/k.parquet", data))

	require.Equal(t, http.MethodPut, got.Method)
	require.Equal(t, "/bucket/a/b/stream=%2E/k.parquet", got.URL.Path)
	require.Equal(t, int64(len(data)), got.ContentLength)
	require.Equal(t, data, body)
	require.Empty(t, got.TransferEncoding)
	require.Empty(t, got.Header.Get("Content-Encoding"))
	require.Empty(t, got.Header.Get("X-Amz-Trailer"))
	require.Equal(t, encodeCRC(crc32.ChecksumIEEE(data)), got.Header.Get("X-Amz-Checksum-Crc32"))
	require.Contains(t, got.Header.Get("Authorization"), "/eu-west-1/s3/")
	require.Empty(t, got.Header.Get("If-None-Match"))
	for name := range got.Header {
		for _, optional := range []string{"acl", "storage-class", "encryption", "payer"} {
			require.NotContains(t, strings.ToLower(name), optional)
		}
	}
}

func TestChecksum(t *testing.T) {
	// The check value of CRC-32/ISO-HDLC: 0xCBF43926.
	sums, err := digestOf(t.Context(), strings.NewReader("123456789"), 9)
	require.NoError(t, err)
	require.Equal(t, digest{
		crc32:  "y/Q5Jg==",
		sha256: "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
	}, sums)
}

func TestOpenS3Region(t *testing.T) {
	_, err := OpenS3(t.Context(), S3Options{Bucket: "bucket"})
	require.ErrorIs(t, err, ErrNoRegion)

	s := openS3(t, S3Options{Bucket: "bucket", Endpoint: "http://127.0.0.1:1"})
	require.Equal(t, endpointRegion, s.client.Options().Region)

	t.Setenv("AWS_REGION", "ap-south-1")
	s = openS3(t, S3Options{Bucket: "bucket"})
	require.Equal(t, "ap-south-1", s.client.Options().Region)
	s = openS3(t, S3Options{Bucket: "bucket", Region: "eu-west-1"})
	require.Equal(t, "eu-west-1", s.client.Options().Region)
}
