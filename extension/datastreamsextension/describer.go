package datastreamsextension

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/service/hostcapabilities"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/redact"
	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/schema"
)

const (
	// formDepth is how deep the description of a configuration goes that people are
	// shown, and secretDepth the one that secrets are looked for by.
	formDepth   = 4
	secretDepth = 10
)

// kinds are those of the sections of a configuration.
var kinds = map[string]component.Kind{
	"receivers": component.KindReceiver, "processors": component.KindProcessor, "exporters": component.KindExporter,
	"connectors": component.KindConnector, "extensions": component.KindExtension,
}

// describer knows the configuration of the components of this build. Each is
// described when it is first asked for. It is safe for concurrent use.
type describer struct {
	host component.Host

	mu    sync.Mutex
	known map[string]*schema.Node // by section and type, as deep as secrets
}

func describerOf(host component.Host) *describer {
	return &describer{host: host, known: make(map[string]*schema.Node)}
}

// exporters returns the types of the exporters of this build.
func (d *describer) exporters() []string {
	modules, ok := d.host.(hostcapabilities.ModuleInfo)
	if !ok {
		return nil
	}
	var names []string
	for _, t := range slices.Collect(maps.Keys(modules.GetModuleInfos().Exporter)) {
		names = append(names, t.String())
	}
	slices.SortFunc(names, strings.Compare)
	return names
}

// form describes an exporter for people, or returns nil.
func (d *describer) form(exporter string) *schema.Node {
	if config := d.config("exporters", exporter); config != nil {
		return schema.Of(config, formDepth)
	}
	return nil
}

// rules say what is secret in the configuration of this build's components.
func (d *describer) rules() redact.Rules { return redact.Rules{Schema: d.describe} }

func (d *describer) describe(section, name string) *schema.Node {
	d.mu.Lock()
	defer d.mu.Unlock()
	key := section + "/" + name
	n, ok := d.known[key]
	if !ok {
		config := d.config(section, name)
		if config == nil {
			return nil // Whatever people write is not remembered.
		}
		n = schema.Of(config, secretDepth)
		d.known[key] = n
	}
	return n
}

// config returns the default configuration of a component, or nil if this build
// has none of that type.
func (d *describer) config(section, name string) component.Config {
	factories, ok := d.host.(hostcapabilities.ComponentFactory)
	if !ok {
		return nil
	}
	t, err := component.NewType(name)
	if err != nil {
		return nil
	}
	if factory := factories.GetFactory(kinds[section], t); factory != nil {
		return factory.CreateDefaultConfig()
	}
	return nil
}
