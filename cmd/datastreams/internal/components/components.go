// Package components checks the configuration that a document compiles to by the
// components that the tool is linked with: those that most documents have and
// that are cheap to link. The collector checks all of them.
package components

import (
	"strings"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/filterprocessor"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/transformprocessor"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/exporter/debugexporter"
	"go.opentelemetry.io/collector/exporter/otlpexporter"
	"go.opentelemetry.io/collector/exporter/otlphttpexporter"

	"github.com/otelcol-datastreams/otelcol-datastreams/exporter/parquetexporter"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/compile"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
	"github.com/otelcol-datastreams/otelcol-datastreams/processor/maskingprocessor"
)

// linked are the factories of the components, by their section and type.
var linked = map[string]map[string]component.Factory{
	"processors": byType(maskingprocessor.NewFactory(), transformprocessor.NewFactory(), filterprocessor.NewFactory()),
	"exporters":  byType(parquetexporter.NewFactory(), otlpexporter.NewFactory(), otlphttpexporter.NewFactory(), debugexporter.NewFactory()),
}

func byType(factories ...component.Factory) map[string]component.Factory {
	all := make(map[string]component.Factory)
	for _, f := range factories {
		all[f.Type().String()] = f
	}
	return all
}

// Check decodes and validates the configuration of the components that are linked
// here, as the collector does, and returns what is wrong, in the order of the
// document. What refers to something that is not known here, such as a file or an
// environment variable that is not set, is not judged.
func Check(r compile.Result, parts document.Parts) document.Diagnostics {
	known, missing := resolvable(chosen(r.Config))
	resolved, err := resolve(known)
	if err != nil {
		at, _ := parts.Below(document.Place{})
		return document.Diagnostics{at.Diagnose(document.Error, "", "%v", err)}
	}
	var found document.Diagnostics
	for section, factories := range linked {
		for id, written := range child(known, section) {
			c := checked{id: id, section: section, written: written, result: r, parts: parts, missing: missing.below(section, id)}
			settings, err := resolved.Sub(section + confmap.KeyDelimiter + id)
			if err != nil {
				c.report(nil, "must be a mapping")
			} else {
				c.check(factories[typeOf(id)].CreateDefaultConfig(), settings)
			}
			found = append(found, c.found...)
		}
	}
	return found.Sorted()
}

// chosen is the part of a configuration that is about components which are linked.
func chosen(config map[string]any) map[string]any {
	part := make(map[string]any)
	for section, factories := range linked {
		some := make(map[string]any)
		for id, settings := range child(config, section) {
			if _, ok := factories[typeOf(id)]; ok {
				some[id] = settings
			}
		}
		part[section] = some
	}
	return part
}

func child(of map[string]any, key string) map[string]any {
	m, _ := of[key].(map[string]any)
	return m
}

func typeOf(id string) string {
	kind, _, _ := strings.Cut(id, "/")
	return kind
}
