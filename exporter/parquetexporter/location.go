package parquetexporter

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/objectstore"
)

// urlForms is the remedy that every complaint about a url ends with.
const urlForms = `use "file:///directory", "file:relative/directory" or "s3://bucket/prefix"`

// location is a parsed url. Either dir or bucket is set.
type location struct {
	dir    string
	bucket string
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
	if u.User != nil {
		problems = append(problems, errors.New("url: must not hold credentials: "+
			"they come from the AWS chain, for example AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"))
	}
	if u.RawQuery != "" || u.ForceQuery {
		problems = append(problems, fmt.Errorf("url: %s has a query: region, endpoint and path_style belong into the s3 block",
			quoteURL(raw)))
	}
	if u.Fragment != "" {
		problems = append(problems, fmt.Errorf("url: %s has a fragment: write # as %%23", quoteURL(raw)))
	}
	var loc location
	switch u.Scheme {
	case "file":
		loc, err = parseFile(u, raw)
	case "s3":
		loc, err = parseS3(u, raw)
	case "":
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
	return location{dir: dir}, nil
}

// placeholders are what the prefix of a bucket may hold.
var placeholders = []string{"signal", "stream"}

func parseS3(u *url.URL, raw string) (location, error) {
	loc := location{bucket: u.Host}
	switch {
	case u.Hostname() == "":
		return location{}, fmt.Errorf("url: %s names no bucket: use \"s3://bucket/prefix\"", quoteURL(raw))
	case u.Port() != "" || strings.HasSuffix(u.Host, ":"):
		return location{}, fmt.Errorf("url: %s has a port in place of a bucket: use \"s3://bucket/prefix\" and s3.endpoint",
			quoteURL(raw))
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
