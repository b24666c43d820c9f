// Command image builds the container image of the collector, without a
// container engine, a registry or a base image: an OCI layout and, for
// `docker load`, one archive per platform. The same inputs give the same digest.
//
// It stands on the library behind crane. The crane command itself can set the
// user, the entrypoint and the ports only of an image that is in a registry.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

// options are the inputs of a build.
type options struct {
	binaries  string // holds <os>/<arch>/otelcol-datastreams
	config    string // becomes the default configuration
	version   string // becomes the tag
	platforms string // <os>/<arch>, separated by blanks
	out       string // gets oci and docker-<os>-<arch>.tar, which replace older ones
}

func main() {
	var o options
	flag.StringVar(&o.binaries, "binaries", "", "directory that holds <os>/<arch>/"+program)
	flag.StringVar(&o.config, "config", "", "file that becomes the image's default configuration")
	flag.StringVar(&o.version, "version", "", "version of the collector, used as the tag")
	flag.StringVar(&o.platforms, "platforms", "linux/amd64", "platforms to build for, separated by blanks")
	flag.StringVar(&o.out, "out", "", "directory to write oci and docker-<os>-<arch>.tar to")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
}

func run(o options) error {
	if o.version == "" {
		return errors.New("-version is missing")
	}
	tag, err := name.NewTag(program + ":" + o.version)
	if err != nil {
		return err
	}
	base, err := baseLayer(o.config)
	if err != nil {
		return err
	}
	oci := filepath.Join(o.out, "oci")
	if err := os.RemoveAll(oci); err != nil {
		return err
	}
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return err
	}

	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for spec := range strings.FieldsSeq(o.platforms) {
		platform, err := v1.ParsePlatform(spec)
		if err != nil {
			return err
		}
		binary := filepath.Join(o.binaries, platform.OS, platform.Architecture, program)
		img, err := newImage(*platform, o.version, base, binary)
		if err != nil {
			return err
		}
		archive := filepath.Join(o.out, "docker-"+platform.OS+"-"+platform.Architecture+".tar")
		if err := tarball.WriteToFile(archive, tag, img); err != nil {
			return err
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{
			Add:        img,
			Descriptor: v1.Descriptor{Platform: platform},
		})
	}
	digest, err := write(oci, index, o.version)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(os.Stdout, "%s@%s\n", tag, digest)
	return err
}

// write puts the index under its tag into a new layout, reads it back and
// checks every digest, size and media type in it.
func write(dir string, index v1.ImageIndex, tag string) (v1.Hash, error) {
	path, err := layout.Write(dir, empty.Index)
	if err != nil {
		return v1.Hash{}, err
	}
	// One entry, so that `skopeo copy oci:<dir>` and `crane push <dir>` need
	// not be told which.
	named := layout.WithAnnotations(map[string]string{"org.opencontainers.image.ref.name": tag})
	if err := path.AppendIndex(index, named); err != nil {
		return v1.Hash{}, err
	}
	written, err := path.ImageIndex()
	if err != nil {
		return v1.Hash{}, err
	}
	if err := validate.Index(written); err != nil {
		return v1.Hash{}, fmt.Errorf("%s is not a valid layout: %w", dir, err)
	}
	return index.Digest()
}
