package api

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
)

// Problem is an error as RFC 9457 has it, with what is wrong in the document.
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	// Diagnostics are the problems of the document, each with its line.
	Diagnostics document.Diagnostics `json:"diagnostics,omitempty"`
	// SHA256 is that of the document, where another was expected.
	SHA256 string `json:"sha256,omitempty"`
}

// Error implements error.
func (p *Problem) Error() string { return p.Title + ": " + p.Detail }

func problem(status int, title, detail string) *Problem {
	return &Problem{Type: "about:blank", Title: title, Status: status, Detail: detail}
}

// handler is a handler that may fail. It has written nothing then.
type handler func(w http.ResponseWriter, r *http.Request) error

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	err := h(w, r)
	if err == nil {
		return
	}
	write(w, asProblem(err))
}

func asProblem(err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	if tooLong, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return problem(http.StatusRequestEntityTooLarge, "The request is too long", tooLong.Error())
	}
	if errors.Is(err, ErrNoDocument) {
		return problem(http.StatusConflict, "There is no document", err.Error())
	}
	return problem(http.StatusInternalServerError, "The collector failed to do that", err.Error())
}

func write(w http.ResponseWriter, p *Problem) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // The client is gone.
}

// answer writes v as JSON.
func answer(w http.ResponseWriter, status int, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n')) // The client is gone.
	return nil
}

// maxBody bounds the documents that are taken, in bytes, and maxLogin what people
// send who are not logged in.
const (
	maxBody  = 1 << 20
	maxLogin = 8 << 10
)

// body decodes the request's body strictly.
func body(w http.ResponseWriter, r *http.Request, v any) error {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(v); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return err
		}
		return problem(http.StatusBadRequest, "The request cannot be read", err.Error())
	}
	return nil
}
