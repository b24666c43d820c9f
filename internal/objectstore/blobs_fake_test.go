package objectstore

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"hash/crc32"
	"hash/crc64"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// fakeBlob is what a fake keeps of an object.
type fakeBlob struct {
	data []byte
	meta map[string]string
}

// fakeBlobs is a bucket in memory.
type fakeBlobs struct {
	mu     sync.Mutex
	blobs  map[string]fakeBlob
	blocks map[string][]byte // Parts that are not committed yet, by key and name.
}

func newFakeBlobs() *fakeBlobs {
	return &fakeBlobs{blobs: map[string]fakeBlob{}, blocks: map[string][]byte{}}
}

// put stores an object; false says that its key was taken.
func (f *fakeBlobs) put(key string, b fakeBlob, onlyNew bool) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, taken := f.blobs[key]; taken && onlyNew {
		return false
	}
	f.blobs[key] = b
	return true
}

func (f *fakeBlobs) get(key string) (fakeBlob, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	b, ok := f.blobs[key]
	return b, ok
}

func (f *fakeBlobs) keys() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Collect(maps.Keys(f.blobs))
}

// fakeGCS answers what gcs asks, as the documentation of the JSON API has it.
type fakeGCS struct{ *fakeBlobs }

func gcsReply(status int, reason string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(status)
		if reason != "" {
			fmt.Fprintf(w, `{"error": {"code": %d, "message": "told to", "errors": [{"reason": %q}]}}`, status, reason)
		}
	}
}

func (f fakeGCS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key, isObject := strings.CutPrefix(r.URL.Path, "/storage/v1/b/bucket/o/")
	switch {
	case r.Method == http.MethodPost && r.URL.Path == "/upload/storage/v1/b/bucket/o":
		f.upload(w, r)
	case r.Method == http.MethodGet && isObject:
		f.object(w, r, key)
	case r.Method == http.MethodGet && r.URL.Path == "/storage/v1/b/bucket/o":
		fmt.Fprint(w, `{"kind": "storage#objects"}`)
	default:
		gcsReply(http.StatusNotFound, "notFound")(w, r)
	}
}

func (f fakeGCS) upload(w http.ResponseWriter, r *http.Request) {
	_, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	parts := multipart.NewReader(r.Body, params["boundary"])
	var resource gcsObject
	var data []byte
	part, err := parts.NextPart()
	if err == nil {
		err = json.NewDecoder(part).Decode(&resource)
	}
	if err == nil {
		part, err = parts.NextPart()
	}
	if err == nil {
		data, err = io.ReadAll(part)
	}
	sum := binary.BigEndian.AppendUint32(nil, crc32.Checksum(data, castagnoli))
	switch {
	case err != nil || resource.CRC32C != base64.StdEncoding.EncodeToString(sum):
		gcsReply(http.StatusBadRequest, "invalid")(w, r)
	case !f.put(resource.Name, fakeBlob{data, resource.Metadata}, r.URL.Query().Get("ifGenerationMatch") == "0"):
		gcsReply(http.StatusPreconditionFailed, "conditionNotMet")(w, r)
	default:
		fmt.Fprint(w, `{}`)
	}
}

func (f fakeGCS) object(w http.ResponseWriter, r *http.Request, key string) {
	b, ok := f.get(key)
	switch {
	case !ok:
		gcsReply(http.StatusNotFound, "notFound")(w, r)
	case r.URL.Query().Get("alt") == "media":
		_, _ = w.Write(b.data)
	default:
		_ = json.NewEncoder(w).Encode(gcsObject{Size: fmt.Sprint(len(b.data)), Metadata: b.meta})
	}
}

// fakeAzure answers what azure asks, as the documentation of the REST API has it.
type fakeAzure struct{ *fakeBlobs }

func azureReply(status int, code string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if code != "" {
			w.Header().Set("x-ms-error-code", code)
		}
		w.WriteHeader(status)
		if r.Method != http.MethodHead && code != "" {
			fmt.Fprintf(w, "<?xml version='1.0'?><Error><Code>%s</Code><Message>told to</Message></Error>", code)
		}
	}
}

func (f fakeAzure) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key, ok := strings.CutPrefix(r.URL.Path, "/account/container/")
	switch {
	case r.URL.Path == "/account/container" && r.URL.Query().Get("comp") == "list":
		fmt.Fprint(w, "<?xml version='1.0'?><EnumerationResults><Blobs/></EnumerationResults>")
	case !ok:
		azureReply(http.StatusNotFound, "ContainerNotFound")(w, r)
	case r.Method == http.MethodPut:
		f.upload(w, r, key)
	default:
		f.blob(w, r, key)
	}
}

func (f fakeAzure) upload(w http.ResponseWriter, r *http.Request, key string) {
	data, err := io.ReadAll(r.Body)
	sum := binary.LittleEndian.AppendUint64(nil, crc64.Checksum(data, azureTable))
	if want := r.Header.Get("x-ms-content-crc64"); err != nil || want != "" && want != base64.StdEncoding.EncodeToString(sum) {
		azureReply(http.StatusBadRequest, "Crc64Mismatch")(w, r)
		return
	}
	switch r.URL.Query().Get("comp") {
	case "block":
		f.mu.Lock()
		f.blocks[key+"\x00"+r.URL.Query().Get("blockid")] = data
		f.mu.Unlock()
		w.WriteHeader(http.StatusCreated)
		return
	case "blocklist":
		data = f.committed(key, data)
	}
	meta := map[string]string{}
	for name, values := range r.Header {
		if name, ok := strings.CutPrefix(name, "X-Ms-Meta-"); ok {
			meta[name] = values[0]
		}
	}
	if !f.put(key, fakeBlob{data, meta}, r.Header.Get("If-None-Match") == "*") {
		azureReply(http.StatusConflict, "BlobAlreadyExists")(w, r)
		return
	}
	w.WriteHeader(http.StatusCreated)
}

// committed puts the blocks of a list together.
func (f fakeAzure) committed(key string, list []byte) []byte {
	var blocks struct {
		Latest []string `xml:"Latest"`
	}
	if err := xml.Unmarshal(list, &blocks); err != nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var data []byte
	for _, id := range blocks.Latest {
		data = append(data, f.blocks[key+"\x00"+id]...)
	}
	return data
}

func (f fakeAzure) blob(w http.ResponseWriter, r *http.Request, key string) {
	b, ok := f.get(key)
	if !ok {
		azureReply(http.StatusNotFound, "BlobNotFound")(w, r)
		return
	}
	for name, value := range b.meta {
		w.Header().Set("x-ms-meta-"+name, value)
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(b.data)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(b.data)
	}
}
