package objectstore

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
)

const (
	// gcsEndpoint is where Google Cloud Storage is.
	gcsEndpoint = "https://storage.googleapis.com"
	// maxGCSKey is the longest name of an object, in bytes of UTF-8.
	maxGCSKey = 1024
	// maxAnswer bounds what is read of an answer that describes an object or an
	// error, in bytes.
	maxAnswer = 64 << 10
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// GCSOptions say which bucket of Google Cloud Storage a store uses, and how
// objects are kept there. Only Bucket is required.
type GCSOptions struct {
	Bucket string
	// Prefix goes before all keys: a plain path, without slashes at its ends.
	Prefix string
	// Endpoint is the http or https URL of another server with the same API. One
	// with http gets no credentials.
	Endpoint string
	// UserProject pays for the requests to a requester-pays bucket.
	UserProject string
	// StorageClass of objects. Default: the bucket's.
	StorageClass string
	// KMSKeyName is the resource name of the key that objects are encrypted
	// with. Default: the bucket's.
	KMSKeyName string
}

// Validate returns all that is wrong with the options, with remedies.
func (o GCSOptions) Validate() error {
	var p problems
	p.check(o.Bucket != "" && !strings.Contains(o.Bucket, "/"), "bucket: %q is not the name of a bucket", o.Bucket)
	p.check(o.Prefix == "" || plainPath(o.Prefix), "prefix: %q is not a path without empty, '.' or '..' elements", o.Prefix)
	p.endpoint(o.Endpoint, gcsEndpoint)
	p.oneOf("storage_class", o.StorageClass, []string{"STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE"})
	p.check(o.KMSKeyName == "" || strings.HasPrefix(o.KMSKeyName, "projects/") && strings.Contains(o.KMSKeyName, "/cryptoKeys/"),
		"kms_key_name: %q is not of the form projects/P/locations/L/keyRings/R/cryptoKeys/K", o.KMSKeyName)
	return errors.Join(p...)
}

// OpenGCS returns the store that opts describes. Credentials are those of the
// environment, as Google calls Application Default Credentials. It does no
// network requests; it fails when the options are not valid.
func OpenGCS(opts GCSOptions) (*Blobs, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone() // It is never replaced.
	g := &gcs{
		opts: opts, endpoint: strings.TrimRight(opts.Endpoint, "/"), transport: transport,
		client: &http.Client{Transport: transport, CheckRedirect: noRedirect},
	}
	if g.endpoint == "" {
		g.endpoint = gcsEndpoint
	}
	if strings.HasPrefix(g.endpoint, "https:") {
		g.authorize = (&googleToken{}).authorize
	}
	newSum := func() hash.Hash { return crc32.New(castagnoli) }
	return &Blobs{service: g, newSum: newSum, prefix: opts.Prefix, maxKey: maxGCSKey, maxSingle: maxSingle}, nil
}

// gcs speaks the JSON API of Google Cloud Storage, of which it needs four
// requests.
type gcs struct {
	opts      GCSOptions
	endpoint  string
	client    *http.Client
	transport *http.Transport
	authorize func(*http.Request) error // nil if there are no credentials
}

// gcsObject is an object's resource: what an upload says and a look is told.
type gcsObject struct {
	Name         string            `json:"name,omitempty"`
	Size         string            `json:"size,omitempty"`
	ContentType  string            `json:"contentType,omitempty"`
	StorageClass string            `json:"storageClass,omitempty"`
	CRC32C       string            `json:"crc32c,omitempty"` // Base64 of the big-endian sum, which the service checks.
	Metadata     map[string]string `json:"metadata,omitempty"`
}

// put sends the object in one request, which is repeated as a whole if the
// connection breaks: nothing is left of one that was not finished.
func (g *gcs) put(ctx context.Context, b *blob, onlyNew bool) error {
	resource := gcsObject{
		Name: b.key, ContentType: "application/octet-stream", StorageClass: g.opts.StorageClass,
		CRC32C:   base64.StdEncoding.EncodeToString(b.sum),
		Metadata: map[string]string{metaSum: b.sha256},
	}
	maps.Copy(resource.Metadata, b.Meta)
	head, tail, contentType, err := related(resource)
	if err != nil {
		return err
	}
	query := url.Values{"uploadType": {"multipart"}, "fields": {"name"}}
	if onlyNew {
		query.Set("ifGenerationMatch", "0")
	}
	if g.opts.KMSKeyName != "" {
		query.Set("kmsKeyName", g.opts.KMSKeyName)
	}
	r, err := g.request(ctx, http.MethodPost, "/upload/storage/v1/b/"+url.PathEscape(g.opts.Bucket)+"/o", query)
	if err != nil {
		return err
	}
	r.GetBody = func() (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(bytes.NewReader(head), b.reader(), bytes.NewReader(tail))), nil
	}
	r.Body, _ = r.GetBody() // It never fails.
	r.ContentLength = int64(len(head)) + b.Size + int64(len(tail))
	r.Header.Set("Content-Type", contentType)
	answer, err := g.do(r)
	if err != nil {
		return err
	}
	return finish(answer)
}

// related returns what goes before and after the bytes of an object.
func related(resource gcsObject) (head, tail []byte, contentType string, err error) {
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	part, err := w.CreatePart(textproto.MIMEHeader{"Content-Type": {"application/json; charset=UTF-8"}})
	if err == nil {
		err = json.NewEncoder(part).Encode(resource)
	}
	if err == nil {
		_, err = w.CreatePart(textproto.MIMEHeader{"Content-Type": {resource.ContentType}})
	}
	head = bytes.Clone(out.Bytes())
	out.Reset()
	err = errors.Join(err, w.Close())
	return head, out.Bytes(), "multipart/related; boundary=" + w.Boundary(), err
}

func (g *gcs) head(ctx context.Context, key string) (blobInfo, error) {
	answer, err := g.get(ctx, "/o/"+url.PathEscape(key), url.Values{"fields": {"size,metadata"}})
	if err != nil {
		return blobInfo{}, err
	}
	var found gcsObject
	err = json.NewDecoder(io.LimitReader(answer.Body, maxAnswer)).Decode(&found)
	if err = errors.Join(err, answer.Body.Close()); err != nil {
		return blobInfo{}, fmt.Errorf("read the answer: %w", err)
	}
	size, err := strconv.ParseInt(found.Size, 10, 64)
	return blobInfo{size: size, sha256: found.Metadata[metaSum]}, err
}

func (g *gcs) open(ctx context.Context, key string) (io.ReadCloser, error) {
	answer, err := g.get(ctx, "/o/"+url.PathEscape(key), url.Values{"alt": {"media"}})
	if err != nil {
		return nil, err
	}
	return answer.Body, nil
}

func (g *gcs) list(ctx context.Context, prefix string) error {
	answer, err := g.get(ctx, "/o", url.Values{"maxResults": {"1"}, "prefix": {prefix}, "fields": {"kind"}})
	if err != nil {
		return err
	}
	return finish(answer)
}

func (g *gcs) close() { g.transport.CloseIdleConnections() }

// get asks for something below the bucket.
func (g *gcs) get(ctx context.Context, path string, query url.Values) (*http.Response, error) {
	r, err := g.request(ctx, http.MethodGet, "/storage/v1/b/"+url.PathEscape(g.opts.Bucket)+path, query)
	if err != nil {
		return nil, err
	}
	return g.do(r)
}

func (g *gcs) request(ctx context.Context, method, path string, query url.Values) (*http.Request, error) {
	if g.opts.UserProject != "" {
		query.Set("userProject", g.opts.UserProject)
	}
	return http.NewRequestWithContext(ctx, method, g.endpoint+path+"?"+query.Encode(), http.NoBody)
}

// do returns a good answer, whose body the caller closes, or an error.
func (g *gcs) do(r *http.Request) (*http.Response, error) {
	if g.authorize != nil {
		if err := g.authorize(r); err != nil {
			return nil, err
		}
	}
	answer, err := g.client.Do(r)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode/100 == 2 {
		return answer, nil
	}
	defer answer.Body.Close()
	return nil, classifyGCS(gcsErrorOf(answer))
}

// finish reads the rest of an answer, so that its connection can be used again.
func finish(answer *http.Response) error {
	_, err := io.Copy(io.Discard, io.LimitReader(answer.Body, maxAnswer))
	return errors.Join(err, answer.Body.Close())
}
