package api

import (
	"io"
	"net/http"
	"strconv"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/live"
)

// document answers with the file as it is.
func (s *Server) document(w http.ResponseWriter, _ *http.Request) error {
	d, err := s.backend.Document()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/yaml; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("ETag", etag(d.SHA256))
	_, _ = w.Write(d.Data) // The client is gone.
	return nil
}

// putDocument replaces the file.
func (s *Server) putDocument(w http.ResponseWriter, r *http.Request) error {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return err
	}
	return s.commit(w, r, func(Document) ([]byte, error) { return data, nil })
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
	_, _ = w.Write([]byte(rendered(d.Applied.Compiled))) // The client is gone.
	return nil
}

// revisions answers with the journal, the newest first.
func (s *Server) revisions(w http.ResponseWriter, _ *http.Request) error {
	j, err := s.backend.Journal()
	if err != nil {
		return err
	}
	list := j.List()
	newest := make([]any, 0, len(list))
	for i := range list {
		newest = append(newest, list[len(list)-1-i])
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
	}{Document: string(data), Diff: unified("datastreams.yaml", string(now.Data), string(data))}
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
