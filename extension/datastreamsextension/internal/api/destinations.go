package api

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document/edit"
)

// Destination is a destination as it is written in the document.
type Destination struct {
	Name    string         `json:"name"`
	Type    string         `json:"type"`
	Config  map[string]any `json:"config"`
	YAML    string         `json:"yaml"`
	Signals []string       `json:"signals"`
	Queue   string         `json:"queue"`
	Streams []string       `json:"streams"` // that deliver to it
	Line    int            `json:"line"`
}

// NewDestination is a destination to be made.
type NewDestination struct {
	Name string `json:"name"`
	Type string `json:"type"`
	// YAML is the exporter's configuration. Secrets stand in it as references.
	YAML    string   `json:"yaml"`
	Signals []string `json:"signals"`
	Queue   string   `json:"queue"`
}

func (s *Server) destinations(w http.ResponseWriter, _ *http.Request) error {
	now, d, err := s.read()
	if err != nil {
		return err
	}
	all := make([]Destination, len(d.Destinations))
	for i, e := range d.Destinations {
		all[i] = Destination{
			Name: e.Name, Type: e.Value.Type, Signals: orEmpty(e.Value.Signals), Queue: e.Value.Queue,
			Config: redacted(e.Value.Config), Streams: []string{}, Line: e.Place.Line,
		}
		if len(all[i].Config) > 0 {
			text, err := yaml.Marshal(all[i].Config)
			if err != nil {
				return err
			}
			all[i].YAML = string(text)
		}
		for _, stream := range d.Streams {
			if slices.ContainsFunc(stream.Value.Destinations, func(r document.Reference) bool { return r.Name == e.Name }) {
				all[i].Streams = append(all[i].Streams, stream.Name)
			}
		}
	}
	w.Header().Set("ETag", etag(now.SHA256))
	return answer(w, http.StatusOK, all)
}

// change is the change of the document that makes the destination.
func (n *NewDestination) change(d *document.Document) (edit.Change, error) {
	if _, ok := d.Destinations.Get(n.Name); ok {
		return edit.Change{}, problem(http.StatusConflict, "There is a destination of that name", "choose another name")
	}
	value, err := n.node()
	return edit.Change{Path: []string{"destinations", n.Name}, Value: value}, err
}

// node is the destination as it is written.
func (n *NewDestination) node() (*yaml.Node, error) {
	var config any
	if err := yaml.Unmarshal([]byte(n.YAML), &config); err != nil {
		return nil, problem(http.StatusUnprocessableEntity, "The configuration is not valid YAML", err.Error())
	}
	if config == nil {
		config = map[string]any{}
	}
	if path, ok := secret(config, ""); ok {
		return nil, problem(http.StatusUnprocessableEntity, "A secret would stand in the document",
			fmt.Sprintf("write %s as a reference, such as ${env:NAME} or ${file:/run/secrets/name}", path))
	}
	if n.Type == "" {
		return nil, problem(http.StatusUnprocessableEntity, "The destination has no type", "name an exporter, such as parquet or otlp_grpc")
	}
	whole := map[string]any{n.Type: config}
	if len(n.Signals) > 0 {
		whole["signals"] = n.Signals
	}
	if n.Queue != "" {
		whole["queue"] = n.Queue
	}
	return edit.Node(whole)
}

func (s *Server) postDestination(w http.ResponseWriter, r *http.Request) error {
	var n NewDestination
	if err := body(w, r, &n); err != nil {
		return err
	}
	return s.commit(w, r, func(now Document) ([]byte, error) {
		d, _ := document.Parse(filepath.Base(now.Path), now.Data)
		c, err := n.change(d)
		if err != nil {
			return nil, err
		}
		return apply(now.Data, []edit.Change{c})
	})
}

// putDestination changes a destination. Its name stays: data may wait under it.
func (s *Server) putDestination(w http.ResponseWriter, r *http.Request) error {
	var n NewDestination
	if err := body(w, r, &n); err != nil {
		return err
	}
	key := r.PathValue("key")
	return s.commit(w, r, func(now Document) ([]byte, error) {
		d, _ := document.Parse(filepath.Base(now.Path), now.Data)
		if _, ok := d.Destinations.Get(key); !ok {
			return nil, noDestination(key)
		}
		if n.Name != "" && n.Name != key {
			return nil, problem(http.StatusUnprocessableEntity, "A destination keeps its name", "what waits for it on the disk is kept under its name; make another one")
		}
		value, err := n.node()
		if err != nil {
			return nil, err
		}
		return apply(now.Data, []edit.Change{{Path: []string{"destinations", key}, Value: value}})
	})
}

// deleteDestination removes a destination that no stream has.
func (s *Server) deleteDestination(w http.ResponseWriter, r *http.Request) error {
	key := r.PathValue("key")
	return s.commit(w, r, func(now Document) ([]byte, error) {
		d, _ := document.Parse(filepath.Base(now.Path), now.Data)
		if _, ok := d.Destinations.Get(key); !ok {
			return nil, noDestination(key)
		}
		return apply(now.Data, []edit.Change{{Path: []string{"destinations", key}}})
	})
}

func noDestination(key string) *Problem {
	return problem(http.StatusNotFound, "There is no such destination", key)
}
