package datastreamsconverter

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/confmap"
	"go.uber.org/zap"
	"go.yaml.in/yaml/v3"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/compile"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
)

// sectionKey is the key of a document inside plain Collector configuration.
const sectionKey = "datastreams"

// expandSection replaces the document in conf by what it compiles to. What stands
// beside it wins; extensions are started by both. all is what conf holds; it is
// not left as it was.
//
// References are resolved by now, and lines are not known any more, nor is the
// order of keys: streams are in the order of their names.
func expandSection(conf *confmap.Conf, all map[string]any, logger *zap.Logger) error {
	section := all[sectionKey]
	delete(all, sectionKey)
	if m, isMap := section.(map[string]any); isMap && m["match"] == "first" {
		return errors.New("datastreams: match: a section has no order, so that there is no first stream: " +
			"keep the document in a file of its own, and use --config datastreams:FILE")
	}
	text, err := yaml.Marshal(section)
	if err != nil {
		return fmt.Errorf("datastreams: %w", err)
	}
	_, result, found := compile.Parse(sectionKey, text)
	var errs []error
	for _, d := range found {
		if d.Severity == document.Error {
			errs = append(errs, errors.New(withoutLine(d)))
			continue
		}
		logger.Warn("The datastreams section may not say what is meant.", zap.String("diagnostic", withoutLine(d)))
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	merged := confmap.NewFromStringMap(result.Config)
	own := extensionsOf(merged.ToStringMap())
	if err := merged.Merge(confmap.NewFromStringMap(all)); err != nil {
		return err
	}
	if err := merged.Merge(listing(merged.ToStringMap(), own)); err != nil {
		return err
	}
	conf.Delete(sectionKey)
	return conf.Merge(merged)
}

// withoutLine is a diagnostic by its path: lines are those of a text that nobody
// wrote.
func withoutLine(d document.Diagnostic) string {
	d.Position = document.Position{File: sectionKey}
	return d.String()
}

// completeExtensions starts the extensions that a compiled document depends on,
// where a list of another source has replaced the document's: of lists, the last
// one wins. Others that are defined and not started are named. all is what conf
// holds.
func completeExtensions(conf *confmap.Conf, all map[string]any, logger *zap.Logger) error {
	defined, _ := all["extensions"].(map[string]any)
	if own, _ := defined[compile.Extension].(map[string]any); own["document"] == nil {
		return nil
	}
	listed := extensionsOf(all)
	var needed []any
	for _, id := range slices.Sorted(maps.Keys(defined)) {
		switch {
		case slices.Contains(listed, any(id)):
		case id == compile.Extension || strings.HasSuffix(id, "/"+compile.Extension):
			needed = append(needed, id)
		default:
			logger.Warn("An extension is defined and not started: of several sources that list extensions the last one wins. "+
				"Name it in service.extensions below collector: in the document.", zap.String("extension", id))
		}
	}
	if len(needed) == 0 {
		return nil
	}
	return conf.Merge(listing(all, needed))
}

func extensionsOf(all map[string]any) []any {
	service, _ := all["service"].(map[string]any)
	list, _ := service["extensions"].([]any)
	return list
}

// listing returns configuration that lists the extensions of all and those
// given.
func listing(all map[string]any, more []any) *confmap.Conf {
	list := slices.Clone(extensionsOf(all))
	for _, id := range more {
		if !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	return confmap.NewFromStringMap(map[string]any{"service": map[string]any{"extensions": list}})
}
