package web

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func files(t *testing.T) *Handler {
	h, err := newHandler(fstest.MapFS{
		"index.html":     {Data: []byte("<!doctype html>")},
		"assets/a-1.js":  {Data: bytes.Repeat([]byte("x"), 1000)},
		"assets/a-2.css": {Data: []byte("y")},
	})
	require.NoError(t, err)
	return h
}

func get(h http.Handler, target string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, target, http.NoBody)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestHandler(t *testing.T) {
	h := files(t)
	for _, target := range []string{"/", "/streams/checkout", "/index.html", "/../../etc/passwd"} {
		w := get(h, target)
		require.Equal(t, http.StatusOK, w.Code, target)
		require.Equal(t, "<!doctype html>", w.Body.String())
		require.Equal(t, "no-cache", w.Header().Get("Cache-Control"))
		require.Equal(t, http.StatusNotModified, get(h, target, "If-None-Match", w.Header().Get("ETag")).Code)
	}
	require.Equal(t, http.StatusNotFound, get(h, "/assets/old.js").Code, "a page of another version must not get the page as its script")

	w := get(h, "/assets/a-1.js", "Accept-Encoding", "gzip")
	require.Equal(t, "gzip", w.Header().Get("Content-Encoding"))
	require.Equal(t, "text/javascript; charset=utf-8", w.Header().Get("Content-Type"))
	require.Contains(t, w.Header().Get("Cache-Control"), "immutable")
	plain, err := gzip.NewReader(w.Body)
	require.NoError(t, err)
	var b bytes.Buffer
	_, err = b.ReadFrom(plain)
	require.NoError(t, err)
	require.Len(t, b.String(), 1000)

	r := httptest.NewRequest(http.MethodPost, "/", http.NoBody)
	post := httptest.NewRecorder()
	h.ServeHTTP(post, r)
	require.Equal(t, http.StatusMethodNotAllowed, post.Code)

	_, err = newHandler(fstest.MapFS{})
	require.ErrorContains(t, err, "built without ui/")
}

// maxScripts is how large the page's scripts may be on the wire.
const maxScripts = 90_000

// The page that is committed is whole, small, and asks nobody else.
func TestThePage(t *testing.T) {
	h, err := New()
	require.NoError(t, err)
	require.Contains(t, string(h.page.plain), `src="./assets/`, "files are found wherever the page is")
	below, err := h.Below("/a\"b")
	require.NoError(t, err)
	for _, target := range []string{"/", "/index.html", "/streams/checkout"} {
		require.Contains(t, get(below, target).Body.String(), `<base href="/a&#34;b/" />`)
		require.Contains(t, get(h, target).Body.String(), `<base href="/" />`, "the other one stays as it is")
	}
	require.NotEqual(t, get(h, "/").Header().Get("ETag"), get(below, "/").Header().Get("ETag"))
	same, err := h.Below("")
	require.NoError(t, err)
	require.Same(t, h, same)
	scripts := 0
	require.NoError(t, fs.WalkDir(dist, "dist", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		require.NotEqual(t, ".map", path.Ext(name))
		if path.Ext(name) == ".js" {
			scripts += len(h.files["/"+name[len("dist/"):]].gzip)
		}
		return nil
	}))
	require.Positive(t, scripts)
	require.LessOrEqual(t, scripts, maxScripts)
	t.Logf("%d bytes of scripts", scripts)
}
