// Package datastreamsextension drives the routers of a running service. If the
// service runs by a document, it watches the file, checks what changes as the
// Collector would, and applies it: new membership goes to the routers while data
// flows, everything else to a reload.
package datastreamsextension

//go:generate go tool -modfile=../../tools/go.mod mdatagen metadata.yaml

import (
	"context"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/metadata"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/logtap"
)

// NewFactory returns the extension's factory. Loggers that are built afterwards
// can write to the extension, too.
func NewFactory() extension.Factory {
	_ = logtap.Register() // If the name is taken, destinations show no errors.
	return extension.NewFactory(metadata.Type, createDefaultConfig, create, metadata.ExtensionStability)
}

func create(_ context.Context, set extension.Settings, cfg component.Config) (extension.Extension, error) {
	return newAttended(newDriver(set, cfg.(*Config))), nil
}
