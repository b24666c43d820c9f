package web

import (
	"bytes"
	"html"
	"maps"
)

// root is how the page says that it is served below nothing.
var root = []byte(`<base href="/" />`)

// Below returns a handler whose page finds its files and the API below a path,
// such as "/streams"; empty for none. The handler itself is asked for paths
// without it.
func (h *Handler) Below(base string) (*Handler, error) {
	if base == "" {
		return h, nil
	}
	here := []byte(`<base href="` + html.EscapeString(base) + `/" />`)
	page, err := fileOf("index.html", bytes.Replace(h.page.plain, root, here, 1))
	if err != nil {
		return nil, err
	}
	below := &Handler{files: maps.Clone(h.files), page: page}
	below.files["/index.html"] = page
	return below, nil
}
