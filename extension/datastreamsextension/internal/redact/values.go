package redact

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

func (r Rules) value(value any, path []string) (shown any, hidden int) {
	switch v := value.(type) {
	case map[string]any:
		return r.Config(v, path...)
	case []any:
		list := slices.Clone(v)
		for i := range list {
			var n int
			list[i], n = r.value(v[i], append(slices.Clone(path), strconv.Itoa(i)))
			hidden += n
		}
		return list, hidden
	case nil, bool:
		return value, 0
	default:
		if text, ok := r.mask(path, fmt.Sprint(v)); ok {
			return text, 1
		}
		return value, 0
	}
}

// Merge puts the values of a configuration back that a client was shown as
// placeholders and left alone. path leads to both. What has a placeholder and no
// counterpart is returned as the path of it.
func (r Rules) Merge(shown, original map[string]any, path ...string) (merged map[string]any, missing string) {
	merged = make(map[string]any, len(shown))
	for key, value := range shown {
		var lost string
		merged[key], lost = r.merge(value, original[key], append(slices.Clone(path), key))
		if lost != "" && (missing == "" || lost < missing) {
			missing = lost
		}
	}
	return merged, missing
}

func (r Rules) merge(shown, original any, path []string) (merged any, missing string) {
	switch v := shown.(type) {
	case map[string]any:
		before, _ := original.(map[string]any)
		return r.Merge(v, before, path...)
	case []any:
		before, _ := original.([]any)
		if len(before) != len(v) {
			before = make([]any, len(v)) // Which one is which is not known.
		}
		list := make([]any, len(v))
		for i := range v {
			var lost string
			list[i], lost = r.merge(v[i], before[i], append(slices.Clone(path), strconv.Itoa(i)))
			missing = first(missing, lost)
		}
		return list, missing
	case string:
		if !strings.Contains(v, Placeholder) {
			return v, ""
		}
		if original != nil {
			if text, ok := r.mask(path, fmt.Sprint(original)); ok && text == v {
				return original, ""
			}
		}
		if r.placeholder(path, v) {
			return v, strings.Join(path, ".")
		}
	}
	return shown, ""
}

// Literal returns the path of a secret in a configuration that is written out,
// or nothing. path leads to the configuration. Placeholders are none.
func (r Rules) Literal(config any, path ...string) string {
	switch v := config.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if at := r.Literal(v[key], append(slices.Clone(path), key)...); at != "" {
				return at
			}
		}
	case []any:
		for i := range v {
			if at := r.Literal(v[i], append(slices.Clone(path), strconv.Itoa(i))...); at != "" {
				return at
			}
		}
	case nil, bool:
	default:
		text := fmt.Sprint(v)
		if _, ok := r.mask(path, text); ok && !strings.Contains(text, Placeholder) {
			return strings.Join(path, ".")
		}
	}
	return ""
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
