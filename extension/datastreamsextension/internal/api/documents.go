package api

import (
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/redact"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/live"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/revision"
)

// document answers with the file as it is, but for secrets.
func (s *Server) document(w http.ResponseWriter, _ *http.Request) error {
	d, err := s.backend.Document()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/yaml; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("ETag", etag(d.SHA256))
	shown, hidden := s.rules.Text(d.Data)
	setHidden(w, hidden)
	_, _ = w.Write(shown) // The client is gone.
	return nil
}

// setHidden tells how many secrets are missing in an answer.
func setHidden(w http.ResponseWriter, hidden int) {
	w.Header().Set("X-Redacted", strconv.Itoa(hidden))
}

// putDocument replaces the file.
func (s *Server) putDocument(w http.ResponseWriter, r *http.Request) error {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return err
	}
	return s.commit(w, r, func(now Document) ([]byte, error) { return s.restored(now, data) })
}

// restored returns a document that was sent with the secrets that the client
// was not shown.
func (s *Server) restored(now Document, data []byte) ([]byte, error) {
	whole, err := s.rules.Restore(data, now.Data)
	misplaced, ok := errors.AsType[*redact.MisplacedError](err)
	if !ok {
		return whole, err
	}
	p := problem(http.StatusUnprocessableEntity, "A secret is missing",
		redact.Placeholder+" stands for a secret that the document has in that place. It cannot be moved; write it as a reference, such as ${env:NAME}")
	place := document.Place{Position: document.Position{File: filepath.Base(now.Path), Line: misplaced.Line, Column: misplaced.Column}, Path: misplaced.Path}
	p.Diagnostics = document.Diagnostics{place.Diagnose(document.Error, "write ${env:NAME} or ${file:PATH}", "the document has no secret here")}
	return nil, p
}

// config answers with what the collector runs by, references as they are
// written.
func (s *Server) config(w http.ResponseWriter, _ *http.Request) error {
	d, err := s.backend.Document()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/yaml; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	text, hidden := s.rendered(d.Applied.Compiled)
	setHidden(w, hidden)
	_, _ = w.Write([]byte(text)) // The client is gone.
	return nil
}

// revisions answers with the journal, the newest first.
func (s *Server) revisions(w http.ResponseWriter, _ *http.Request) error {
	j, err := s.backend.Journal()
	if err != nil {
		return err
	}
	list := j.List()
	newest := make([]revision.Revision, 0, len(list))
	for _, entry := range slices.Backward(list) {
		if entry.Error != "" { // It may quote what it does not like.
			data, _ := j.Document(entry.Number) // What is not kept any more has no secrets to look for.
			entry.Error = redact.Message(entry.Error, s.rules.Secrets(data, redact.Lookup))
		}
		newest = append(newest, entry)
	}
	return answer(w, http.StatusOK, newest)
}

// revision answers with a document as it was, and its difference from the file.
func (s *Server) revision(w http.ResponseWriter, r *http.Request) error {
	now, err := s.backend.Document()
	if err != nil {
		return err
	}
	data, err := s.old(r)
	if err != nil {
		return err
	}
	view := struct {
		Document string `json:"document"`
		Diff     string `json:"diff"`
		Usable   bool   `json:"usable"`
	}{}
	before, _ := s.rules.Text(now.Data)
	shown, hidden := s.rules.Text(data)
	view.Document, view.Diff = string(shown), unified(filepath.Base(now.Path), string(before), string(shown))
	setHidden(w, hidden)
	_, err = live.Parse(now.Path, data)
	view.Usable = err == nil
	return answer(w, http.StatusOK, view)
}

// restore writes a document as it was.
func (s *Server) restore(w http.ResponseWriter, r *http.Request) error {
	data, err := s.old(r)
	if err != nil {
		return err
	}
	return s.commit(w, r, func(Document) ([]byte, error) { return data, nil })
}

func (s *Server) old(r *http.Request) ([]byte, error) {
	number, err := strconv.Atoi(r.PathValue("number"))
	if err != nil {
		return nil, problem(http.StatusNotFound, "There is no such revision", r.PathValue("number")+" is not a number")
	}
	j, err := s.backend.Journal()
	if err != nil {
		return nil, err
	}
	data, err := j.Document(number)
	if err != nil {
		return nil, problem(http.StatusNotFound, "There is no such revision", "the journal does not have it, or not any more")
	}
	return data, nil
}
