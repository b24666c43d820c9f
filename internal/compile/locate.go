package compile

import (
	"strings"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
)

// Locate finds the place of the document that a message of the Collector is
// about, by the component or pipeline that it names. Of several it is the one
// with the longest id, which names an action rather than its stream.
func (r Result) Locate(message string) (document.Place, bool) {
	var place document.Place
	found := ""
	for _, key := range sortedKeys(r.Origins) {
		_, id, _ := strings.Cut(key, "::")
		id = strings.TrimPrefix(id, "pipelines::")
		if len(id) <= len(found) || r.Origins[key].Line == 0 || !names(message, id) {
			continue
		}
		place, found = r.Origins[key], id
	}
	return place, found != ""
}

// names reports whether an id stands in a message as a word of its own. Ids
// without a name, such as otlp, are words of many messages and prove nothing.
func names(message, id string) bool {
	if !strings.Contains(id, "/") {
		return false
	}
	const part = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-"
	for rest := message; ; {
		before, after, ok := strings.Cut(rest, id)
		if !ok {
			return false
		}
		starts := before == "" || !strings.ContainsRune(part, rune(before[len(before)-1]))
		ends := after == "" || !strings.ContainsRune(part, rune(after[0])) || strings.HasPrefix(after, ". ")
		if starts && ends {
			return true
		}
		rest = after
	}
}
