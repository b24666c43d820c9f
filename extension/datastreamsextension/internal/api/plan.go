package api

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pmezard/go-difflib/difflib"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/feed"
	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/redact"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/change"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/compile"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/live"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/revision"
)

// Plan is what a change would do.
type Plan struct {
	// Kind is none, membership (at once, nothing stops) or graph (the pipelines
	// reload), and Summary the changes for people.
	Kind    change.Kind `json:"kind"`
	Summary []string    `json:"summary"`
	// Diff is that of the document, CompiledDiff that of the Collector's
	// configuration, both unified.
	Diff         string `json:"diff"`
	CompiledDiff string `json:"compiled_diff"`
	// Document is the changed document without secrets, SHA256 its hash with them.
	Document string `json:"document"`
	SHA256   string `json:"sha256"`
	// Warnings are what is allowed and hardly meant.
	Warnings document.Diagnostics `json:"warnings"`
	// Moves are the live sources whose streams change.
	Moves []Move `json:"moves"`
	// Doubles are the live sources that a destination gets more than once.
	Doubles []Double `json:"doubles"`
	// Splits are nil as long as no traces were sampled.
	Splits *SplitChange `json:"splits"`

	hidden int // secrets in Document
}

// Move is a source whose streams change.
type Move struct {
	Source string   `json:"source"`
	Rate   float64  `json:"rate"`
	Before []string `json:"before"`
	After  []string `json:"after"`
}

// Double is a source that several streams deliver to one destination.
type Double struct {
	Source      string   `json:"source"`
	Rate        float64  `json:"rate"`
	Destination string   `json:"destination"`
	Streams     []string `json:"streams"`
}

// plan compiles a changed document and compares it with the file and with what
// the collector runs by. A document with errors is a problem with them.
func (s *Server) plan(ctx context.Context, now Document, data []byte) (*Plan, *live.Revision, error) {
	name := filepath.Base(now.Path)
	d, compiled, found := live.Compile(name, data)
	if found.Failed() {
		p := problem(http.StatusUnprocessableEntity, "The document would have errors", "")
		p.Diagnostics = s.scrub(found, data)
		return nil, nil, p
	}
	found = s.scrub(found, data)
	next := &live.Revision{Data: data, SHA256: revision.Hash(data), Compiled: compiled, Warnings: found}
	before, _ := s.rules.Text(now.Data)
	shown, hidden := s.rules.Text(data)
	plan := &Plan{
		Kind: change.None, Summary: []string{}, Document: string(shown), SHA256: next.SHA256, hidden: hidden,
		Warnings: found, Moves: []Move{}, Doubles: []Double{},
		Diff: unified(name, string(before), string(shown)),
	}
	if plan.Warnings == nil {
		plan.Warnings = document.Diagnostics{}
	}
	if now.Applied != nil {
		c := change.Classify(now.Applied.Compiled, compiled)
		plan.Kind, plan.Summary = c.Kind, append(plan.Summary, c.Summary...)
		was, _ := s.rendered(now.Applied.Compiled)
		will, _ := s.rendered(compiled)
		plan.CompiledDiff = unified("collector.yaml", was, will)
		if err := s.check(ctx, now, next, plan); err != nil {
			return nil, nil, err
		}
	}
	view, err := feed.NewView(d)
	if err != nil {
		return nil, nil, problem(http.StatusUnprocessableEntity, "The selectors cannot be used", err.Error())
	}
	s.effects(plan, d, view)
	if s.mayResolve(now, next) {
		plan.Splits = s.splitChange(ctx, next)
	}
	return plan, next, nil
}

// check asks the Collector about a candidate that takes a reload.
func (s *Server) check(ctx context.Context, now Document, next *live.Revision, plan *Plan) error {
	if plan.Kind != change.Graph {
		return nil
	}
	if !s.mayResolve(now, next) {
		place := document.Place{Position: document.Position{File: filepath.Base(now.Path)}}
		plan.Warnings = append(plan.Warnings, place.Diagnose(document.Warning, "", "the Collector was not asked about it: "+
			"where the document cannot be changed, references that it does not have are not resolved"))
		return nil
	}
	if err := s.backend.Check(ctx, next); err != nil {
		return s.rejection(err, next)
	}
	return nil
}

// mayResolve reports whether the Collector may be asked about a candidate, which
// reads what its references lead to and quotes it in errors. Who may edit can
// have anything read; who may only try out changes must not thereby read files,
// the environment, or addresses that the collector can reach.
func (s *Server) mayResolve(now Document, next *live.Revision) bool {
	known := [][]byte{now.Data}
	if now.Applied != nil {
		known = append(known, now.Applied.Data)
	}
	return s.backend.Mode() == Edit || !redact.NewReferences(next.Data, known...)
}

// scrub takes the secrets of a document out of what is said of it.
func (s *Server) scrub(found document.Diagnostics, data []byte) document.Diagnostics {
	secrets := s.rules.Secrets(data, redact.Lookup)
	for i := range found {
		found[i].Message = redact.Message(found[i].Message, secrets)
		found[i].Remedy = redact.Message(found[i].Remedy, secrets)
	}
	return found
}

// rejection is what the Collector says of a candidate, as a problem. It may
// quote what it does not like.
func (s *Server) rejection(err error, candidate *live.Revision) *Problem {
	text := redact.Message(err.Error(), s.rules.Secrets(candidate.Data, redact.Lookup))
	p := problem(http.StatusUnprocessableEntity, "The collector would not run with it", text)
	if place, ok := candidate.Compiled.Locate(err.Error()); ok {
		p.Diagnostics = document.Diagnostics{place.Diagnose(document.Error, "", "%s", text)}
	}
	return p
}

// effects compares the streams of each live source with those that it would
// have.
func (s *Server) effects(plan *Plan, d *document.Document, view *feed.View) {
	for _, source := range s.feed.Sources() {
		attributes, err := attributesOf(source.Attributes)
		if err != nil {
			continue // A source without attributes that selectors could see.
		}
		streams, _ := view.Match(attributes)
		if !slices.Equal(streams, source.Streams) {
			plan.Moves = append(plan.Moves, Move{Source: source.ID, Rate: source.Rate, Before: source.Streams, After: streams})
		}
		plan.Doubles = append(plan.Doubles, doubles(d, source, streams)...)
	}
}

func doubles(d *document.Document, source feed.Source, streams []string) []Double {
	if d.Dedupe == document.PerDestination {
		return nil
	}
	takers := make(map[string][]string)
	for _, name := range streams {
		stream, _ := d.Streams.Get(name)
		for _, r := range stream.Destinations {
			takers[r.Name] = append(takers[r.Name], name)
		}
	}
	var all []Double
	for _, destination := range d.Destinations.Names() {
		if len(takers[destination]) > 1 {
			all = append(all, Double{Source: source.ID, Rate: source.Rate, Destination: destination, Streams: takers[destination]})
		}
	}
	return all
}

// rendered returns a configuration without its secrets, and how many it has.
func (s *Server) rendered(r compile.Result) (text string, hidden int) {
	whole, err := compile.YAML(r.Config)
	if err != nil {
		return "", 0
	}
	shown, hidden := s.rules.Text(whole)
	return string(shown), hidden
}

func unified(name, before, after string) string {
	if before == after {
		return ""
	}
	text, err := difflib.GetUnifiedDiffString(difflib.UnifiedDiff{
		A: difflib.SplitLines(before), B: difflib.SplitLines(after), FromFile: name, ToFile: name, Context: 3,
	})
	if err != nil {
		return ""
	}
	return strings.ReplaceAll(text, "\n\n\\ ", "\n\\ ")
}

// commit plans a change and, unless it is only tried out, writes it.
func (s *Server) commit(w http.ResponseWriter, r *http.Request, edit func(Document) ([]byte, error)) error {
	now, err := s.backend.Document()
	if err != nil {
		return err
	}
	dry := r.URL.Query().Has("dry_run")
	if err := s.expect(r, now, dry); err != nil {
		return err
	}
	data, err := edit(now)
	if err != nil {
		return err
	}
	plan, _, err := s.plan(r.Context(), now, data)
	if err != nil {
		return err
	}
	setHidden(w, plan.hidden)
	if dry {
		return answer(w, http.StatusOK, plan)
	}
	err = s.backend.Write(now.SHA256, data)
	if errors.Is(err, ErrStale) {
		return stale(now)
	}
	if err != nil {
		return err
	}
	w.Header().Set("ETag", etag(plan.SHA256))
	return answer(w, http.StatusAccepted, plan)
}

// expect reports whether the client may write, and knows what it changes.
func (s *Server) expect(r *http.Request, now Document, dry bool) error {
	match := r.Header.Get("If-Match")
	if match != "" && match != "*" && match != etag(now.SHA256) {
		return stale(now)
	}
	if dry {
		return nil
	}
	switch s.backend.Mode() {
	case Edit:
	case Propose:
		return problem(http.StatusForbidden, "The document cannot be written here", "ask with ?dry_run for the changed document, and put it where the collector gets it from")
	default:
		return problem(http.StatusForbidden, "Nothing can be changed here", "the API is read-only")
	}
	if match == "" {
		return problem(http.StatusPreconditionRequired, "If-Match is missing", "name the document that you change by its ETag")
	}
	return nil
}

func stale(now Document) *Problem {
	p := problem(http.StatusPreconditionFailed, "The document has changed meanwhile", "load it again, and make your change to it")
	p.SHA256 = now.SHA256
	return p
}

func etag(sha256 string) string { return `"` + sha256 + `"` }
