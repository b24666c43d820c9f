package api

import (
	"net/http"
	"sync"
	"time"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/redact"
)

// Prefix is the path that all of the API is below.
const Prefix = "/api/v1"

// Server answers requests. Make it with New.
type Server struct {
	backend Backend
	feed    Feed
	build   Build
	mux     *http.ServeMux
	routes  []string
	rules   redact.Rules
	forms   func() []Form
}

// New returns the API of a collector.
func New(backend Backend, feed Feed, build Build) *Server {
	s := &Server{backend: backend, feed: feed, build: build, mux: http.NewServeMux(), rules: build.Rules}
	s.forms = sync.OnceValue(s.describe)
	s.handle("GET /session", s.session)
	s.handle("POST /session", s.login)
	s.handle("DELETE /session", s.logout)
	s.handle("GET /document", s.document)
	s.handle("PUT /document", s.putDocument)
	s.handle("GET /streams", s.streams)
	s.handle("POST /streams", s.postStream)
	s.handle("GET /streams/{key}", s.stream)
	s.handle("PATCH /streams/{key}", s.patchStream)
	s.handle("DELETE /streams/{key}", s.deleteStream)
	s.handle("GET /destinations", s.destinations)
	s.handle("POST /destinations", s.postDestination)
	s.handle("PUT /destinations/{key}", s.putDestination)
	s.handle("DELETE /destinations/{key}", s.deleteDestination)
	s.handle("POST /destinations/{key}/probe", s.probe)
	s.handle("GET /sources", s.sources)
	s.handle("GET /splits", s.splits)
	s.handle("POST /explain", s.explain)
	s.handle("GET /config", s.config)
	s.handle("GET /revisions", s.revisions)
	s.handle("GET /revisions/{number}", s.revision)
	s.handle("POST /revisions/{number}/restore", s.restore)
	s.handle("GET /components", s.components)
	s.handle("GET /events", s.events)
	s.mux.Handle(Prefix+"/", handler(func(_ http.ResponseWriter, r *http.Request) error {
		return problem(http.StatusNotFound, "There is no such thing", r.Method+" "+r.URL.Path)
	}))
	return s
}

func (s *Server) handle(route string, h handler) {
	method, path := splitRoute(route)
	s.routes = append(s.routes, route)
	s.mux.Handle(method+" "+Prefix+path, h)
}

// Routes are the routes of the API as "GET /streams/{key}".
func (s *Server) Routes() []string { return s.routes }

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		// The server has no deadline of its own for bodies: it would end events.
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(patience)) // Not all writers have one.
	}
	s.mux.ServeHTTP(w, r)
}

// events sends snapshots until the client or the server ends.
func (s *Server) events(w http.ResponseWriter, r *http.Request) error {
	snapshots, leave, err := s.feed.Listen()
	if err != nil {
		return problem(http.StatusServiceUnavailable, "Too many pages are open", err.Error())
	}
	defer leave()
	control := http.NewResponseController(w)
	if err := startEvents(w, control); err != nil {
		return nil //nolint:nilerr // The client is gone.
	}
	for {
		select {
		case <-r.Context().Done():
			return nil
		case text, ok := <-snapshots:
			if !ok || sendEvent(w, control, text) != nil {
				return nil
			}
		}
	}
}
