package objectstore

import (
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestValidate(t *testing.T) {
	good := S3Options{
		Bucket: "my-bucket.logs", Prefix: "lake/otel", Region: "eu-west-1", Endpoint: "https://s3.example.com:9000", PathStyle: true,
		RoleARN: "arn:aws-us-gov:iam::123456789012:role/path/writer", ExternalID: "a:b/c", RoleSessionName: "collector@host",
		StorageClass: "STANDARD_IA", ServerSideEncryption: "aws:kms", KMSKeyID: "alias/lake", ACL: "bucket-owner-full-control",
		Checksum: ChecksumRequired, PartSize: 16 * mebi, PartConcurrency: 1, MaxAttempts: 1,
	}
	require.NoError(t, good.Validate())
	require.NoError(t, S3Options{Bucket: "b"}.Validate())

	tests := []struct {
		change func(o *S3Options)
		want   string
	}{
		{func(o *S3Options) { o.Bucket = "" }, "bucket: is missing: name the bucket"},
		{func(o *S3Options) { o.Bucket = "s3 bucket" }, `bucket: "s3 bucket" is neither a bucket's name nor the ARN of an access point: remove scheme, spaces and the like`},
		{func(o *S3Options) { o.Prefix = "a/../b" }, `prefix: "a/../b" must be a path without slashes at its ends, empty, '.' or '..' elements, backslashes and braces`},
		{func(o *S3Options) { o.Prefix = "{stream}" }, `prefix: "{stream}" must be a path without slashes at its ends, empty, '.' or '..' elements, backslashes and braces`},
		{func(o *S3Options) { o.Endpoint = "s3.example.com" }, "endpoint: must be a URL such as https://s3.example.com:9000, without credentials and query"},
		{func(o *S3Options) { o.Endpoint = "https://me:secret@host" }, "endpoint: must be a URL such as https://s3.example.com:9000, without credentials and query"},
		{func(o *S3Options) { o.RoleARN = "writer" }, `role_arn: "writer" is no role: use the form arn:aws:iam::123456789012:role/name`},
		{func(o *S3Options) { o.ExternalID = "a b" }, "external_id: must have 2 to 1224 letters, digits and characters of _+=,.@:/-"},
		{func(o *S3Options) { o.RoleSessionName = "a:b" }, `role_session_name: "a:b" must have 2 to 64 letters, digits and characters of _+=,.@-`},
		{
			func(o *S3Options) { o.RoleARN = "" },
			"external_id: is only used with role_arn: set that too, or remove the id\n" +
				"role_session_name: is only used with role_arn: set that too, or remove the name",
		},
		{func(o *S3Options) { o.StorageClass = "STANDARD_AI" }, `storage_class: unknown value "STANDARD_AI"; did you mean "STANDARD_IA"?`},
		{func(o *S3Options) { o.ServerSideEncryption, o.KMSKeyID = "AES-256", "" }, `server_side_encryption: unknown value "AES-256"; did you mean "AES256"?`},
		{func(o *S3Options) { o.ServerSideEncryption = "AES256" }, "kms_key_id: is only used with server_side_encryption aws:kms: set that too, or remove the key"},
		{func(o *S3Options) { o.ACL = "privat" }, `acl: unknown value "privat"; did you mean "private"?`},
		{func(o *S3Options) { o.Checksum = "x" }, `checksum: unknown value "x"; use one of supported, required`},
		{func(o *S3Options) { o.PartSize = mebi }, "part_size: 1048576 is not between 5242880 and 5368709120"},
		{func(o *S3Options) { o.PartConcurrency = -1 }, "part_concurrency: -1 is not between 1 and 64"},
		{func(o *S3Options) { o.MaxAttempts = 21 }, "max_attempts: 21 is not between 1 and 20"},
	}
	for _, tt := range tests {
		o := good
		tt.change(&o)
		require.EqualError(t, o.Validate(), tt.want)
		_, err := OpenS3(t.Context(), o)
		require.EqualError(t, err, tt.want)
	}

	err := S3Options{StorageClass: "x", ACL: "x", Checksum: "x", PartSize: 1, KMSKeyID: "k"}.Validate()
	require.Equal(t, 6, strings.Count(err.Error(), "\n")+1, "all problems at once: %v", err)
}

func TestPartSize(t *testing.T) {
	require.Equal(t, int64(8*mebi), partSize(128*mebi, 8*mebi))
	for _, size := range []int64{80 * gibi, 5 << 40, 5<<40 - 1} {
		part := partSize(size, 8*mebi)
		require.LessOrEqual(t, (size+part-1)/part, int64(maxParts))
	}
}

// Guarantees that each option arrives in the requests that S3 looks for it in,
// in one request or in parts.
func TestOptionHeaders(t *testing.T) {
	opts := S3Options{
		Bucket: "bucket", PathStyle: true, Checksum: ChecksumRequired, RequestPayer: true, StorageClass: "STANDARD_IA",
		ServerSideEncryption: "aws:kms", KMSKeyID: "key", ACL: "bucket-owner-full-control",
	}
	var mu sync.Mutex // parts arrive at the same time
	got := map[string]http.Header{}
	opts.Endpoint = serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		got[operation(r)] = r.Header.Clone()
		mu.Unlock()
		fmt.Fprint(w, "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>")
	}))
	s := openS3(t, opts)
	s.maxSingle, s.opts.PartSize = 10, 10
	require.NoError(t, s.Put(t.Context(), "a", []byte("small")))
	u, err := s.upload(t.Context(), object("b", "larger than ten bytes"))
	require.NoError(t, err)
	require.NoError(t, u.multipart(t.Context(), anything))

	for _, op := range []string{"PUT", "Create"} {
		require.Equal(t, "STANDARD_IA", got[op].Get("X-Amz-Storage-Class"), op)
		require.Equal(t, "aws:kms", got[op].Get("X-Amz-Server-Side-Encryption"), op)
		require.Equal(t, "key", got[op].Get("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id"), op)
		require.Equal(t, "bucket-owner-full-control", got[op].Get("X-Amz-Acl"), op)
		require.Len(t, got[op].Get("X-Amz-Meta-Sha256"), 64, op)
	}
	for _, op := range []string{"PUT", "Create", "Part", "Complete"} {
		require.Equal(t, "requester", got[op].Get("X-Amz-Request-Payer"), op)
		for name := range got[op] {
			require.NotContains(t, strings.ToLower(name), "x-amz-checksum", op)
			require.NotContains(t, strings.ToLower(name), "trailer", op)
		}
	}
	require.Equal(t, "*", got["Complete"].Get("If-None-Match"))
}

// Guarantees that credentials which the store calls expired are fetched anew,
// although they said that they would last.
func TestCredentialsRotate(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	var mu sync.Mutex
	fetched := 0
	t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		fetched++
		fmt.Fprintf(w, `{"AccessKeyId": "key-%d", "SecretAccessKey": "s", "Token": "t", "Expiration": %q}`,
			fetched, time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	})))
	endpoint := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.Header.Get("Authorization"), "Credential=key-1/") {
			reply(400, "ExpiredToken")(w, r)
		}
	}))
	s := openS3(t, S3Options{Bucket: "bucket", Endpoint: endpoint, PathStyle: true})
	_, err := s.PutIfAbsent(t.Context(), object("a", "data"))
	require.ErrorContains(t, err, "ExpiredToken")
	require.NotErrorIs(t, err, ErrUnavailable)
	for range 2 {
		_, err = s.PutIfAbsent(t.Context(), object("a", "data"))
		require.NoError(t, err)
	}
	require.Equal(t, 2, fetched)
}

func TestAssumeRole(t *testing.T) {
	var asked string
	t.Setenv("AWS_ENDPOINT_URL_STS", serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked = string(body)
		fmt.Fprintf(w, `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>role-key</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
			<SessionToken>t</SessionToken><Expiration>%s</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
			time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	})))
	var authorization string
	endpoint := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { authorization = r.Header.Get("Authorization") }))
	s := openS3(t, S3Options{
		Bucket: "bucket", Endpoint: endpoint, PathStyle: true,
		RoleARN: "arn:aws:iam::123456789012:role/writer", ExternalID: "ext-7", RoleSessionName: "collector",
	})
	require.NoError(t, s.Put(t.Context(), "a", nil))
	require.Contains(t, authorization, "Credential=role-key/")
	require.Contains(t, asked, "ExternalId=ext-7")
	require.Contains(t, asked, "RoleSessionName=collector")
	require.Contains(t, asked, "role%2Fwriter")
}

func TestAssumeRoleDenied(t *testing.T) {
	t.Setenv("AWS_ENDPOINT_URL_STS", serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(403)
		fmt.Fprint(w, "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>")
	})))
	s := openS3(t, S3Options{
		Bucket: "bucket", Endpoint: "http://127.0.0.1:1", PathStyle: true, RoleARN: "arn:aws:iam::123456789012:role/writer",
	})
	err := s.Put(t.Context(), "a", nil)
	require.ErrorIs(t, err, ErrUnavailable)
	require.ErrorContains(t, err, remedyAccess)
}

func TestCAFile(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // It complains of the client without the file.
	server.StartTLS()
	t.Cleanup(server.Close)
	file := filepath.Join(t.TempDir(), "ca.pem")
	opts := S3Options{Bucket: "bucket", Endpoint: server.URL, PathStyle: true, CAFile: file}

	_, err := OpenS3(t.Context(), opts)
	require.ErrorContains(t, err, "ca_file: open")
	require.NoError(t, os.WriteFile(file, []byte("nothing"), 0o600))
	_, err = OpenS3(t.Context(), opts)
	require.ErrorContains(t, err, "holds no PEM certificate")

	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	require.NoError(t, os.WriteFile(file, certificate, 0o600))
	require.NoError(t, openS3(t, opts).Put(t.Context(), "a", []byte("x")))
	opts.CAFile = ""
	require.ErrorContains(t, openS3(t, opts).Put(t.Context(), "a", []byte("x")), "certificate")
}
