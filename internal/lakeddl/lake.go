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
	schemeDir = "file"
	schemeS3  = "s3"
)

// urlForms is the remedy that every complaint about a url ends with.
const urlForms = `use "s3://bucket/prefix", "file:///directory" or "file:relative/directory"`

// lake is a checked place.
type lake struct {
	scheme   string
	dir      string // of schemeDir
	bucket   string // of schemeS3
	prefix   string // of schemeS3: no slashes at its ends, may hold placeholders
	endpoint string // no slash at its end; empty: AWS
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
	case schemeS3:
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
	l := lake{scheme: schemeS3, bucket: u.Hostname(), prefix: strings.Trim(u.Path, "/")}
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

// root returns the directory of a signal's files as a URL of the given scheme, without a slash at its end.
// stream stands for the stream's name, if the prefix asks for it.
func (l *lake) root(scheme, signal, stream string) string {
	parts := []string{l.dir}
	if l.scheme == schemeS3 {
		parts[0] = scheme + "://" + l.bucket
		if l.endpoint != "" && scheme == "http" {
			parts[0] = l.endpoint + "/" + l.bucket
		}
		if prefix := l.expand(signal, stream); prefix != "" {
			parts = append(parts, prefix)
		}
	}
	return strings.Join(append(parts, signal, columnar.PathVersion), "/")
}

// files is a glob of all files of a signal. Three stars, not two: .spool and the like are not below.
func (l *lake) files(scheme, signal string) string {
	return l.root(scheme, signal, "*") + "/stream=*/dt=*/hour=*/*.parquet"
}

// template is the place of a partition as Athena and Trino write it.
func (l *lake) template(signal string) string {
	return l.root("s3", signal, "${stream}") + "/stream=${stream}/dt=${dt}/hour=${hour}/"
}

// location is the directory above everything that differs by stream.
func (l *lake) location(signal string) string {
	if before, _, found := strings.Cut(l.prefix, "{stream}"); found {
		fixed := (&lake{scheme: l.scheme, bucket: l.bucket, prefix: before[:max(strings.LastIndexByte(before, '/'), 0)]})
		return strings.TrimSuffix("s3://"+fixed.bucket+"/"+fixed.expand(signal, ""), "/") + "/"
	}
	return l.root("s3", signal, "") + "/"
}
