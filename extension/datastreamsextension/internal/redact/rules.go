// Package redact keeps secrets that stand in a document from those who read it,
// and puts them back where they write it.
//
// A secret is what a component's configuration declares as one, and what goes by
// a name that says so. References such as ${env:NAME} are no secrets.
package redact

import (
	"regexp"
	"slices"
	"strings"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/schema"
)

// Placeholder stands where a secret was.
const Placeholder = "***"

// Rules say which values are secrets.
type Rules struct {
	// Schema returns the description of the components of a kind, which is named as
	// the section of the Collector's configuration: "exporters". Nil if it is not
	// known.
	Schema func(section, component string) *schema.Node
}

// secretKey tells keys whose values are secrets, and notSecret those that look
// like it and name a file or an attribute.
var (
	secretKey = regexp.MustCompile(`(?i)(passw|secret|token|api[_-]?key|access[_-]?key|credential|authorization|private[_-]?key|key_pem)`)
	notSecret = regexp.MustCompile(`(?i)(_file|_path|_url|_id|_type|_name|_endpoint|_enabled|^sasl_mechanism)$`)
)

// sections are the parts of a Collector's configuration that have components.
var sections = []string{"receivers", "processors", "exporters", "connectors", "extensions"}

// isSecret reports whether the value at a path of a document, or of a Collector's
// configuration, is a secret unless it is a reference.
func (r Rules) isSecret(path []string) bool {
	section, component, rest := componentAt(path)
	if section == "" {
		return slices.Contains(path, "mask") && path[len(path)-1] == "secret"
	}
	var known *schema.Node
	if r.Schema != nil {
		known = r.Schema(section, component)
	}
	if declared(known, rest) || known == nil && slices.Contains(rest, "headers") && rest[len(rest)-1] != "name" {
		return true
	}
	if slices.Equal(rest[max(0, len(rest)-2):], []string{"htpasswd", "inline"}) {
		return true
	}
	for _, key := range slices.Backward(rest) { // Elements of a list go by the name of the list.
		if key != "" && strings.Trim(key, "0123456789") == "" {
			continue
		}
		return secretKey.MatchString(key) && !notSecret.MatchString(key)
	}
	return false
}

// declared reports whether a component declares the value at a path as a secret.
// Secrets by name may also be written as a list of names and values.
func declared(n *schema.Node, path []string) bool {
	for i := range path {
		if n = n.At(path[i]); n == nil {
			return false
		}
		if n.Format == schema.Secret {
			rest := path[i+1:]
			return len(rest) == 0 || len(rest) == 1 && rest[0] == "value"
		}
	}
	return false
}

// componentAt returns the component that a path leads into: the section that it
// would have in a Collector's configuration, its type, and the rest of the path.
func componentAt(path []string) (section, component string, rest []string) {
	if len(path) > 0 && path[0] == "collector" {
		path = path[1:]
	}
	switch {
	case len(path) < 3:
		return "", "", nil
	case path[0] == "destinations":
		return "exporters", path[2], path[3:]
	case !slices.Contains(sections, path[0]):
		return "", "", nil
	}
	component, _, _ = strings.Cut(path[1], "/")
	return path[0], component, path[2:]
}

// userInfo finds the password of a URL.
var userInfo = regexp.MustCompile(`(://[^/@\s:]*:)([^/@\s]+)(@)`)

// mask returns a value as it is shown, and whether that is another.
func (r Rules) mask(path []string, value string) (string, bool) {
	switch {
	case value == "" || strings.Contains(value, "${"):
		return value, false
	case r.isSecret(path):
		return Placeholder, true
	}
	if section, _, _ := componentAt(path); section == "" {
		return value, false
	}
	shown := userInfo.ReplaceAllString(value, "${1}"+Placeholder+"${3}")
	return shown, shown != value
}

// placeholder reports whether a value with a Placeholder in it stands for a
// secret.
func (r Rules) placeholder(path []string, value string) bool {
	if r.isSecret(path) {
		return true
	}
	section, _, _ := componentAt(path)
	m := userInfo.FindStringSubmatch(value)
	return section != "" && m != nil && m[2] == Placeholder
}

// Config returns a configuration as it is shown: path leads to it, as in a
// document or in a Collector's configuration. It returns how many values are
// hidden, too. Nothing is changed.
func (r Rules) Config(config map[string]any, path ...string) (shown map[string]any, hidden int) {
	shown = make(map[string]any, len(config))
	for key, value := range config {
		var n int
		shown[key], n = r.value(value, append(slices.Clone(path), key))
		hidden += n
	}
	return shown, hidden
}
