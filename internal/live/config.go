package live

import (
	"maps"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/compile"
)

// YAML renders the configuration of a revision as the provider hands it to the
// Collector: what it compiles to, and for the extension the document that it
// belongs to.
func (d *Document) YAML(r *Revision) ([]byte, error) {
	config := maps.Clone(r.Compiled.Config)
	extensions, _ := config["extensions"].(map[string]any)
	extensions = maps.Clone(extensions)
	own, _ := extensions[compile.Extension].(map[string]any)
	own = maps.Clone(own)
	if own == nil {
		own = make(map[string]any)
	}
	own["document"] = d.path
	if extensions == nil {
		extensions = make(map[string]any)
	}
	extensions[compile.Extension] = own
	config["extensions"] = extensions
	return compile.YAML(config)
}
