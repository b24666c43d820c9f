package image

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

const program = "otelcol-datastreams"

// repository is the root of the checkout, seen from here.
const repository = "../.."

// work is where TestMain lets the image be built, and removes it again.
var work string

// TestMain makes room for what the tests share.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "datastreams-image-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	// Another user runs the unpacked binary, and must get there.
	if err := os.Chmod(dir, 0o755); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	work = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// build runs `make image` for the platform of the test.
func build(out string) error {
	cmd := exec.Command("make", "--no-print-directory", "-C", repository, "image",
		"IMAGE_DIR="+out, "IMAGE_PLATFORMS=linux/"+runtime.GOARCH)
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("make image: %w\n%s", err, output)
	}
	return nil
}

var first = sync.OnceValues(func() (string, error) {
	out := filepath.Join(work, "image")
	return out, build(out)
})

// image is the built image, read and unpacked once for all tests.
type image struct {
	dir      string     // what make image wrote
	root     string     // the unpacked layers
	tagged   descriptor // the layout's entry: an index of platforms
	platform descriptor // that index's entry: the image of the test's platform
	manifest manifest
	config   imageConfig
	files    map[string]file
}

var unpacked *image // by the first test that asks; tests do not run in parallel

// load builds and unpacks the image.
func load(t *testing.T) *image {
	t.Helper()
	if unpacked != nil {
		return unpacked
	}
	dir, err := first()
	require.NoError(t, err)
	layout := filepath.Join(dir, "oci")
	img := &image{dir: dir, root: filepath.Join(work, "root"), tagged: readIndex(t, layout), files: make(map[string]file)}
	img.platform = only(t, decode[manifest](t, blob(t, layout, img.tagged)).Manifests)
	img.manifest = decode[manifest](t, blob(t, layout, img.platform))
	img.config = decode[imageConfig](t, blob(t, layout, img.manifest.Config))

	require.NoError(t, os.Mkdir(img.root, 0o755))
	require.Len(t, img.config.RootFS.DiffIDs, len(img.manifest.Layers))
	for i, layer := range img.manifest.Layers {
		archive := gunzip(t, bytes.NewReader(blob(t, layout, layer)))
		require.Equal(t, img.config.RootFS.DiffIDs[i], digest(archive))
		unpack(t, bytes.NewReader(archive), img.root, img.files)
	}
	unpacked = img
	return img
}

// readIndex returns the single entry of a layout's index.
func readIndex(t *testing.T, layout string) descriptor {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(layout, "index.json"))
	require.NoError(t, err)
	return only(t, decode[manifest](t, content).Manifests)
}
