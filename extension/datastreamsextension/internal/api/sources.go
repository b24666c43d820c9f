package api

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/feed"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
)

// sources answers with the sources that are known: ?q= is part of the name,
// ?unassigned keeps those that only the default stream takes, or none.
func (s *Server) sources(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	text := strings.ToLower(q.Get("q"))
	all := []feed.Source{}
	for _, source := range s.feed.Sources() {
		if !strings.Contains(strings.ToLower(source.ID), text) || q.Has("unassigned") && assigned(source) {
			continue
		}
		all = append(all, source)
	}
	return answer(w, http.StatusOK, all)
}

func assigned(source feed.Source) bool {
	return slices.ContainsFunc(source.Streams, func(name string) bool { return name != document.Default })
}

// maxPayload and maxResources bound what is explained at once.
const (
	maxPayload   = 5 << 20
	maxResources = 500
)

// Explanation is where a resource goes.
type Explanation struct {
	Resource     map[string]any `json:"resource"`
	Streams      []string       `json:"streams"`
	Observers    []string       `json:"observers"`
	Destinations []string       `json:"destinations"`
	// Text says for each stream why it takes the resource, or why not.
	Text string `json:"text"`
}

// explain tells where resources go: those of an OTLP payload as JSON, or that of
// {"resource": {...}}.
func (s *Server) explain(w http.ResponseWriter, r *http.Request) error {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPayload))
	if err != nil {
		return err
	}
	resources, err := resourcesOf(data)
	if err != nil {
		return problem(http.StatusBadRequest, "The request cannot be read", err.Error())
	}
	_, d, err := s.read()
	if err != nil {
		return err
	}
	view, err := feed.NewView(d)
	if err != nil {
		return problem(http.StatusUnprocessableEntity, "The document has errors", err.Error())
	}
	all := make([]Explanation, len(resources))
	for i, resource := range resources {
		streams, observers := view.Match(resource.Attributes())
		_, text := view.Explain(resource)
		all[i] = Explanation{Resource: resource.Attributes().AsRaw(), Streams: streams, Observers: observers, Destinations: []string{}, Text: text}
		for _, name := range d.Destinations.Names() {
			if slices.ContainsFunc(streams, func(stream string) bool { return delivers(d, stream, name) }) {
				all[i].Destinations = append(all[i].Destinations, name)
			}
		}
	}
	return answer(w, http.StatusOK, all)
}

func delivers(d *document.Document, stream, destination string) bool {
	s, _ := d.Streams.Get(stream)
	return slices.ContainsFunc(s.Destinations, func(r document.Reference) bool { return r.Name == destination })
}

// resourcesOf reads the resources of a payload of any signal.
func resourcesOf(data []byte) ([]pcommon.Resource, error) {
	var shape map[string]json.RawMessage
	if err := json.Unmarshal(data, &shape); err != nil {
		return nil, err
	}
	var all []pcommon.Resource
	var err error
	switch {
	case shape["resource"] != nil:
		var r pcommon.Resource
		r, err = oneResource(shape["resource"])
		all = append(all, r)
	case shape["resourceSpans"] != nil:
		var d ptrace.Traces
		if d, err = (&ptrace.JSONUnmarshaler{}).UnmarshalTraces(data); err == nil {
			for _, r := range d.ResourceSpans().All() {
				all = append(all, r.Resource())
			}
		}
	case shape["resourceMetrics"] != nil:
		var d pmetric.Metrics
		if d, err = (&pmetric.JSONUnmarshaler{}).UnmarshalMetrics(data); err == nil {
			for _, r := range d.ResourceMetrics().All() {
				all = append(all, r.Resource())
			}
		}
	case shape["resourceLogs"] != nil:
		var d plog.Logs
		if d, err = (&plog.JSONUnmarshaler{}).UnmarshalLogs(data); err == nil {
			for _, r := range d.ResourceLogs().All() {
				all = append(all, r.Resource())
			}
		}
	default:
		err = errors.New(`it is neither OTLP as JSON nor {"resource": {"service.name": "..."}}`)
	}
	return all[:min(len(all), maxResources)], err
}

func oneResource(data []byte) (pcommon.Resource, error) {
	r := pcommon.NewResource()
	var attributes map[string]any
	if err := json.Unmarshal(data, &attributes); err != nil {
		return r, err
	}
	return r, r.Attributes().FromRaw(attributes)
}

func attributesOf(raw map[string]any) (pcommon.Map, error) {
	m := pcommon.NewMap()
	return m, m.FromRaw(raw)
}
