package api

import (
	"regexp"
	"slices"
	"strings"
)

// secretKey tells keys whose values are secrets in the exporters that are known.
var secretKey = regexp.MustCompile(`(?i)(passw|secret|token|api[_-]?key|access[_-]?key|credential|authorization|private[_-]?key|key_pem)`)

// notSecret are keys that look like secrets, and name a file or an attribute.
var notSecret = regexp.MustCompile(`(?i)(_file|_path|_url|_id|_type|_name|^sasl_mechanism)$`)

// secret finds a secret that is written out, and returns its path.
func secret(v any, path string) (string, bool) {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range sortedKeys(v) {
			at := strings.TrimPrefix(path+"."+key, ".")
			if text, ok := v[key].(string); ok && isSecret(key, text) {
				return at, true
			}
			if found, ok := secret(v[key], at); ok {
				return found, true
			}
		}
	case []any:
		for _, item := range v {
			if found, ok := secret(item, path); ok {
				return found, true
			}
		}
	}
	return "", false
}

func isSecret(key, value string) bool {
	return secretKey.MatchString(key) && !notSecret.MatchString(key) && value != "" && !strings.Contains(value, "${")
}

// redacted returns a configuration without the secrets that are written out.
func redacted(config map[string]any) map[string]any {
	clean := make(map[string]any, len(config))
	for key, value := range config {
		clean[key] = redactedValue(key, value)
	}
	return clean
}

func redactedValue(key string, value any) any {
	switch v := value.(type) {
	case map[string]any:
		return redacted(v)
	case []any:
		list := slices.Clone(v)
		for i := range list {
			list[i] = redactedValue(key, list[i])
		}
		return list
	case string:
		if isSecret(key, v) {
			return "[REDACTED]"
		}
	}
	return value
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
