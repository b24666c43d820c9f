// Package explain answers for a document which streams a resource belongs to,
// and why: by the same matching that the router does, but with what the document
// says of actions and destinations.
package explain

import (
	"errors"
	"fmt"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/compile"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/compile/action"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/match"
)

// Explainer explains one document. It is safe for concurrent use.
type Explainer struct {
	doc     *document.Document
	streams []compile.Stream
	rules   []match.Stream
	mode    match.Mode
}

// New returns an explainer of a document that compiled without an error. lookup
// finds the environment variables that selectors refer to. The error names the
// selectors that make no sense with their values.
func New(d *document.Document, r compile.Result, lookup func(name string) (string, bool)) (*Explainer, error) {
	if len(r.Streams) != len(d.Streams) {
		return nil, errors.New("the document does not compile")
	}
	x := &Explainer{doc: d, streams: r.Streams}
	if d.Match == document.First {
		x.mode = match.FirstStream
	}
	parser := compile.Selectors()
	var errs []error
	for i := range d.Streams {
		s := &d.Streams[i]
		rules := match.Stream{Default: s.Name == document.Default, Observe: s.Value.Mode == document.Observe}
		for _, list := range []struct {
			from []document.Selector
			to   *[]match.Clause
		}{{s.Value.Sources, &rules.Select}, {s.Value.Exclude, &rules.Exclude}} {
			for _, selector := range list.from {
				entry := expand(selector.Value, lookup).(map[string]any)
				clause, err := parser.Clause(entry)
				if err != nil {
					errs = append(errs, fmt.Errorf("%s: %s: %w", selector.Place.Position, selector.Place.Path, err))
				}
				*list.to = append(*list.to, clause)
			}
		}
		x.rules = append(x.rules, rules)
	}
	return x, errors.Join(errs...)
}

// expand resolves the references of a selector.
func expand(v any, lookup func(name string) (string, bool)) any {
	switch v := v.(type) {
	case string:
		return document.ExpandEnv(v, lookup)
	case []any:
		items := make([]any, len(v))
		for i := range v {
			items[i] = expand(v[i], lookup)
		}
		return items
	case map[string]any:
		m := make(map[string]any, len(v))
		for key, value := range v {
			m[key] = expand(value, lookup)
		}
		return m
	default:
		return v
	}
}

// Explain tells what becomes of a resource of the signal; of any signal, if it
// is empty. The resource is read only.
func (x *Explainer) Explain(resource pcommon.Resource, signal string) Answer {
	var seated []int // Numbers of streams in the document.
	var rules []match.Stream
	for i, s := range x.streams {
		if signal == "" || x.rules[i].Observe || slices.Contains(s.Signals, signal) {
			seated = append(seated, i)
			rules = append(rules, x.rules[i])
		}
	}
	explained := match.Compile(rules, x.mode).Explain(resource)
	a := Answer{Signal: signal, Attributes: resource.Attributes().AsRaw(), Taken: []string{}, Actions: x.actions(x.doc.Actions)}
	for n, e := range explained.Streams {
		s := x.stream(seated[n], e, signal)
		if e.By >= 0 {
			s.By = x.streams[seated[e.By]].Name
		}
		a.Streams = append(a.Streams, s)
	}
	for _, n := range explained.Taken {
		a.Taken = append(a.Taken, x.streams[seated[n]].Name)
	}
	a.Duplicates = x.duplicates(a)
	a.Traces = x.traces(signal)
	return a
}

// actions says what is done by actions, in order.
func (x *Explainer) actions(all []document.Action) []string {
	var texts []string
	for _, a := range all {
		texts = append(texts, action.Text(a, action.Site{MaskProfiles: x.doc.MaskProfiles, Place: a.Place}))
	}
	return texts
}

// traces says what becomes of the rest of a trace. Resources are explained one by
// one, so that this cannot be told of a resource alone.
func (x *Explainer) traces(signal string) string {
	t := &x.doc.Settings.Traces
	follow := t.Logs == document.FollowTrace
	if signal != "" && signal != document.Traces && (signal != document.Logs || !follow) {
		return ""
	}
	var text string
	switch t.Integrity {
	case document.Root:
		text = "the whole trace follows the resource of its root span: other streams get nothing of it"
	case document.Any:
		text = "the whole trace follows each of its resources: the streams of any of them get all of it"
	default:
		if !follow {
			return ""
		}
		text = "every resource goes its own way"
	}
	if follow {
		text += "; log records with a trace id go where their trace goes"
	}
	return text
}

func (x *Explainer) stream(i int, e match.StreamExplanation, signal string) Stream {
	from := &x.doc.Streams[i]
	s := Stream{
		Name: from.Name, Title: from.Value.Title, Outcome: e.Outcome, Paused: from.Value.Mode == document.Paused,
		Line: from.Place.Line,
	}
	if e.Select != nil {
		s.Source = entry(from.Value.Sources, *e.Select)
	}
	if e.Exclude != nil {
		s.Exclude = entry(from.Value.Exclude, *e.Exclude)
	}
	for _, miss := range e.NearMisses[:min(len(e.NearMisses), maxMisses)] {
		s.NearMisses = append(s.NearMisses, *entry(from.Value.Sources, miss))
	}
	if e.Outcome != match.Taken && e.Outcome != match.TakenByDefault {
		return s
	}
	if signal == "" || signal == document.Traces {
		s.Keep = x.streams[i].Keep
	}
	s.Actions = x.actions(from.Value.Actions)
	for _, name := range from.Value.Destinations {
		d := Destination{Name: name.Name}
		for _, sig := range x.streams[i].Signals {
			if (signal == "" || sig == signal) && slices.Contains(x.streams[i].Destinations[sig], name.Name) {
				d.Signals = append(d.Signals, sig)
			}
		}
		if len(d.Signals) > 0 {
			s.Destinations = append(s.Destinations, d)
		}
	}
	return s
}

// duplicates returns the destinations that several streams deliver the resource
// to, by what they have in common.
func (x *Explainer) duplicates(a Answer) []Duplicate {
	if x.doc.Dedupe == document.PerDestination {
		return nil
	}
	var all []Duplicate
	for _, name := range x.doc.Destinations.Names() {
		bySignal := make(map[string][]string)
		for _, s := range a.Streams {
			for _, d := range s.Destinations {
				for _, sig := range d.Signals {
					if d.Name == name && !s.Paused {
						bySignal[sig] = append(bySignal[sig], s.Name)
					}
				}
			}
		}
		for _, sig := range []string{document.Traces, document.Metrics, document.Logs, document.Profiles} {
			if len(bySignal[sig]) > 1 {
				all = append(all, Duplicate{Destination: name, Signal: sig, Streams: bySignal[sig]})
			}
		}
	}
	return all
}

func entry(from []document.Selector, e match.Entry) *Entry {
	out := &Entry{Index: e.Index, Line: from[e.Index].Place.Line}
	for _, f := range e.Held {
		out.Held = append(out.Held, finding(f, "as in"))
	}
	for _, f := range e.Failed {
		out.Failed = append(out.Failed, finding(f, "wants"))
	}
	return out
}
