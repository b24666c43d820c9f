package document

import (
	"fmt"
	"time"

	"go.yaml.in/yaml/v3"
)

// Place is where a value stands in its document, and how keys lead there.
type Place struct {
	Position
	Path string
}

// Map is a mapping of names to values in the order of the document.
type Map[T any] []Entry[T]

// Entry is one value of a Map.
type Entry[T any] struct {
	Name  string
	Value T
	Place Place // of the name
}

// Get returns the value with that name.
func (m Map[T]) Get(name string) (T, bool) {
	e, ok := m.Entry(name)
	return e.Value, ok
}

// Entry returns the entry with that name.
func (m Map[T]) Entry(name string) (Entry[T], bool) {
	for i := range m {
		if m[i].Name == name {
			return m[i], true
		}
	}
	return Entry[T]{}, false
}

// Names returns the names in the order of the document.
func (m Map[T]) Names() []string {
	names := make([]string, len(m))
	for i := range m {
		names[i] = m[i].Name
	}
	return names
}

// Section is configuration of the Collector, which it checks itself.
type Section struct {
	Value map[string]any
	Place Place
}

// Action is one action: its kind and what it is told.
type Action struct {
	Kind  string
	Spec  *yaml.Node // nil for none
	Place Place
}

// Destination is an exporter: its type and configuration.
type Destination struct {
	Type    string         // of the Collector's exporter
	Config  map[string]any // of the exporter; nil for its defaults
	Signals []string       // what it takes; nil for all that the exporter takes
	Queue   string         // disk, memory or none; empty for the settings'
	Place   Place          // of the type
}

// Selector maps resource attributes to what their values must be, in the form
// of the router's configuration.
type Selector struct {
	Value map[string]any
	Place Place
	// Places are those of the keys of Value.
	Places map[string]Place
}

// At returns the place of a key, or of the whole selector if it has no such key.
func (s Selector) At(key string) Place {
	if p, ok := s.Places[key]; ok {
		return p
	}
	return s.Place
}

// Attributes are those of a resource.
type Attributes map[string]any

// Reference is a name of something that is defined elsewhere.
type Reference struct {
	Name  string
	Place Place
}

// Duration is a time span, and where it stands. Set is false where it is left out.
type Duration struct {
	time.Duration
	Set bool
}

// Endpoint is a host and a port to listen on. Text is empty where it is left out.
type Endpoint struct {
	Text  string
	Place Place
}

// Diagnose returns a diagnostic at the place.
func (p Place) Diagnose(severity Severity, remedy, format string, args ...any) Diagnostic {
	return Diagnostic{Severity: severity, Position: p.Position, Path: p.Path, Message: fmt.Sprintf(format, args...), Remedy: remedy}
}

// Below returns the place of what stands at p, by the path that a key of it has.
func (p Place) Below(key string) Place {
	p.Path = join(p.Path, key)
	return p
}

// Scoped is something about the attributes of resources, and something about
// those of items: spans, data points, log records. Written without these two
// keys it is about resources.
type Scoped[T any] struct {
	Resource, Items T
}

func (t *Test) setPlace(at Place) { t.Place = at }
