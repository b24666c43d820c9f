package explain

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/match"
)

const (
	// maxMisses is how many near misses of a stream an answer has.
	maxMisses = 3
	// maxLost is how many streams are shown for a resource that none takes.
	maxLost = 5
	// maxShown is how much of a value is shown, in bytes.
	maxShown = 120
)

// Answer is what becomes of a resource.
type Answer struct {
	// Signal is empty if streams of all signals were asked.
	Signal     string         `json:"signal,omitempty"`
	Attributes map[string]any `json:"attributes"`
	// Actions are those for all data, which come before any stream's, in order; the
	// masking with what it looks for.
	Actions []string `json:"actions,omitempty"`
	// Taken are the names of the streams that take the resource, in order.
	Taken   []string `json:"taken"`
	Streams []Stream `json:"streams"`
	// Traces says what becomes of the rest of a trace that the resource is part
	// of; empty where every resource goes its own way, or no traces are asked for.
	Traces string `json:"traces,omitempty"`
	// Duplicates are the destinations that get the resource more than once.
	Duplicates []Duplicate `json:"duplicates,omitempty"`
}

// Stream says why a stream takes a resource or not, and what follows.
type Stream struct {
	Name    string        `json:"name"`
	Title   string        `json:"title,omitempty"`
	Outcome match.Outcome `json:"outcome"`
	// By is the stream that takes the resource instead.
	By string `json:"by,omitempty"`
	// Paused says that what the stream takes is dropped.
	Paused bool `json:"paused,omitempty"`
	// Line is where the document defines the stream.
	Line int `json:"line"`
	// Source and Exclude are the entries that hold.
	Source     *Entry  `json:"source,omitempty"`
	Exclude    *Entry  `json:"exclude,omitempty"`
	NearMisses []Entry `json:"near_misses,omitempty"`
	// Keep are the rules by which a stream that takes the resource keeps traces, in
	// words, in order; without any it keeps all.
	Keep []string `json:"keep,omitempty"`
	// Actions and Destinations are those of a stream that takes the resource; the
	// actions in the form of the answer's.
	Actions      []string      `json:"actions,omitempty"`
	Destinations []Destination `json:"destinations,omitempty"`
}

// Destination is where a stream delivers which signals of a resource.
type Destination struct {
	Name    string   `json:"name"`
	Signals []string `json:"signals"`
}

// Duplicate is a destination that several streams deliver the same data to.
type Duplicate struct {
	Destination string   `json:"destination"`
	Signal      string   `json:"signal"`
	Streams     []string `json:"streams"`
}

// Entry is an entry of sources or exclude, and what speaks for it and against.
type Entry struct {
	Index  int      `json:"index"`
	Line   int      `json:"line"`
	Held   []string `json:"held,omitempty"`
	Failed []string `json:"failed,omitempty"`
}

// finding puts what a term wants and what there is into words.
func finding(f match.Finding, wants string) string {
	switch {
	case f.Err != nil:
		return fmt.Sprintf("condition cannot be evaluated: %s: %v", f.Want, f.Err)
	case f.Condition && wants == "wants":
		return "condition does not hold: " + f.Want
	case f.Condition:
		return "condition holds: " + f.Want
	}
	found := "absent"
	if f.Present {
		found = strconv.Quote(f.Value[:min(len(f.Value), maxShown)])
	}
	return fmt.Sprintf("%s is %s, %s %s", f.Key, found, wants, f.Want)
}

// WriteText writes the answer for people: streams that have to do with the
// resource, or all of them, in the order of the document.
func (a Answer) WriteText(w io.Writer, all bool) error {
	t := &text{}
	t.line(0, "%s", a.title())
	if len(a.Actions) > 0 {
		t.line(1, "actions for all data: %s", strings.Join(a.Actions, ", "))
	}
	lost := 0
	for _, s := range a.Streams {
		near := len(s.NearMisses) > 0 && len(s.NearMisses[0].Held) > 0
		if len(a.Taken) == 0 && lost < maxLost { // Whatever might help.
			near = true
			lost++
		}
		if all || near || s.Outcome != match.NoMatch {
			t.stream(s)
		}
	}
	if len(a.Taken) == 0 {
		t.line(1, "no stream takes it: it is dropped, and counted as unmatched")
	}
	if a.Traces != "" {
		t.line(1, "traces: %s", a.Traces)
	}
	for _, d := range a.Duplicates {
		t.line(1, "twice: destination %s gets the %s from %s", d.Destination, d.Signal, strings.Join(d.Streams, " and "))
	}
	_, err := io.WriteString(w, t.String())
	return err
}

func (a Answer) title() string {
	var attributes []string
	for _, key := range slices.Sorted(maps.Keys(a.Attributes)) {
		attributes = append(attributes, fmt.Sprintf("%s=%v", key, a.Attributes[key]))
	}
	title := "resource " + strings.Join(attributes, " ")
	if len(attributes) == 0 {
		title = "resource without attributes"
	}
	if a.Signal != "" {
		title += " (" + a.Signal + ")"
	}
	return title
}

type text struct{ strings.Builder }

func (t *text) line(indent int, format string, args ...any) {
	t.WriteString(strings.Repeat("  ", indent))
	fmt.Fprintf(t, format, args...)
	t.WriteByte('\n')
}

func (t *text) stream(s Stream) {
	t.line(1, "%s: %s", s.Name, verdict(s))
	if s.Exclude != nil {
		t.entry("exclude", *s.Exclude)
	} else if s.Source != nil {
		t.entry("sources", *s.Source)
	}
	for _, miss := range s.NearMisses {
		t.entry("sources", miss)
	}
	for _, rule := range s.Keep {
		t.line(2, "keeps %s", rule)
	}
	if len(s.Actions) > 0 {
		t.line(2, "actions: %s", strings.Join(s.Actions, ", "))
	}
	for _, d := range s.Destinations {
		t.line(2, "-> %s (%s)", d.Name, strings.Join(d.Signals, ", "))
	}
}

func verdict(s Stream) string {
	switch s.Outcome {
	case match.Taken, match.TakenByDefault:
		if s.Paused {
			return "takes it, and drops it, because the stream is paused"
		}
		if s.Outcome == match.TakenByDefault {
			return "takes it, because no other stream does"
		}
		return "takes it"
	case match.Observed:
		return "would take it, and only observes"
	case match.Excluded:
		return "excludes it"
	case match.Beaten:
		return "would take it, but " + s.By + " comes first"
	case match.Standby:
		return "is not needed, because " + s.By + " takes it"
	default:
		return "does not take it"
	}
}

func (t *text) entry(list string, e Entry) {
	t.line(2, "%s[%d], line %d:", list, e.Index, e.Line)
	for _, f := range append(slices.Clone(e.Failed), e.Held...) {
		t.line(3, "%s", f)
	}
}
