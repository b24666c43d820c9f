// Package datastreamsconverter completes a configuration in three ways.
//
// A document below the key `datastreams:` is replaced by what it compiles to, so
// that whatever hands out Collector configuration (OpAMP, a ConfigMap, the
// operator) can carry one.
//
// Each datastreamrouter is told which pipelines list it as a receiver, and what
// they end in, by filling in its `pipelines` key. A component sees nothing but
// its own section of the configuration; with this the router's validation finds
// streams that no pipeline uses and pipelines that no stream feeds, together with
// all other problems, and before anything starts.
//
// A service that runs by a document also writes its log to the datastreams
// extension, which shows what keeps destinations from taking data.
package datastreamsconverter

import (
	"context"
	"strings"

	"go.opentelemetry.io/collector/confmap"
	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/compile"
)

// routerType is the component type of the routers that are told.
const routerType = "datastreamrouter"

// NewFactory returns the converter's factory, for the `converters` list of a
// builder configuration.
func NewFactory() confmap.ConverterFactory {
	return confmap.NewConverterFactory(func(s confmap.ConverterSettings) confmap.Converter {
		if s.Logger == nil {
			return converter{zap.NewNop()}
		}
		return converter{s.Logger}
	})
}

type converter struct{ logger *zap.Logger }

// Convert implements confmap.Converter. Malformed sections other than the
// document are left as they are: what is wrong with them is for the Collector to
// say.
func (c converter) Convert(_ context.Context, conf *confmap.Conf) error {
	all := conf.ToStringMap() // Once: it copies everything, while a reload waits.
	if _, ok := all[sectionKey]; ok {
		if err := expandSection(conf, all, c.logger); err != nil {
			return err
		}
		all = conf.ToStringMap()
	}
	if err := completeExtensions(conf, all, c.logger); err != nil {
		return err
	}
	if err := tapLogs(conf, all); err != nil {
		return err
	}
	return tellRouters(conf, all)
}

// tellRouters fills in the routers' key. all is what conf holds.
func tellRouters(conf *confmap.Conf, all map[string]any) error {
	connectors, _ := all["connectors"].(map[string]any)
	graph := compile.NewGraph(all)
	told := make(map[string]any)
	for id := range connectors {
		if isRouter(id) {
			told[id] = map[string]any{"pipelines": receivingFrom(graph, id)}
		}
	}
	if len(told) == 0 {
		return nil
	}
	return conf.Merge(confmap.NewFromStringMap(map[string]any{"connectors": told}))
}

// isRouter tells routers by their type.
func isRouter(id string) bool {
	kind, _, _ := strings.Cut(id, "/")
	return kind == routerType
}

// receivingFrom returns the pipelines that list the component as a receiver: by
// signal and name, the exporters that they end in, also behind connectors. How
// exporters are written that get another signal is for compile.Graph to say.
func receivingFrom(graph *compile.Graph, id string) map[string]any {
	bySignal := make(map[string]any)
	for _, pipeline := range graph.Behind(id) {
		signal, name, _ := strings.Cut(pipeline, "/")
		if bySignal[signal] == nil {
			bySignal[signal] = make(map[string]any)
		}
		bySignal[signal].(map[string]any)[name] = graph.Ends(pipeline, isRouter)
	}
	return bySignal
}
