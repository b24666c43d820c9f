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
	// MaskProfiles are those of the document.
	MaskProfiles document.Map[document.Mask]
	Place        document.Place
}

// spec is the place of what an action of the kind is told.
func (s Site) spec(kind string) document.Place { return s.Place.Below(kind) }

// Component is a processor or a connector: its type, and its configuration.
type Component struct {
	Type   string
	Config map[string]any
	// Written are the places of the document that have Config as it is written
	// below them: what is not in the first of them is in the next. There are none
	// if it was made of something else.
	Written []document.Place
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
	// Config says that it is told the configuration of a component.
	Config bool
	// Text says what an action of the kind does, where its name does not say it all;
	// nil elsewhere.
	Text func(spec any, s Site) string
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

// Config returns what an action is told, as it is written, if that is the
// configuration of a component; and nil otherwise.
func Config(a document.Action) map[string]any {
	var config map[string]any
	if !kinds[a.Kind].Config || document.Decode(a.Spec, a.Place.Below(a.Kind), &config).Failed() {
		return nil
	}
	return config
}

// Compile turns an action into components.
func Compile(a document.Action, s Site) (Output, document.Diagnostics) {
	k, ok := kinds[a.Kind]
	if !ok {
		return Output{}, fail(s.Place, "", "unknown action %q%s", a.Kind, suggest.Among(a.Kind, slices.Sorted(maps.Keys(kinds))))
	}
	spec := k.Spec()
	if found := document.Decode(a.Spec, s.spec(a.Kind), spec); found.Failed() {
		return Output{}, found
	}
	return k.Compile(spec, s)
}

// Text returns what an action is called where people are told what is done: its
// kind, with what matters most of what it is told. The action must be one that
// compiles.
func Text(a document.Action, s Site) string {
	k, ok := kinds[a.Kind]
	if !ok || k.Text == nil {
		return a.Kind
	}
	spec := k.Spec()
	if document.Decode(a.Spec, s.spec(a.Kind), spec).Failed() {
		return a.Kind
	}
	return a.Kind + " (" + k.Text(spec, s) + ")"
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
