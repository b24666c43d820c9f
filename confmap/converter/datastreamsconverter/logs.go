package datastreamsconverter

import (
	"slices"

	"go.opentelemetry.io/collector/confmap"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/compile"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/logtap"
)

// tapLogs has the Collector write its log to the datastreams extension, too,
// which shows people why a destination fails. Where the log goes otherwise
// stays. It is done here and not by the compiler because of lists the last
// source wins, and the log may be configured beside the document. all is what conf
// holds.
func tapLogs(conf *confmap.Conf, all map[string]any) error {
	defined, _ := all["extensions"].(map[string]any)
	if own, _ := defined[compile.Extension].(map[string]any); own["document"] == nil {
		return nil
	}
	paths := []any{"stderr"} // The Collector's default.
	service, _ := all["service"].(map[string]any)
	telemetry, _ := service["telemetry"].(map[string]any)
	logs, _ := telemetry["logs"].(map[string]any)
	if given, ok := logs["output_paths"].([]any); ok {
		paths = slices.Clone(given)
	} else if logs["output_paths"] != nil {
		return nil // Malformed, or a reference.
	}
	if slices.Contains(paths, any(logtap.Path)) {
		return nil
	}
	return conf.Merge(confmap.NewFromStringMap(map[string]any{"service": map[string]any{
		"telemetry": map[string]any{"logs": map[string]any{"output_paths": append(paths, logtap.Path)}},
	}}))
}
