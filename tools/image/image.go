package main

import (
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

const program = "otelcol-datastreams"

// epoch is the time of everything in the image: a real one would give every
// build another digest.
var epoch = time.Unix(0, 0).UTC()

// ports are the ones the default configuration listens on outside loopback:
// OTLP over gRPC and over HTTP, and the health check.
var ports = []string{"4317/tcp", "4318/tcp", "13133/tcp"}

// newImage puts the binary onto the base layer and says how to run it.
func newImage(platform v1.Platform, version string, base v1.Layer, binary string) (v1.Image, error) {
	layer, err := binaryLayer(binary)
	if err != nil {
		return nil, err
	}
	img := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	// The base comes first: it changes less often, and a pull skips what it has.
	img, err = mutate.Append(img,
		mutate.Addendum{Layer: base, History: history("CA certificates, default configuration, data directory")},
		mutate.Addendum{Layer: layer, History: history(program + " " + version)},
	)
	if err != nil {
		return nil, err
	}
	cfg, err := img.ConfigFile()
	if err != nil {
		return nil, err
	}
	cfg = cfg.DeepCopy()
	cfg.Created = v1.Time{Time: epoch}
	cfg.OS, cfg.Architecture, cfg.Variant = platform.OS, platform.Architecture, platform.Variant
	cfg.Config = runtimeConfig(version)
	if img, err = mutate.ConfigFile(img, cfg); err != nil {
		return nil, err
	}
	return mutate.Annotations(img, labels(version)).(v1.Image), nil
}

// runtimeConfig is what an engine does by default with the image. The user is
// a number: Kubernetes' runAsNonRoot cannot judge a name.
func runtimeConfig(version string) v1.Config {
	cfg := v1.Config{
		User:         "65532:65532",
		Entrypoint:   []string{"/" + program},
		Cmd:          []string{"--config=/" + configPath},
		Labels:       labels(version),
		ExposedPorts: make(map[string]struct{}, len(ports)),
	}
	for _, port := range ports {
		cfg.ExposedPorts[port] = struct{}{}
	}
	return cfg
}

// labels are written twice, as labels of the configuration for engines and as
// annotations of the manifest for registries.
func labels(version string) map[string]string {
	return map[string]string{
		"org.opencontainers.image.title":    program,
		"org.opencontainers.image.source":   "https://github.com/otelcol-datastreams/otelcol-datastreams",
		"org.opencontainers.image.version":  version,
		"org.opencontainers.image.licenses": "Apache-2.0",
	}
}

func history(what string) v1.History {
	return v1.History{Created: v1.Time{Time: epoch}, CreatedBy: "make image", Comment: what}
}
