package api

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// patience is how long a client may take to read an event, or to send a request.
const patience = 10 * time.Second

// startEvents begins an answer that goes on until it is told to end: a page
// whose server goes away comes back after half a second.
func startEvents(w http.ResponseWriter, control *http.ResponseController) error {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	return flush(w, control, "retry: 500\n\n")
}

func sendEvent(w http.ResponseWriter, control *http.ResponseController, text []byte) error {
	return flush(w, control, fmt.Sprintf("event: snapshot\ndata: %s\n\n", text))
}

// flush writes a piece of the answer. The server's own deadline is that of a
// whole answer and would cut this one; each piece has its own instead.
func flush(w http.ResponseWriter, control *http.ResponseController, text string) error {
	_ = control.SetWriteDeadline(time.Now().Add(patience)) // Not all writers have one.
	if _, err := w.Write([]byte(text)); err != nil {
		return err
	}
	return control.Flush()
}

func splitRoute(route string) (method, path string) {
	method, path, _ = strings.Cut(route, " ")
	return method, path
}
