// Package health remembers what exporters say of themselves: the status that
// they report to the Collector, and what they log when they cannot deliver,
// which most of them report to nobody.
package health

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
)

const (
	// Capacity is how many exporters are remembered at most.
	Capacity = 512
	// maxMessage bounds what is kept of an error, in bytes.
	maxMessage = 4 << 10
)

// Failure is an error of an exporter.
type Failure struct {
	Time time.Time
	// Message may hold secrets, if the exporter's error does.
	Message string
	// Dropped says that data was given up, and not only delayed.
	Dropped bool
}

// State is what is known of an exporter.
type State struct {
	// Status is the last one that was reported. None: it does not run.
	Status componentstatus.Status
	// Failure is the last one. Its time is zero if there was none.
	Failure Failure
}

// Watch remembers the states of exporters by their ids. It is safe for
// concurrent use. Make it with New.
type Watch struct {
	now func() time.Time

	mu sync.Mutex
	of map[string]*State
}

// New returns a watch that knows nothing yet.
func New() *Watch { return &Watch{now: time.Now, of: make(map[string]*State)} }

// State returns what is known of an exporter.
func (w *Watch) State(id string) State {
	w.mu.Lock()
	defer w.mu.Unlock()
	if s := w.of[id]; s != nil {
		return *s
	}
	return State{}
}

// stateLocked returns the state of an exporter to be changed, or nil if there is
// no room for it.
func (w *Watch) stateLocked(id string) *State {
	s := w.of[id]
	if s == nil && len(w.of) < Capacity {
		s = &State{}
		w.of[id] = s
	}
	return s
}

// Status notes a status that a component has reported.
func (w *Watch) Status(source *componentstatus.InstanceID, event *componentstatus.Event) {
	if source.Kind() != component.KindExporter {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.stateLocked(source.ComponentID().String())
	if s == nil {
		return
	}
	switch s.Status = event.Status(); {
	case s.Status == componentstatus.StatusStopped:
		s.Status = componentstatus.StatusNone
	case event.Err() != nil:
		s.Failure = Failure{Time: event.Timestamp(), Message: cut(event.Err().Error()), Dropped: s.Status != componentstatus.StatusRecoverableError}
	}
}

// entry is what a line of the Collector's log says that matters here.
type entry struct {
	Message string `json:"msg"`
	ID      string `json:"otelcol.component.id"`
	Kind    string `json:"otelcol.component.kind"`
	Error   string `json:"error"`
}

// What the lines have that exporters log when they fail, and one that is no
// failure.
var (
	failed   = []byte("Exporting failed.")
	dropping = []string{"Dropping data", "Rejecting data", "no more retries left"}
	shutdown = "interrupted due to shutdown"
)

// Line notes a line of the Collector's log, in either of its encodings. Lines
// that do not matter cost a search in their text.
func (w *Watch) Line(line []byte) {
	if !bytes.Contains(line, failed) {
		return
	}
	e, ok := parse(line)
	if !ok || e.ID == "" || !strings.EqualFold(e.Kind, "exporter") || e.Error == "" || strings.Contains(e.Error, shutdown) {
		return
	}
	f := Failure{Time: w.now(), Message: cut(e.Error)}
	for _, d := range dropping {
		f.Dropped = f.Dropped || strings.Contains(e.Message, d) || strings.Contains(e.Error, d)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if s := w.stateLocked(e.ID); s != nil {
		s.Failure = f
	}
}

// parse reads a line as JSON, or as columns whose last one is JSON.
func parse(line []byte) (entry, bool) {
	line, _, _ = bytes.Cut(line, []byte("\n")) // Below it is the stack.
	var e entry
	if before, fields, ok := bytes.Cut(line, []byte("\t{")); ok {
		err := json.Unmarshal(append([]byte("{"), fields...), &e)
		e.Message = string(before)
		return e, err == nil
	}
	return e, json.Unmarshal(line, &e) == nil
}

func cut(text string) string {
	if len(text) <= maxMessage {
		return text
	}
	return strings.ToValidUTF8(text[:maxMessage], "")
}
