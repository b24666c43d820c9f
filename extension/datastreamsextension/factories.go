package datastreamsextension

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/extension"
	"go.opentelemetry.io/collector/otelcol"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/service/hostcapabilities"
	"go.opentelemetry.io/collector/service/telemetry/otelconftelemetry"
)

// factoriesFor returns the factories of the components that a configuration
// names. The host tells them by type, and not all at once. The error names every
// component whose type this build does not have.
func factoriesFor(host hostcapabilities.ComponentFactory, config map[string]any) (otelcol.Factories, error) {
	f := otelcol.Factories{Telemetry: otelconftelemetry.NewFactory()}
	var errs [5]error
	f.Receivers, errs[0] = factoriesOf[receiver.Factory](host, config, "receivers", component.KindReceiver)
	f.Processors, errs[1] = factoriesOf[processor.Factory](host, config, "processors", component.KindProcessor)
	f.Exporters, errs[2] = factoriesOf[exporter.Factory](host, config, "exporters", component.KindExporter)
	f.Connectors, errs[3] = factoriesOf[connector.Factory](host, config, "connectors", component.KindConnector)
	f.Extensions, errs[4] = factoriesOf[extension.Factory](host, config, "extensions", component.KindExtension)
	return f, errors.Join(errs[:]...)
}

func factoriesOf[F component.Factory](
	host hostcapabilities.ComponentFactory, config map[string]any, section string, kind component.Kind,
) (map[component.Type]F, error) {
	factories := make(map[component.Type]F)
	var errs []error
	entries, _ := config[section].(map[string]any)
	for _, text := range slices.Sorted(maps.Keys(entries)) {
		var id component.ID
		if err := id.UnmarshalText([]byte(text)); err != nil {
			errs = append(errs, fmt.Errorf("%s::%s: %w", section, text, err))
			continue
		}
		factory, ok := host.GetFactory(kind, id.Type()).(F)
		if !ok {
			errs = append(errs, fmt.Errorf("%s::%s: this collector has no %s of the type %q", section, text, strings.ToLower(kind.String()), id.Type()))
			continue
		}
		factories[id.Type()] = factory
	}
	return factories, errors.Join(errs...)
}
