package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/pem"
	"io"
	"os"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"golang.org/x/crypto/x509roots/fallback/bundle"
)

const (
	user       = 65532 // the customary "nonroot"
	configPath = "etc/" + program + "/config.yaml"
	rootsPath  = "etc/ssl/certs/ca-certificates.crt" // the first place where Go looks
)

// entry is one directory or file of a layer. A directory's path ends in a
// slash and it has no content.
type entry struct {
	path    string
	mode    int64
	owner   int // user and group
	content []byte
}

// baseLayer holds everything but the binary. The caller owns the layer.
func baseLayer(config string) (v1.Layer, error) {
	content, err := os.ReadFile(config)
	if err != nil {
		return nil, err
	}
	return layer([]entry{
		{path: "etc/", mode: 0o755},
		{path: "etc/" + program + "/", mode: 0o755},
		{path: configPath, mode: 0o644, content: content},
		{path: "etc/ssl/", mode: 0o755},
		{path: "etc/ssl/certs/", mode: 0o755},
		{path: rootsPath, mode: 0o644, content: roots()},
		{path: "tmp/", mode: 0o1777},
		{path: "var/", mode: 0o755},
		{path: "var/lib/", mode: 0o755},
		// A new named volume takes over this directory's owner and mode.
		{path: "var/lib/" + program + "/", mode: 0o750, owner: user},
	})
}

// binaryLayer holds the collector.
func binaryLayer(path string) (v1.Layer, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return layer([]entry{{path: program, mode: 0o755, content: content}})
}

// roots returns the certificate authorities that Mozilla trusts, as PEM. They
// come from a Go module and not from the machine that builds, so that go.sum
// pins them and the image is the same wherever it is built.
func roots() []byte {
	var out bytes.Buffer
	for root := range bundle.Roots() {
		// Mozilla trusts these for certificates of before some day only. PEM
		// cannot say that, and without it they would be trusted for all.
		if root.Constraint != nil {
			continue
		}
		out.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}))
	}
	return out.Bytes()
}

// layer keeps its compressed content in memory, because it is read several
// times: for the digest, the layout and the archive.
func layer(entries []entry) (v1.Layer, error) {
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	for _, e := range entries {
		h := &tar.Header{
			Format: tar.FormatUSTAR, ModTime: epoch,
			Name: e.path, Mode: e.mode, Uid: e.owner, Gid: e.owner, Size: int64(len(e.content)),
		}
		h.Typeflag = tar.TypeReg
		if e.content == nil {
			h.Typeflag = tar.TypeDir
		}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := w.Write(e.content); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(archive.Bytes())), nil }
	return tarball.LayerFromOpener(open,
		tarball.WithMediaType(types.OCILayer),
		tarball.WithCompressionLevel(gzip.DefaultCompression),
		tarball.WithCompressedCaching)
}
