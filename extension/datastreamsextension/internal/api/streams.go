package api

import (
	"net/http"
	"path/filepath"

	"go.yaml.in/yaml/v3"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document/edit"
)

// Stream is a stream as it is written in the document.
type Stream struct {
	Key          string           `json:"key"`
	Title        string           `json:"title"`
	Description  string           `json:"description"`
	Default      bool             `json:"default"`
	Sources      []map[string]any `json:"sources"`
	Exclude      []map[string]any `json:"exclude"`
	Signals      []string         `json:"signals"`
	Actions      []any            `json:"actions"`
	Destinations []string         `json:"destinations"`
	Mode         string           `json:"mode"`
	Line         int              `json:"line"`
}

// StreamChange is what is to change of a stream. What is nil stays; what is
// empty is removed from the document.
type StreamChange struct {
	Title        *string           `json:"title"`
	Description  *string           `json:"description"`
	Sources      *[]map[string]any `json:"sources"`
	Exclude      *[]map[string]any `json:"exclude"`
	Signals      *[]string         `json:"signals"`
	Actions      *[]any            `json:"actions"`
	Destinations *[]string         `json:"destinations"`
	Mode         *string           `json:"mode"`
}

// NewStream is a stream to be made.
type NewStream struct {
	Key string `json:"key"`
	StreamChange
	// Destination is made as well, if it is not nil.
	Destination *NewDestination `json:"destination"`
}

// read reads and parses the file. What could be read of a document with errors
// is returned as well.
func (s *Server) read() (Document, *document.Document, error) {
	now, err := s.backend.Document()
	if err != nil {
		return Document{}, nil, err
	}
	d, _ := document.Parse(filepath.Base(now.Path), now.Data)
	return now, d, nil
}

// streams answers with all streams in their order.
func (s *Server) streams(w http.ResponseWriter, _ *http.Request) error {
	now, d, err := s.read()
	if err != nil {
		return err
	}
	all := make([]Stream, len(d.Streams))
	for i, e := range d.Streams {
		all[i] = s.streamOf(e)
	}
	w.Header().Set("ETag", etag(now.SHA256))
	return answer(w, http.StatusOK, all)
}

func (s *Server) stream(w http.ResponseWriter, r *http.Request) error {
	now, d, err := s.read()
	if err != nil {
		return err
	}
	for _, e := range d.Streams {
		if e.Name == r.PathValue("key") {
			w.Header().Set("ETag", etag(now.SHA256))
			return answer(w, http.StatusOK, s.streamOf(e))
		}
	}
	return noStream(r)
}

func noStream(r *http.Request) *Problem {
	return problem(http.StatusNotFound, "There is no such stream", r.PathValue("key"))
}

func (s *Server) streamOf(e document.Entry[document.Stream]) Stream {
	v := Stream{
		Key: e.Name, Title: e.Value.Title, Description: e.Value.Description, Default: e.Name == document.Default,
		Sources: selectorsOf(e.Value.Sources), Exclude: selectorsOf(e.Value.Exclude), Signals: orEmpty(e.Value.Signals),
		Actions: []any{}, Destinations: []string{}, Mode: e.Value.Mode, Line: e.Place.Line,
	}
	if v.Mode == "" {
		v.Mode = "deliver"
	}
	for _, a := range e.Value.Actions {
		shown, _ := s.shownAction(a)
		v.Actions = append(v.Actions, shown)
	}
	for _, r := range e.Value.Destinations {
		v.Destinations = append(v.Destinations, r.Name)
	}
	return v
}

func selectorsOf(all []document.Selector) []map[string]any {
	list := make([]map[string]any, len(all))
	for i, s := range all {
		list[i] = s.Value
	}
	return list
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// changes are those of the document that make the change of a stream.
func (c StreamChange) changes(key string) []edit.Change {
	var all []edit.Change
	set := func(field string, given, empty bool, value any) {
		if !given {
			return
		}
		if empty {
			value = nil
		}
		all = append(all, edit.Change{Path: []string{"streams", key, field}, Value: value})
	}
	set("title", c.Title != nil, c.Title == nil || *c.Title == "", c.Title)
	set("description", c.Description != nil, c.Description == nil || *c.Description == "", c.Description)
	set("sources", c.Sources != nil, c.Sources == nil || len(*c.Sources) == 0, c.Sources)
	set("exclude", c.Exclude != nil, c.Exclude == nil || len(*c.Exclude) == 0, c.Exclude)
	set("signals", c.Signals != nil, c.Signals == nil || len(*c.Signals) == 0, c.Signals)
	set("actions", c.Actions != nil, c.Actions == nil || len(*c.Actions) == 0, c.Actions)
	set("destinations", c.Destinations != nil, c.Destinations == nil || len(*c.Destinations) == 0, c.Destinations)
	set("mode", c.Mode != nil, c.Mode == nil || *c.Mode == "" || *c.Mode == "deliver", c.Mode)
	return all
}

// postStream makes a stream. One that is there is never merged with another.
func (s *Server) postStream(w http.ResponseWriter, r *http.Request) error {
	var n NewStream
	if err := body(w, r, &n); err != nil {
		return err
	}
	return s.commit(w, r, func(now Document) ([]byte, error) {
		d, _ := document.Parse(filepath.Base(now.Path), now.Data)
		if _, ok := d.Streams.Get(n.Key); ok {
			return nil, problem(http.StatusConflict, "There is a stream of that name", "choose another name, or change that stream")
		}
		if err := s.restoreActions(n.Actions, nil); err != nil {
			return nil, err
		}
		var changes []edit.Change
		if n.Destination != nil {
			c, err := s.create(n.Destination, d)
			if err != nil {
				return nil, err
			}
			changes = append(changes, c)
		}
		whole := make(map[string]any)
		for _, c := range n.changes(n.Key) {
			if c.Value != nil {
				whole[c.Path[2]] = c.Value
			}
		}
		value, err := inOrder(whole)
		if err != nil {
			return nil, err
		}
		changes = append(changes, edit.Change{Path: []string{"streams", n.Key}, Value: value, Before: document.Default})
		return apply(now.Data, changes)
	})
}

// streamKeys are the keys of a stream in the order that people write them in.
var streamKeys = []string{"title", "description", "sources", "exclude", "signals", "actions", "destinations", "mode"}

// inOrder returns a stream with its keys in that order.
func inOrder(whole map[string]any) (*yaml.Node, error) {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for _, key := range streamKeys {
		v, ok := whole[key]
		if !ok {
			continue
		}
		value, err := edit.Node(v)
		if err != nil {
			return nil, err
		}
		name := &yaml.Node{}
		name.SetString(key)
		n.Content = append(n.Content, name, value)
	}
	return n, nil
}

// apply makes changes; what cannot be edited is the client's problem.
func apply(data []byte, changes []edit.Change) ([]byte, error) {
	next, err := edit.Apply(data, changes...)
	if err != nil {
		return nil, problem(http.StatusUnprocessableEntity, "The document cannot be changed like that", err.Error())
	}
	return next, nil
}

// patchStream changes what is named of a stream.
func (s *Server) patchStream(w http.ResponseWriter, r *http.Request) error {
	var c StreamChange
	if err := body(w, r, &c); err != nil {
		return err
	}
	return s.commit(w, r, func(now Document) ([]byte, error) {
		d, _ := document.Parse(filepath.Base(now.Path), now.Data)
		before, ok := d.Streams.Get(r.PathValue("key"))
		if !ok {
			return nil, noStream(r)
		}
		if err := s.restoreActions(c.Actions, before.Actions); err != nil {
			return nil, err
		}
		return apply(now.Data, c.changes(r.PathValue("key")))
	})
}

// deleteStream removes a stream, and nothing else: destinations stay.
func (s *Server) deleteStream(w http.ResponseWriter, r *http.Request) error {
	return s.commit(w, r, func(now Document) ([]byte, error) {
		d, _ := document.Parse(filepath.Base(now.Path), now.Data)
		if _, ok := d.Streams.Get(r.PathValue("key")); !ok {
			return nil, noStream(r)
		}
		return apply(now.Data, []edit.Change{{Path: []string{"streams", r.PathValue("key")}}})
	})
}
