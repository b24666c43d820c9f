package parquetexporter

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/objectstore"
)

// urlForms is the remedy that every complaint about a url ends with.
const urlForms = `use "file:///directory", "file:relative/directory", "s3://bucket/prefix", "gs://bucket/prefix" or "azblob://container/prefix"`

// The schemes of urls.
const (
	schemeFile   = "file"
	schemeS3     = "s3"
	schemeGCS    = "gs"
	schemeAzBlob = "azblob"
)

// bucketStores are the schemes of buckets: the block of their settings, what
// their urls look like and where their credentials come from.
var bucketStores = map[string]struct{ block, form, credentials string }{
	schemeS3:     {"s3", "s3://bucket/prefix", "the AWS chain, for example AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"},
	schemeGCS:    {"gcs", "gs://bucket/prefix", "Google's application default credentials, for example GOOGLE_APPLICATION_CREDENTIALS"},
	schemeAzBlob: {"azblob", "azblob://container/prefix", "AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN or Azure's default chain"},
}

// location is a parsed url. Either dir or bucket is set.
type location struct {
	scheme string
	dir    string
	bucket string // or container
	// root is the fixed part of a bucket's prefix, and prefix what comes after
	// it, with placeholders. Neither has slashes at its ends.
	root   string
	prefix objectstore.Prefix
}

// parseLocation returns the place that raw names, or all that is wrong with it.
func parseLocation(raw string) (location, error) {
	if raw == "" {
		return location{}, fmt.Errorf("url: is missing: %s", urlForms)
	}
	u, err := url.Parse(raw)
	if err != nil {
		return location{}, fmt.Errorf("url: %s is not a URL: %s", quoteURL(raw), urlForms)
	}
	var problems []error
	store, isBucket := bucketStores[u.Scheme]
	if u.User != nil {
		from := ""
		if isBucket {
			from = ": they come from " + store.credentials
		}
		problems = append(problems, errors.New("url: must not hold credentials"+from))
	}
	if u.RawQuery != "" || u.ForceQuery {
		remedy := "remove it"
		if isBucket {
			remedy = "settings such as the endpoint belong into the " + store.block + " block"
		}
		problems = append(problems, fmt.Errorf("url: %s has a query: %s", quoteURL(raw), remedy))
	}
	if u.Fragment != "" {
		problems = append(problems, fmt.Errorf("url: %s has a fragment: write # as %%23", quoteURL(raw)))
	}
	var loc location
	switch {
	case u.Scheme == schemeFile:
		loc, err = parseFile(u, raw)
	case isBucket:
		loc, err = parseBucket(u, raw)
	case u.Scheme == "":
		err = fmt.Errorf("url: %s has no scheme: %s", quoteURL(raw), urlForms)
	default:
		err = fmt.Errorf("url: %s has the unknown scheme %q: %s", quoteURL(raw), u.Scheme, urlForms)
	}
	return loc, errors.Join(append(problems, err)...)
}

func parseFile(u *url.URL, raw string) (location, error) {
	dir := u.Path
	if u.Opaque != "" { // file:relative/directory
		var err error
		if dir, err = url.PathUnescape(u.Opaque); err != nil {
			return location{}, fmt.Errorf("url: %s has a bad escape: write %% as %%25", quoteURL(raw))
		}
	}
	switch {
	case u.Host != "":
		return location{}, fmt.Errorf("url: %s names the host %q: an absolute directory has three slashes, file:///%s",
			quoteURL(raw), u.Host, u.Host+u.Path)
	case strings.Trim(dir, "/") == "":
		return location{}, fmt.Errorf("url: %s names no directory: %s", quoteURL(raw), urlForms)
	case strings.ContainsRune(dir, 0):
		return location{}, fmt.Errorf("url: %s holds a zero byte: %s", quoteURL(raw), urlForms)
	}
	return location{scheme: schemeFile, dir: dir}, nil
}

// placeholders are what the prefix of a bucket may hold.
var placeholders = []string{"signal", "stream"}

func parseBucket(u *url.URL, raw string) (location, error) {
	loc := location{scheme: u.Scheme, bucket: u.Host}
	store := bucketStores[u.Scheme]
	switch {
	case u.Hostname() == "":
		return location{}, fmt.Errorf("url: %s names no bucket: use %q", quoteURL(raw), store.form)
	case u.Port() != "" || strings.HasSuffix(u.Host, ":"):
		return location{}, fmt.Errorf("url: %s has a port in place of a bucket: use %q and %s.endpoint",
			quoteURL(raw), store.form, store.block)
	}
	prefix, err := objectstore.ParsePrefix(strings.Trim(u.Path, "/"), placeholders)
	if err != nil {
		return location{}, errors.Join(below("url", err)...)
	}
	loc.root, loc.prefix = prefix.Split()
	return loc, nil
}

// quoteURL quotes raw for a message, unless it may hold a secret.
func quoteURL(raw string) string {
	if strings.Contains(raw, "@") {
		return "the value (hidden, it may hold credentials)"
	}
	return fmt.Sprintf("%q", raw)
}
