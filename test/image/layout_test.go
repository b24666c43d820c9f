package image

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

type descriptor struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int64             `json:"size"`
	Platform    map[string]string `json:"platform"`
	Annotations map[string]string `json:"annotations"`
}

// manifest is an image manifest or an index: only one of the lists is filled.
type manifest struct {
	Manifests   []descriptor      `json:"manifests"`
	Config      descriptor        `json:"config"`
	Layers      []descriptor      `json:"layers"`
	Annotations map[string]string `json:"annotations"`
}

type imageConfig struct {
	OS           string `json:"os"`
	Architecture string `json:"architecture"`
	Config       struct {
		User         string
		Entrypoint   []string
		Cmd          []string
		Labels       map[string]string
		ExposedPorts map[string]struct{}
	} `json:"config"`
	RootFS struct {
		DiffIDs []string `json:"diff_ids"`
	} `json:"rootfs"`
}

// blob returns the content that a descriptor names, after checking that it is
// the content.
func blob(t *testing.T, layout string, d descriptor) []byte {
	t.Helper()
	algorithm, sum, ok := strings.Cut(d.Digest, ":")
	require.True(t, ok && algorithm == "sha256", "digest %q", d.Digest)
	content, err := os.ReadFile(filepath.Join(layout, "blobs", algorithm, sum))
	require.NoError(t, err)
	require.Len(t, content, int(d.Size))
	require.Equal(t, d.Digest, digest(content))
	return content
}

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// decode reads JSON. Keys that T does not have are passed over.
func decode[T any](t *testing.T, content []byte) T {
	t.Helper()
	var v T
	require.NoError(t, json.Unmarshal(content, &v))
	return v
}

// only returns the single descriptor of a list.
func only(t *testing.T, list []descriptor) descriptor {
	t.Helper()
	require.Len(t, list, 1)
	return list[0]
}

// file is what a layer's archive says about a path.
type file struct {
	mode     os.FileMode
	uid, gid int
}

// unpack extracts an uncompressed layer below root, as an engine would, and
// adds what it holds to files. Owners are set if the test may do so.
func unpack(t *testing.T, layer io.Reader, root string, files map[string]file) {
	t.Helper()
	for r := tar.NewReader(layer); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(t, err)
		require.True(t, filepath.IsLocal(h.Name), "path %q", h.Name)
		require.Zero(t, h.ModTime.Unix(), "%s must not carry the time of the build", h.Name)
		files[h.Name] = file{mode: h.FileInfo().Mode(), uid: h.Uid, gid: h.Gid}

		path := filepath.Join(root, h.Name)
		switch h.Typeflag {
		case tar.TypeDir:
			require.NoError(t, os.Mkdir(path, 0o700))
		case tar.TypeReg:
			out, err := os.Create(path)
			require.NoError(t, err)
			_, err = io.Copy(out, r)
			require.NoError(t, err)
			require.NoError(t, out.Close())
		default:
			require.Failf(t, "neither a file nor a directory", "%s: type %c", h.Name, h.Typeflag)
		}
		if os.Getuid() == 0 {
			require.NoError(t, os.Chown(path, h.Uid, h.Gid))
		}
		require.NoError(t, os.Chmod(path, h.FileInfo().Mode()))
	}
}

// gunzip returns the uncompressed content of a layer.
func gunzip(t *testing.T, compressed io.Reader) []byte {
	t.Helper()
	r, err := gzip.NewReader(compressed)
	require.NoError(t, err)
	content, err := io.ReadAll(r)
	require.NoError(t, err)
	return content
}
