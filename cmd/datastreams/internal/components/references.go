package components

import (
	"context"
	"os"
	"slices"
	"strconv"

	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/provider/envprovider"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
)

// paths are the keys that lead to parts of a configuration.
type paths [][]string

// below returns those that lead through these keys, without them.
func (ps paths) below(keys ...string) paths {
	var all paths
	for _, p := range ps {
		if len(p) >= len(keys) && slices.Equal(p[:len(keys)], keys) {
			all = append(all, p[len(keys):])
		}
	}
	return all
}

// explain reports whether a problem may be there only because a value is not: it
// is about what the value belongs to, or does not say what it is about.
func (ps paths) explain(path []string) bool {
	return slices.ContainsFunc(ps, func(p []string) bool { return len(path) <= len(p) && slices.Equal(p[:len(path)], path) })
}

// resolvable returns a configuration without the values that refer to what is not
// known here, and where those are. A list goes as a whole if it has one, so that
// the indexes of the others stay.
func resolvable(config map[string]any) (map[string]any, paths) {
	var missing paths
	known := without(config, nil, &missing)
	return known.(map[string]any), missing
}

// without returns v without what is not known, or nil.
func without(v any, path []string, missing *paths) any {
	switch v := v.(type) {
	case string:
		if !document.Resolvable(v, os.LookupEnv) {
			*missing = append(*missing, slices.Clone(path))
			return nil
		}
	case map[string]any:
		m := make(map[string]any, len(v))
		for key, item := range v {
			if known := without(item, append(path, key), missing); known != nil || item == nil {
				m[key] = known
			}
		}
		return m
	case []any:
		items := make([]any, len(v))
		for i, item := range v {
			items[i] = without(item, append(path, strconv.Itoa(i)), missing)
			if items[i] == nil && item != nil {
				*missing = append(*missing, slices.Clone(path))
				return nil
			}
		}
		return items
	}
	return v
}

// scheme is that of the only source that is resolved.
const scheme = "compiled"

// resolve replaces the references of a configuration to the environment, as the
// collector does.
func resolve(config map[string]any) (*confmap.Conf, error) {
	resolver, err := confmap.NewResolver(confmap.ResolverSettings{
		URIs: []string{scheme + ":"}, DefaultScheme: "env",
		ProviderFactories: []confmap.ProviderFactory{
			confmap.NewProviderFactory(func(confmap.ProviderSettings) confmap.Provider { return compiled{config} }),
			envprovider.NewFactory(),
		},
	})
	if err != nil {
		return nil, err
	}
	ctx := context.Background() // Nothing of it waits.
	conf, err := resolver.Resolve(ctx)
	if err != nil {
		return nil, err
	}
	return conf, resolver.Shutdown(ctx)
}

// compiled serves a configuration.
type compiled struct{ config map[string]any }

func (compiled) Scheme() string { return scheme }

func (p compiled) Retrieve(context.Context, string, confmap.WatcherFunc) (*confmap.Retrieved, error) {
	return confmap.NewRetrieved(p.config)
}

func (compiled) Shutdown(context.Context) error { return nil }
