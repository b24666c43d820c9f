package compile

import (
	"strings"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/compile/action"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/compile/selector"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
)

// checkSecrets warns of secrets that stand in the document as they are: whoever
// reads the document, its history or what it compiles to has them.
func (c *compiler) checkSecrets() {
	for i := range c.doc.Destinations {
		d := &c.doc.Destinations[i].Value
		c.secrets(d.Config, "", d.Place)
	}
	for i := range c.doc.MaskProfiles {
		p := &c.doc.MaskProfiles[i]
		c.secrets(map[string]any{"hash_keys": list(p.Value.HashKeys)}, "", p.Place)
	}
	for a := range c.doc.AllActions() {
		c.secrets(action.Config(*a), a.Kind, a.Place)
	}
	c.secrets(c.doc.Receivers.Value, "", c.doc.Receivers.Place)
	c.secrets(c.doc.Collector.Value, "", c.doc.Collector.Place)
}

// checkProfiles warns of mask profiles that no action refers to.
func (c *compiler) checkProfiles() {
	used := make(map[string]bool)
	for a := range c.doc.AllActions() {
		used[action.ProfileOf(*a)] = true
	}
	for _, p := range c.doc.MaskProfiles {
		if !used[p.Name] {
			c.warn(p.Place, "name it in a mask action, as in `mask: { profile: "+p.Name+" }`, or remove it", "no action masks by profile %q", p.Name)
		}
	}
}

// secrets looks for secrets in v, which path leads to from the place.
func (c *compiler) secrets(v any, path string, at document.Place) {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range sortedKeys(v) {
			inner := strings.TrimPrefix(path+"."+key, ".")
			text, ok := v[key].(string)
			if ok && isSecret(key) && text != "" && !selector.Refers(text) {
				c.warn(at, "write ${env:NAME} or ${file:PATH}", "%s holds a secret as it is", inner)
			}
			c.secrets(v[key], inner, at)
		}
	case []any:
		for _, item := range v {
			c.secrets(item, path, at)
		}
	}
}

// isSecret reports whether values of the key are usually secret.
func isSecret(key string) bool {
	key = strings.ReplaceAll(strings.ToLower(key), "-", "_")
	for _, end := range []string{"api_key", "apikey", "authorization", "token", "password", "secret", "secret_key", "secret_access_key"} {
		if strings.HasSuffix(key, end) {
			return true
		}
	}
	return false
}
