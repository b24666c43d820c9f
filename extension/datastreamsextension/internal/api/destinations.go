package api

import (
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

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
	// Health is how it is, and LastError why, if it ever failed.
	Health    Health     `json:"health"`
	LastError *LastError `json:"last_error,omitempty"`
}

// NewDestination is a destination to be made.
type NewDestination struct {
	Name string `json:"name"`
	Type string `json:"type"`
	// YAML is the exporter's configuration. Secrets stand in it as references; in
	// a change those that stay as they are may stand as they were shown.
	YAML    string   `json:"yaml"`
	Signals []string `json:"signals"`
	Queue   string   `json:"queue"`
}

func (s *Server) destinations(w http.ResponseWriter, _ *http.Request) error {
	now, d, err := s.read()
	if err != nil {
		return err
	}
	conditions := s.feed.Conditions()
	all := make([]Destination, len(d.Destinations))
	for i, e := range d.Destinations {
		all[i], err = s.destination(d, e)
		if err != nil {
			return err
		}
		if c, ok := conditions[e.Name]; ok {
			all[i].Health, all[i].LastError = c.Health, c.LastError
		}
	}
	w.Header().Set("ETag", etag(now.SHA256))
	return answer(w, http.StatusOK, all)
}

func (s *Server) destination(d *document.Document, e document.Entry[document.Destination]) (Destination, error) {
	config, _ := s.rules.Config(e.Value.Config, "destinations", e.Name, e.Value.Type)
	v := Destination{
		Name: e.Name, Type: e.Value.Type, Signals: orEmpty(e.Value.Signals), Queue: e.Value.Queue,
		Config: config, Streams: []string{}, Line: e.Place.Line, Health: HealthUnknown,
	}
	if len(config) > 0 {
		text, err := yaml.Marshal(config)
		if err != nil {
			return v, err
		}
		v.YAML = string(text)
	}
	for _, stream := range d.Streams {
		if slices.ContainsFunc(stream.Value.Destinations, func(r document.Reference) bool { return r.Name == e.Name }) {
			v.Streams = append(v.Streams, stream.Name)
		}
	}
	return v, nil
}

// create returns the change of the document that makes the destination.
func (s *Server) create(n *NewDestination, d *document.Document) (edit.Change, error) {
	if _, ok := d.Destinations.Get(n.Name); ok {
		return edit.Change{}, problem(http.StatusConflict, "There is a destination of that name", "choose another name")
	}
	whole, err := s.written(n, nil)
	if err != nil {
		return edit.Change{}, err
	}
	value, err := edit.Node(whole)
	return edit.Change{Path: []string{"destinations", n.Name}, Value: value}, err
}

// written is a destination as it stands in the document: with the secrets of
// before, which is its configuration so far, where it has what was shown of them.
func (s *Server) written(n *NewDestination, before map[string]any) (map[string]any, error) {
	var config map[string]any
	if err := yaml.Unmarshal([]byte(n.YAML), &config); err != nil {
		return nil, problem(http.StatusUnprocessableEntity, "The configuration is not valid YAML", err.Error())
	}
	if n.Type == "" {
		return nil, problem(http.StatusUnprocessableEntity, "The destination has no type", "name an exporter, such as parquet or otlp_grpc")
	}
	at := []string{"destinations", n.Name, n.Type}
	path := s.rules.Literal(config, at...)
	if path == "" {
		config, path = s.rules.Merge(config, before, at...)
	}
	if path != "" {
		return nil, secretProblem(strings.TrimPrefix(path, strings.Join(at, ".")+"."))
	}
	return entry(n.Type, config, n.Signals, n.Queue), nil
}

// secretProblem is that of a secret that is written out.
func secretProblem(path string) *Problem {
	return problem(http.StatusUnprocessableEntity, "A secret would stand in the document",
		fmt.Sprintf("write %s as a reference, such as ${env:NAME} or ${file:/run/secrets/name}", path))
}

// entry is a destination by the keys of the document.
func entry(kind string, config map[string]any, signals []string, queue string) map[string]any {
	if config == nil {
		config = map[string]any{}
	}
	whole := map[string]any{kind: config}
	if len(signals) > 0 {
		whole["signals"] = signals
	}
	if queue != "" {
		whole["queue"] = queue
	}
	return whole
}

func (s *Server) postDestination(w http.ResponseWriter, r *http.Request) error {
	var n NewDestination
	if err := body(w, r, &n); err != nil {
		return err
	}
	return s.commit(w, r, func(now Document) ([]byte, error) {
		d, _ := document.Parse(filepath.Base(now.Path), now.Data)
		c, err := s.create(&n, d)
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
		before, ok := d.Destinations.Get(key)
		if !ok {
			return nil, noDestination(key)
		}
		if n.Name != "" && n.Name != key {
			return nil, problem(http.StatusUnprocessableEntity, "A destination keeps its name", "what waits for it on the disk is kept under its name; make another one")
		}
		n.Name = key
		known := before.Config
		if n.Type != before.Type {
			known = nil
		}
		after, err := s.written(&n, known)
		if err != nil {
			return nil, err
		}
		return apply(now.Data, differences([]string{"destinations", key}, entry(before.Type, before.Config, before.Signals, before.Queue), after))
	})
}

// differences are the changes that make one mapping of the other, and leave
// alone what stays: comments beside it, and how secrets are written.
func differences(path []string, before, after map[string]any) []edit.Change {
	var set, removed []edit.Change
	for _, key := range slices.Sorted(maps.Keys(after)) {
		at := append(slices.Clone(path), key)
		old, wasMap := before[key].(map[string]any)
		now, isMap := after[key].(map[string]any)
		switch {
		case wasMap && isMap && len(old) > 0 && len(now) > 0:
			set = append(set, differences(at, old, now)...)
		case wasMap && isMap && len(old)+len(now) == 0, reflect.DeepEqual(before[key], after[key]):
		default:
			set = append(set, edit.Change{Path: at, Value: after[key]})
		}
	}
	for _, key := range slices.Sorted(maps.Keys(before)) {
		if _, ok := after[key]; !ok {
			removed = append(removed, edit.Change{Path: append(slices.Clone(path), key)})
		}
	}
	return append(set, removed...) // In this order no mapping is ever empty.
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
