// Package action knows the actions of a document: what each is told and which
// components of the Collector it becomes. Every action is one file, which
// registers it; the schema, the documentation and the compiler take it from
// there.
package action

import (
	"fmt"
	"maps"
	"slices"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/suggest"
)

// Signals are the signals that actions are applied to, in order.
var Signals = []string{document.Traces, document.Metrics, document.Logs, document.Profiles}

// Site is where an action stands.
type Site struct {
	// Name is unique in the document, and the name of the action's components:
	// "checkout.2" is the second action of the stream checkout.
	Name string
	// Stream is empty for a global action.
	Stream string
	// Signals are those of the stream, or of all streams.
	Signals []string
	// Index counts the actions of the list before this one.
	Index int
	// Held says that the router holds traces, and decides over each once.
	Held bool
	// Destinations are the names of the destinations of the document.
	Destinations []string
	Place        document.Place
}

// Component is a processor or a connector: its type, and its configuration.
type Component struct {
	Type   string
	Config map[string]any
}

// ID returns the component's id at a site.
func (c Component) ID(s Site) string { return c.Type + "/" + s.Name }

// Output is what an action becomes.
type Output struct {
	// Processor is nil for none. Signals are those that it is applied to; nil for
	// all of the site.
	Processor *Component
	Signals   []string
	// Branch leads a copy of traces elsewhere; nil for none.
	Branch *Branch
	// Keep are rules of what the stream keeps, which the router asks.
	Keep []Rule
}

// Branch is a connector that turns traces into metrics for some destinations.
type Branch struct {
	Connector    Component
	Destinations []document.Reference
}

// Kind is one kind of action.
type Kind struct {
	Name string
	// Doc says what it does, in a sentence.
	Doc string
	// Examples are actions of this kind, as they stand in a list: "- sample: ...".
	Examples string
	// Spec returns a pointer to what it is told: a struct with the tags of
	// package document, or a type that decodes itself.
	Spec func() any
	// Compile turns a decoded Spec into components.
	Compile func(spec any, s Site) (Output, document.Diagnostics)
}

var kinds = make(map[string]Kind)

// register makes a kind known. It is called before main.
func register(k Kind) {
	if _, ok := kinds[k.Name]; ok {
		panic("action " + k.Name + " is registered twice")
	}
	kinds[k.Name] = k
}

// Kinds returns all kinds in the order of their names.
func Kinds() []Kind {
	var all []Kind
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		all = append(all, kinds[name])
	}
	return all
}

// Compile turns an action into components.
func Compile(a document.Action, s Site) (Output, document.Diagnostics) {
	k, ok := kinds[a.Kind]
	if !ok {
		return Output{}, fail(s.Place, "", "unknown action %q%s", a.Kind, suggest.Among(a.Kind, slices.Sorted(maps.Keys(kinds))))
	}
	spec := k.Spec()
	if found := document.Decode(a.Spec, s.Place, spec); found.Failed() {
		return Output{}, found
	}
	return k.Compile(spec, s)
}

func fail(at document.Place, remedy, format string, args ...any) document.Diagnostics {
	return document.Diagnostics{at.Diagnose(document.Error, remedy, format, args...)}
}

// perSignal returns the texts of each of the site's signals under the key that
// the component has for it.
func perSignal(texts map[string][]string, s Site, key func(signal string) string) map[string]any {
	config := make(map[string]any)
	for _, signal := range signalsOf(texts, s) {
		config[key(signal)] = texts[signal]
	}
	return config
}

// signalsOf returns the signals that have texts and are the site's.
func signalsOf(texts map[string][]string, s Site) []string {
	var signals []string
	for _, signal := range Signals {
		if len(texts[signal]) > 0 && slices.Contains(s.Signals, signal) {
			signals = append(signals, signal)
		}
	}
	return signals
}

// unused warns of texts for signals that the site does not have.
func unused(texts map[string][]string, s Site) document.Diagnostics {
	var found document.Diagnostics
	for _, signal := range Signals {
		if len(texts[signal]) > 0 && !slices.Contains(s.Signals, signal) {
			found = append(found, s.Place.Diagnose(document.Warning, fmt.Sprintf("remove %q, or let the stream take them", signal),
				"the action is for %s, which do not come here", signal))
		}
	}
	return found
}

// Specs describes all kinds, for the schema and the reference.
func Specs() []document.ActionSpec {
	var all []document.ActionSpec
	for _, k := range Kinds() {
		all = append(all, document.ActionSpec{Name: k.Name, Doc: k.Doc, Examples: k.Examples, Spec: k.Spec()})
	}
	return all
}
