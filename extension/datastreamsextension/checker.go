package datastreamsextension

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/provider/envprovider"
	"go.opentelemetry.io/collector/confmap/provider/fileprovider"
	"go.opentelemetry.io/collector/confmap/provider/httpprovider"
	"go.opentelemetry.io/collector/confmap/provider/httpsprovider"
	"go.opentelemetry.io/collector/confmap/provider/yamlprovider"
	"go.opentelemetry.io/collector/otelcol"
	"go.opentelemetry.io/collector/service/hostcapabilities"

	"github.com/otelcol-datastreams/otelcol-datastreams/confmap/converter/datastreamsconverter"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/live"
)

// checker finds out what the Collector would say of a candidate, with the code
// and the factories of the Collector that runs.
type checker struct {
	host     hostcapabilities.ComponentFactory
	build    component.BuildInfo
	document *live.Document

	// others is what the collector was given beside the document, and what of the
	// document that replaces. Secrets are missing. It is worked out when it is first
	// asked for: nobody should wait for that while the service starts.
	others func() (map[string]any, error)
}

func newChecker(host component.Host, build component.BuildInfo, document *live.Document) (*checker, error) {
	factories, ok := host.(hostcapabilities.ComponentFactory)
	if !ok {
		return nil, errors.New("the collector does not tell its components; changes of the document cannot be checked")
	}
	none := func() (map[string]any, error) { return nil, nil }
	return &checker{host: factories, build: build, document: document, others: none}, nil
}

// learn is told the configuration of the service, merged of all its sources and
// not expanded. It takes it over.
func (c *checker) learn(whole *confmap.Conf) {
	if whole == nil {
		return
	}
	current, _ := c.document.Current()
	c.others = sync.OnceValues(func() (map[string]any, error) {
		own, err := c.parse(current)
		if err != nil {
			return nil, fmt.Errorf("compare the document with the configuration: %w", err)
		}
		return difference(own.ToStringMap(), whole.ToStringMap()), nil
	})
}

// redacted stands where a secret was.
const redacted = "[REDACTED]"

// difference returns what of whole is not in part, or is another value there.
func difference(part, whole map[string]any) map[string]any {
	rest := make(map[string]any)
	for key, value := range whole {
		known, ok := part[key]
		a, isMap := known.(map[string]any)
		b, areMaps := value.(map[string]any)
		switch {
		case !ok:
			rest[key] = value
		case isMap && areMaps:
			if d := difference(a, b); len(d) > 0 {
				rest[key] = d
			}
		case value != any(redacted) && !reflect.DeepEqual(known, value):
			rest[key] = value
		}
	}
	return rest
}

// parse returns the configuration of a revision as the provider hands it out.
func (c *checker) parse(r *live.Revision) (*confmap.Conf, error) {
	text, err := c.document.YAML(r)
	if err != nil {
		return nil, err
	}
	retrieved, err := confmap.NewRetrievedFromYAML(text)
	if err != nil {
		return nil, err
	}
	return retrieved.AsConf()
}

// sources are the settings by which a candidate is resolved.
func (c *checker) sources(candidate *live.Revision) (confmap.ResolverSettings, error) {
	conf, err := c.parse(candidate)
	if err != nil {
		return confmap.ResolverSettings{}, err
	}
	others, err := c.others()
	if err != nil {
		return confmap.ResolverSettings{}, err
	}
	if err := conf.Merge(confmap.NewFromStringMap(others)); err != nil {
		return confmap.ResolverSettings{}, err
	}
	return confmap.ResolverSettings{
		URIs:          []string{candidateScheme + ":"},
		DefaultScheme: "env",
		ProviderFactories: []confmap.ProviderFactory{
			confmap.NewProviderFactory(func(confmap.ProviderSettings) confmap.Provider { return candidateProvider{conf.ToStringMap()} }),
			envprovider.NewFactory(), fileprovider.NewFactory(), yamlprovider.NewFactory(),
			httpprovider.NewFactory(), httpsprovider.NewFactory(),
		},
		ConverterFactories: []confmap.ConverterFactory{datastreamsconverter.NewFactory()},
	}, nil
}

// resolve implements live.Service.Resolve.
func (c *checker) resolve(ctx context.Context, candidate *live.Revision) (*confmap.Conf, error) {
	settings, err := c.sources(candidate)
	if err != nil {
		return nil, err
	}
	resolver, err := confmap.NewResolver(settings)
	if err != nil {
		return nil, err
	}
	conf, err := resolver.Resolve(ctx)
	return conf, errors.Join(err, resolver.Shutdown(ctx))
}

// check implements live.Service.Check: the Collector decodes and validates every
// component, and builds the graph.
func (c *checker) check(ctx context.Context, candidate *live.Revision) error {
	conf, err := c.resolve(ctx, candidate)
	if err != nil {
		return err
	}
	factories, err := factoriesFor(c.host, conf.ToStringMap())
	if err != nil {
		return err
	}
	settings, err := c.sources(candidate)
	if err != nil {
		return err
	}
	collector, err := otelcol.NewCollector(otelcol.CollectorSettings{
		BuildInfo:              c.build,
		Factories:              func() (otelcol.Factories, error) { return factories, nil },
		ConfigProviderSettings: otelcol.ConfigProviderSettings{ResolverSettings: settings},
		SkipSettingGRPCLogger:  true,
	})
	if err != nil {
		return err
	}
	return collector.DryRun(ctx)
}

// candidateScheme is that of the one source that a candidate has.
const candidateScheme = "candidate"

// candidateProvider serves a configuration that is there already.
type candidateProvider struct{ config map[string]any }

func (candidateProvider) Scheme() string { return candidateScheme }

func (p candidateProvider) Retrieve(context.Context, string, confmap.WatcherFunc) (*confmap.Retrieved, error) {
	return confmap.NewRetrieved(p.config)
}

func (candidateProvider) Shutdown(context.Context) error { return nil }
