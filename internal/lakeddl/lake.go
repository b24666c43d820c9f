package lakeddl

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/objectstore"
)

// special are the characters that mean something in an SQL string or in a glob of one of the engines. A place
// that holds one is refused, so nothing has to be escaped.
const special = "'\"\\`*?[]{}$\n\r\t"

const (
	schemeDir    = "file"
	schemeS3     = "s3"
	schemeGCS    = "gs"
	schemeAzBlob = "azblob"
)

// urlForms is the remedy that every complaint about a url ends with.
const urlForms = `use "s3://bucket/prefix", "gs://bucket/prefix", "azblob://container/prefix", "file:///directory" or "file:relative/directory"`

// places is how an engine names a bucket, by the scheme of the lake's url. {bucket} stands for the bucket or
// container, and {account} for the storage account.
type places map[string]string

// lake is a checked place.
type lake struct {
	scheme   string
	dir      string // of schemeDir
	bucket   string // or container; not of schemeDir
	prefix   string // of a bucket: no slashes at its ends, may hold placeholders
	endpoint string // no slash at its end; empty: AWS
	account  string // of schemeAzBlob; may be empty
	streams  []string
	since    string
}

func parseURL(raw string) (lake, error) {
	u, err := url.Parse(raw)
	if err != nil || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return lake{}, errors.New("url: is not that of a bucket or directory: " + urlForms)
	}
	switch u.Scheme {
	case schemeDir:
		return parseDir(u, raw)
	case schemeS3, schemeGCS, schemeAzBlob:
		return parseBucket(u, raw)
	}
	return lake{}, fmt.Errorf("url: %q has no known scheme: %s", raw, urlForms)
}

func parseDir(u *url.URL, raw string) (lake, error) {
	dir := u.Path
	if u.Opaque != "" {
		var err error
		if dir, err = url.PathUnescape(u.Opaque); err != nil {
			return lake{}, fmt.Errorf("url: %q has a bad escape: %s", raw, urlForms)
		}
	}
	dir = strings.TrimRight(filepath.ToSlash(dir), "/")
	if u.Host != "" || dir == "" {
		return lake{}, fmt.Errorf("url: %q names no directory: %s", raw, urlForms)
	}
	if strings.ContainsAny(dir, special) {
		return lake{}, fmt.Errorf("url: %q holds one of the characters %q, which SQL or globs would read in their own way", raw, special)
	}
	return lake{scheme: schemeDir, dir: dir}, nil
}

func parseBucket(u *url.URL, raw string) (lake, error) {
	if u.Hostname() == "" || u.Port() != "" {
		return lake{}, fmt.Errorf("url: %q names no bucket: %s", raw, urlForms)
	}
	l := lake{scheme: u.Scheme, bucket: u.Hostname(), prefix: strings.Trim(u.Path, "/")}
	if _, err := objectstore.ParsePrefix(l.prefix, []string{"signal", "stream"}); err != nil {
		return lake{}, fmt.Errorf("url: %w", err)
	}
	if strings.ContainsAny(l.expand("", ""), special) {
		return lake{}, fmt.Errorf("url: %q holds one of the characters %q, which SQL or globs would read in their own way", raw, special)
	}
	return l, nil
}

func (l *lake) setEndpoint(raw string) error {
	if raw == "" {
		return nil
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" ||
		strings.ContainsAny(raw, special) {
		return errors.New("endpoint: is not an http or https URL without credentials and query")
	}
	l.endpoint = strings.TrimRight(raw, "/")
	return nil
}

// expand returns the prefix with values in place of its placeholders.
func (l *lake) expand(signal, stream string) string {
	return strings.NewReplacer("{signal}", signal, "{stream}", stream).Replace(l.prefix)
}

// root returns the directory of a signal's files, without a slash at its end. stream stands for the stream's
// name, if the prefix asks for it.
func (l *lake) root(p places, signal, stream string) string {
	parts := []string{l.base(p)}
	if prefix := l.expand(signal, stream); prefix != "" {
		parts = append(parts, prefix)
	}
	return strings.Join(append(parts, signal, columnar.PathVersion), "/")
}

// base returns the directory or bucket without the prefix.
func (l *lake) base(p places) string {
	if l.scheme == schemeDir {
		return l.dir
	}
	return strings.NewReplacer("{bucket}", l.bucket, "{account}", l.account).Replace(p[l.scheme])
}

// files is a glob of all files of a signal. Three stars, not two: .spool and the like are not below.
func (l *lake) files(p places, signal string) string {
	return l.root(p, signal, "*") + "/stream=*/dt=*/hour=*/*.parquet"
}

// template is the place of a partition as Athena and Trino write it.
func (l *lake) template(p places, signal string) string {
	return l.root(p, signal, "${stream}") + "/stream=${stream}/dt=${dt}/hour=${hour}/"
}

// location is the directory above everything that differs by stream.
func (l *lake) location(p places, signal string) string {
	if before, _, found := strings.Cut(l.prefix, "{stream}"); found {
		fixed := (&lake{prefix: before[:max(strings.LastIndexByte(before, '/'), 0)]}).expand(signal, "")
		return strings.TrimSuffix(l.base(p)+"/"+fixed, "/") + "/"
	}
	return l.root(p, signal, "") + "/"
}
