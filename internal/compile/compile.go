// Package compile turns a document into the configuration of a Collector. It is
// a pure function: the same document gives the same configuration, to the byte,
// and nothing outside of it is looked at.
package compile

import (
	"maps"
	"slices"
	"strings"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/match"
)

// Result is what a document compiles to.
type Result struct {
	// Config is the Collector's configuration, as a confmap provider returns it:
	// references such as ${env:NAME} stand as they were written.
	Config map[string]any
	// Origins say where parts of the configuration come from: keys are paths such
	// as "exporters::parquet/lake".
	Origins map[string]document.Place
	// Written are the places of the document that have a part of the configuration
	// as it is written below them, by the keys of Origins: what is not in the first
	// of them is in the next.
	Written map[string][]document.Place
	// Router is the id of the router.
	Router string
	// Journal is the directory of the document's revisions.
	Journal string
	// Streams are those of the document, in order, as they were compiled.
	Streams []Stream
	// Budget is the space that data may take while it waits.
	Budget Budget
}

// Stream is a stream as it was compiled.
type Stream struct {
	Name string
	// Signals are those that it delivers, in order; none if it only observes.
	Signals []string
	// Destinations are the names of the destinations, by signal.
	Destinations map[string][]string
	// Keep are the rules by which the router decides what the stream keeps, in
	// words, in order; without any it keeps everything.
	Keep []string
}

// Router is the id of the router that a document becomes.
const Router = "datastreamrouter"

// Document compiles d, with no other inputs. The result is complete if the
// diagnostics have no error.
func Document(d *document.Document) (Result, document.Diagnostics) { return Inputs{}.Document(d) }

// Document compiles d. The result is complete if the diagnostics have no error.
func (in Inputs) Document(d *document.Document) (Result, document.Diagnostics) {
	c := &compiler{
		doc:      d,
		settings: settingsOf(d.Settings),
		config:   make(tree),
		origins:  make(map[string]document.Place),
		written:  make(map[string][]document.Place),
		inputs:   make(map[string]bool),
		used:     make(map[string]bool),
		parser:   Selectors(),
	}
	c.receivers()
	c.destinations()
	c.streams()
	c.inputPipelines()
	c.extensions()
	c.boundQueues(in)
	c.config.merge(d.Collector.Value)
	c.check()
	return Result{
		Config: c.config, Origins: c.origins, Written: c.written, Router: Router, Journal: c.settings.below("revisions"),
		Streams: c.compiled(), Budget: c.budget,
	}, c.found.Sorted()
}

// compiled tells of the streams what others want to know.
func (c *compiler) compiled() []Stream {
	var all []Stream
	for _, p := range c.plans {
		s := Stream{Name: p.name, Signals: p.signals, Keep: p.keep, Destinations: make(map[string][]string)}
		for _, signal := range p.signals {
			for _, e := range p.exporters {
				if slices.Contains(e.signals, signal) {
					s.Destinations[signal] = append(s.Destinations[signal], e.name)
				}
			}
		}
		all = append(all, s)
	}
	return all
}

// Parse parses and compiles a document, with no other inputs.
func Parse(name string, data []byte) (*document.Document, Result, document.Diagnostics) {
	return Inputs{}.Parse(name, data)
}

// Parse parses and compiles a document. If it cannot be parsed, what it would
// compile to is not looked at: one mistake would show up as many.
func (in Inputs) Parse(name string, data []byte) (*document.Document, Result, document.Diagnostics) {
	d, found := document.Parse(name, data)
	if found.Failed() {
		return d, Result{}, found
	}
	r, more := in.Document(d)
	return d, r, append(found, more...).Sorted()
}

// compiler is the state of one compilation.
type compiler struct {
	doc      *document.Document
	settings settings
	config   tree
	origins  map[string]document.Place
	written  map[string][]document.Place
	found    document.Diagnostics

	exporters []exporter      // of the destinations, in order
	plans     []plan          // of the streams, in order
	inputs    map[string]bool // signals that a stream takes
	fanOuts   int             // streams that have several destinations for a signal
	storage   bool            // a destination has its queue on the disk
	held      bool            // the router holds traces until they are decided
	used      map[string]bool // destinations that a stream has
	parser    match.Parser
	received  map[string][]string // signals of the receivers, by their id
	reserves  []reserve           // of the exporters, in order
	budget    Budget
}

func (c *compiler) fail(at document.Place, remedy, format string, args ...any) {
	c.found = append(c.found, at.Diagnose(document.Error, remedy, format, args...))
}

func (c *compiler) warn(at document.Place, remedy, format string, args ...any) {
	c.found = append(c.found, at.Diagnose(document.Warning, remedy, format, args...))
}

// put sets a value of the configuration and notes where it comes from.
func (c *compiler) put(value any, from document.Place, path ...string) {
	c.config.put(plain(value), path...)
	c.origins[strings.Join(path, "::")] = from
}

// putWritten sets a component's configuration that the document has as it is
// written below some places, and notes where it comes from.
func (c *compiler) putWritten(config any, from document.Place, written []document.Place, section, id string) {
	c.put(config, from, section, id)
	if len(written) > 0 {
		c.written[section+"::"+id] = written
	}
}

// tree is a configuration.
type tree map[string]any

// put sets the value at a path.
func (t tree) put(value any, path ...string) {
	m := map[string]any(t)
	for _, key := range path[:len(path)-1] {
		child, ok := m[key].(map[string]any)
		if !ok {
			child = make(map[string]any)
			m[key] = child
		}
		m = child
	}
	m[path[len(path)-1]] = value
}

// merge lays other over t: mappings are merged, the list of extensions is
// extended, all else is replaced.
func (t tree) merge(other map[string]any) { mergeInto(t, other, "") }

func mergeInto(to, from map[string]any, path string) {
	for _, key := range slices.Sorted(maps.Keys(from)) {
		value, at := from[key], path+"::"+key
		switch old := to[key].(type) {
		case map[string]any:
			if m, ok := value.(map[string]any); ok {
				mergeInto(old, m, at)
				continue
			}
		case []any:
			if list, ok := value.([]any); ok && at == "::service::extensions" {
				to[key] = union(old, list)
				continue
			}
		}
		to[key] = plain(value)
	}
}

// plain copies a value, and makes all lists in it []any: the Collector resolves
// references in no others.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		m := make(map[string]any, len(v))
		for key, value := range v {
			m[key] = plain(value)
		}
		return m
	case []any:
		items := make([]any, len(v))
		for i := range v {
			items[i] = plain(v[i])
		}
		return items
	case []string:
		return list(v)
	default:
		return v
	}
}

func union(a, b []any) []any {
	all := slices.Clone(a)
	for _, v := range b {
		if !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return all
}

// list makes a list of a configuration.
func list[T any](items []T) []any {
	all := make([]any, len(items))
	for i, item := range items {
		all[i] = item
	}
	return all
}
