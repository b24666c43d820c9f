// Package datastreamsprovider lets the Collector run by a document:
// `--config datastreams:datastreams.yaml`. It compiles the file to plain
// Collector configuration, in which references such as ${env:NAME} stand as they
// were written. Other --config files may stand beside it. With ?setup behind the
// path a document is made if there is none, to be filled in on the page.
//
// What is served again after the first time is decided by package live: the
// datastreams extension watches the file, and only what it has checked is served.
package datastreamsprovider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"go.opentelemetry.io/collector/confmap"
	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/live"
)

const scheme = "datastreams"

// NewFactory returns the provider's factory, for the `providers` list of a
// builder configuration.
func NewFactory() confmap.ProviderFactory {
	return confmap.NewProviderFactory(func(s confmap.ProviderSettings) confmap.Provider {
		logger := s.Logger
		if logger == nil {
			logger = zap.NewNop()
		}
		return &provider{logger: logger, documents: make(map[string]*live.Document)}
	})
}

// provider serves the documents of one Resolver, which calls it from one
// goroutine at a time.
type provider struct {
	logger    *zap.Logger
	documents map[string]*live.Document // by their paths as they are written
}

// Scheme implements confmap.Provider.
func (*provider) Scheme() string { return scheme }

// Retrieve implements confmap.Provider. An error holds the document's
// diagnostics, one per line.
func (p *provider) Retrieve(ctx context.Context, uri string, watcher confmap.WatcherFunc) (*confmap.Retrieved, error) {
	path, ok := strings.CutPrefix(uri, scheme+":")
	if !ok {
		return nil, fmt.Errorf("%q is not of the scheme %q", uri, scheme)
	}
	if path == "" {
		return nil, errors.New("name the document, such as datastreams:datastreams.yaml")
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	path, err := prepare(path, p.logger)
	if err != nil {
		return nil, err
	}
	d, err := p.open(path)
	if err != nil {
		return nil, err
	}
	revision, err := d.Serve(p.logger)
	if err != nil {
		return nil, fmt.Errorf("%s:\n%w", path, err)
	}
	text, err := d.YAML(revision)
	if err != nil {
		return nil, err
	}
	stop := func() {}
	if watcher != nil {
		stop = d.Watch(func() { watcher(&confmap.ChangeEvent{}) })
	}
	return confmap.NewRetrievedFromYAML(text, confmap.WithRetrievedClose(func(context.Context) error {
		stop()
		return nil
	}))
}

func (p *provider) open(path string) (*live.Document, error) {
	if d, ok := p.documents[path]; ok {
		return d, nil
	}
	d, err := live.Open(path)
	if err == nil {
		p.documents[path] = d
	}
	return d, err
}

// Shutdown implements confmap.Provider.
func (p *provider) Shutdown(context.Context) error {
	for _, d := range p.documents {
		d.Release()
	}
	clear(p.documents)
	return nil
}
