// Package web serves the page and its files, which are built from ui/ and part
// of the program. They need nothing from anywhere else.
package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
)

//go:embed all:dist
var dist embed.FS

// file is one file of the page, as it goes over the wire.
type file struct {
	kind  string
	tag   string
	plain []byte
	gzip  []byte
}

// Handler serves the page. Every path that is no file is the page itself, which
// finds its way by the path.
type Handler struct {
	files map[string]file
	page  file
}

// New returns the handler, which is the same every time: compressing the files
// takes longer than the rest of a start, and senders wait for that in a reload.
// It fails only if the program was built without the files.
var New = sync.OnceValues(func() (*Handler, error) {
	root, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, err
	}
	return newHandler(root)
})

func newHandler(root fs.FS) (*Handler, error) {
	h := &Handler{files: make(map[string]file)}
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		h.files["/"+name], err = fileOf(name, text)
		return err
	})
	if err != nil {
		return nil, err
	}
	page, ok := h.files["/index.html"]
	if !ok {
		return nil, fmt.Errorf("the page is not part of this program: it was built without ui/")
	}
	h.page = page
	return h, nil
}

func fileOf(name string, text []byte) (file, error) {
	sum := sha256.Sum256(text)
	f := file{kind: mime.TypeByExtension(path.Ext(name)), tag: `"` + hex.EncodeToString(sum[:8]) + `"`, plain: text}
	switch path.Ext(name) { // Not all systems know these.
	case ".js":
		f.kind = "text/javascript; charset=utf-8"
	case ".svg":
		f.kind = "image/svg+xml"
	}
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return file{}, err
	}
	if _, err := w.Write(text); err != nil {
		return file{}, err
	}
	if err := w.Close(); err != nil {
		return file{}, err
	}
	if b.Len() < len(text) {
		f.gzip = b.Bytes()
	}
	return f, nil
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "this is a page", http.StatusMethodNotAllowed)
		return
	}
	f, ok := h.files[path.Clean(r.URL.Path)]
	if !ok && strings.HasPrefix(r.URL.Path, "/assets/") {
		http.NotFound(w, r) // A page of another version asks for it.
		return
	}
	if !ok {
		f = h.page
	}
	header := w.Header()
	header.Set("Content-Type", f.kind)
	header.Set("ETag", f.tag)
	header.Set("Cache-Control", "no-cache")
	header.Set("Vary", "Accept-Encoding")
	if strings.HasPrefix(r.URL.Path, "/assets/") {
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if r.Header.Get("If-None-Match") == f.tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := f.plain
	if f.gzip != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		header.Set("Content-Encoding", "gzip")
		body = f.gzip
	}
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodGet {
		_, _ = w.Write(body) // The client is gone.
	}
}
