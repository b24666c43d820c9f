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
	secretKey = regexp.MustCompile(`(?i)(passw|passphrase|pwd|secret|token|bearer|cookie|credential|authorization|connection_?string|datasource|dsn|headers_list|key_pem|` +
		`(api|access|account|app|application|encryption|ingest|license|master|private|shared|signing|write)[_-]?key)`)
	notSecret = regexp.MustCompile(`(?i)(_file|_path|_url|_id|_type|_name|_endpoint|_enabled|^sasl_mechanism)$`)
)

// sections are the parts of a Collector's configuration that have components.
var sections = []string{"receivers", "processors", "exporters", "connectors", "extensions"}

// isSecret reports whether the value at a path of a document, or of a Collector's
// configuration, is a secret unless it is a reference.
func (r Rules) isSecret(path []string) bool {
	section, component, rest := componentAt(path)
	if section == "" {
		return (slices.Contains(path, "mask") || slices.Contains(path, "mask_profiles")) && path[len(path)-1] == "secret"
	}
	var known *schema.Node
	if r.Schema != nil {
		known = r.Schema(section, component)
	}
	if declared(known, rest) || isHeader(rest) || known == nil && slices.Contains(rest, "headers") && rest[len(rest)-1] != "name" {
		return true
	}
	if slices.Equal(rest[max(0, len(rest)-2):], []string{"htpasswd", "inline"}) {
		return true
	}
	for _, key := range slices.Backward(rest) { // Elements of a list go by the name of the list.
		if isIndex(key) {
			continue
		}
		return secretKey.MatchString(key) && !notSecret.MatchString(key)
	}
	return false
}

// isHeader reports whether a path leads to the value of a header, by its name or
// in a list of names and values. Many components declare those as plain texts.
func isHeader(path []string) bool {
	i := slices.Index(path, "headers")
	if i < 0 {
		return false
	}
	switch rest := path[i+1:]; len(rest) {
	case 1:
		return !isIndex(rest[0])
	case 2:
		return isIndex(rest[0]) && (rest[1] == "value" || rest[1] == "default_value")
	default:
		return false
	}
}

// isIndex reports whether a key may be the index of a list.
func isIndex(key string) bool { return key != "" && strings.Trim(key, "0123456789") == "" }

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
// The service itself is one without a type.
func componentAt(path []string) (section, component string, rest []string) {
	if len(path) > 0 && path[0] == "collector" {
		path = path[1:]
	}
	if at := processorAt(path); at >= 0 && len(path) > at+2 {
		return "processors", path[at+1], path[at+2:]
	}
	switch {
	case len(path) >= 2 && path[0] == "service":
		return "service", "", path[1:]
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

// processorAt returns where in a path the action is that runs any processor; -1
// if there is none.
func processorAt(path []string) int {
	for i, key := range path {
		if key == "processor" && (i == 0 || i >= 2 && path[i-2] == "actions" && isIndex(path[i-1])) {
			return i
		}
	}
	return -1
}

// mask returns a value as it is shown, and whether that is another.
func (r Rules) mask(path []string, value string) (string, bool) {
	section, _, _ := componentAt(path)
	switch {
	case value == "":
		return value, false
	case r.isSecret(path):
		if refers(value) {
			return value, false
		}
		return Placeholder, true
	case section == "":
		return value, false
	}
	shown := hide(value)
	return shown, shown != value
}

// placeholder reports whether a value with a Placeholder in it stands for a
// secret.
func (r Rules) placeholder(path []string, value string) bool {
	if r.isSecret(path) {
		return true
	}
	section, _, _ := componentAt(path)
	return section != "" && strings.Contains(hide(strings.ReplaceAll(value, Placeholder, "placeholder")), Placeholder)
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
