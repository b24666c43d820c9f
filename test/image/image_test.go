package image

import (
	"crypto/x509"
	"debug/elf"
	"encoding/pem"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// Crane is the second opinion on the format; the archive is what `docker load`
// takes.
func TestCraneFindsTheImageValid(t *testing.T) {
	archive := filepath.Join(load(t).dir, "docker-linux-"+runtime.GOARCH+".tar")
	cmd := exec.Command("go", "tool", "crane", "validate", "--tarball", archive)
	cmd.Dir = filepath.Join(repository, "tools", "image")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "crane validate: %s", out)
	require.Contains(t, string(out), "PASS")
}

// A registry shows the platforms and the tag without reading the images.
func TestImageSaysWhatItIs(t *testing.T) {
	img := load(t)
	const ociType = "application/vnd.oci.image."
	require.Equal(t, ociType+"index.v1+json", img.tagged.MediaType)
	require.Equal(t, version(t), img.tagged.Annotations["org.opencontainers.image.ref.name"])
	require.Equal(t, ociType+"manifest.v1+json", img.platform.MediaType)
	require.Equal(t, map[string]string{"os": "linux", "architecture": runtime.GOARCH}, img.platform.Platform)
	require.Equal(t, ociType+"config.v1+json", img.manifest.Config.MediaType)
	for _, layer := range img.manifest.Layers {
		require.Equal(t, ociType+"layer.v1.tar+gzip", layer.MediaType)
	}
}

func TestImageHoldsNothingButWhatItNeeds(t *testing.T) {
	dir := func(mode fs.FileMode) file { return file{mode: fs.ModeDir | mode} }
	require.Equal(t, map[string]file{
		"etc/":                                dir(0o755),
		"etc/otelcol-datastreams/":            dir(0o755),
		"etc/otelcol-datastreams/config.yaml": {mode: 0o644},
		"etc/ssl/":                            dir(0o755),
		"etc/ssl/certs/":                      dir(0o755),
		"etc/ssl/certs/ca-certificates.crt":   {mode: 0o644},
		"otelcol-datastreams":                 {mode: 0o755},
		"tmp/":                                dir(0o777 | fs.ModeSticky),
		"var/":                                dir(0o755),
		"var/lib/":                            dir(0o755),
		"var/lib/otelcol-datastreams/":        {mode: fs.ModeDir | 0o750, uid: 65532, gid: 65532},
	}, load(t).files)
}

func TestImageRunsWithoutRoot(t *testing.T) {
	img := load(t)
	cfg := img.config
	require.Equal(t, "65532:65532", cfg.Config.User)
	require.Equal(t, []string{"/otelcol-datastreams"}, cfg.Config.Entrypoint)
	require.Equal(t, []string{"--config=/etc/otelcol-datastreams/config.yaml"}, cfg.Config.Cmd)
	require.Equal(t, map[string]struct{}{"4317/tcp": {}, "4318/tcp": {}, "13133/tcp": {}}, cfg.Config.ExposedPorts)
	require.Equal(t, "linux", cfg.OS)
	require.Equal(t, runtime.GOARCH, cfg.Architecture)
	for _, labels := range []map[string]string{cfg.Config.Labels, img.manifest.Annotations} {
		require.Equal(t, map[string]string{
			"org.opencontainers.image.title":    program,
			"org.opencontainers.image.source":   "https://github.com/otelcol-datastreams/otelcol-datastreams",
			"org.opencontainers.image.version":  version(t),
			"org.opencontainers.image.licenses": "Apache-2.0",
		}, labels)
	}
}

// The image has no loader and no libraries: a dynamic binary would not start.
func TestBinaryIsStatic(t *testing.T) {
	binary, err := elf.Open(filepath.Join(load(t).root, program))
	require.NoError(t, err)
	defer binary.Close()
	for _, section := range binary.Progs {
		require.NotEqual(t, elf.PT_INTERP, section.Type, "the binary asks for a loader")
	}
}

func TestCertificatesAreAuthorities(t *testing.T) {
	rest, err := os.ReadFile(filepath.Join(load(t).root, "etc/ssl/certs/ca-certificates.crt"))
	require.NoError(t, err)
	count := 0
	for len(rest) > 0 {
		var block *pem.Block
		block, rest = pem.Decode(rest)
		require.NotNil(t, block, "something that is not PEM after %d certificates", count)
		cert, err := x509.ParseCertificate(block.Bytes)
		require.NoError(t, err)
		require.Equal(t, cert.RawIssuer, cert.RawSubject, "not a root")
		count++
	}
	require.Greater(t, count, 80, "Mozilla trusts more authorities than this")
}

func TestImageIsReproducible(t *testing.T) {
	img := load(t)
	again := t.TempDir()
	require.NoError(t, build(again))
	require.Equal(t, img.tagged.Digest, readIndex(t, filepath.Join(again, "oci")).Digest)
}
