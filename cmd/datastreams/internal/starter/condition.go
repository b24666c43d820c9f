package starter

import (
	"regexp"
	"strconv"
	"strings"
)

// sourcesOf turns an OTTL condition into sources. Comparisons and matches of
// attributes that are joined by "and", and alternatives of these joined by "or",
// become selectors; all else stays a condition.
func sourcesOf(condition string) []map[string]any {
	condition = strings.TrimSpace(condition)
	var entries []map[string]any
	for _, alternative := range split(condition, " or ") {
		entry := make(map[string]any)
		for _, term := range split(alternative, " and ") {
			key, value, ok := predicate(strings.TrimSpace(term))
			if _, twice := entry[key]; !ok || twice {
				return []map[string]any{{"condition": condition}}
			}
			entry[key] = value
		}
		entries = append(entries, entry)
	}
	return join(entries)
}

// join makes one entry with a list of entries that all compare the same key.
func join(entries []map[string]any) []map[string]any {
	var key string
	var values []string
	for _, e := range entries {
		for k, v := range e {
			text, ok := v.(string)
			if len(e) > 1 || !ok || key != "" && k != key {
				return entries
			}
			key = k
			values = append(values, text)
		}
	}
	if len(values) < 2 {
		return entries
	}
	return []map[string]any{{key: flow(values)}}
}

// split cuts at a separator outside of texts. A condition with parentheses around
// terms is not cut, and so stays a condition.
func split(text, separator string) []string {
	var parts []string
	quoted := false
	start := 0
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quoted:
			i++
		case text[i] == '"':
			quoted = !quoted
		case !quoted && strings.HasPrefix(text[i:], separator):
			parts = append(parts, text[start:i])
			start = i + len(separator)
			i = start - 1
		}
	}
	return append(parts, text[start:])
}

const (
	attribute = `(?:resource\.)?attributes\["([^"\\]+)"\]`
	literal   = `("(?:\\.|[^"\\])*")`
)

var (
	equal   = regexp.MustCompile(`^` + attribute + `\s*(==|!=)\s*` + literal + `$`)
	present = regexp.MustCompile(`^` + attribute + `\s*(==|!=)\s*nil$`)
	isMatch = regexp.MustCompile(`^(not\s+)?IsMatch\(\s*` + attribute + `\s*,\s*` + literal + `\s*\)$`)
)

// predicate turns a simple condition on an attribute into what the attribute must
// be.
func predicate(term string) (key string, value any, ok bool) {
	if m := equal.FindStringSubmatch(term); m != nil {
		text, err := strconv.Unquote(m[3])
		if m[2] == "!=" {
			return m[1], map[string]any{"not": text}, err == nil
		}
		return m[1], text, err == nil
	}
	if m := present.FindStringSubmatch(term); m != nil {
		return m[1], map[string]any{"exists": m[2] == "!="}, true
	}
	if m := isMatch.FindStringSubmatch(term); m != nil {
		text, err := strconv.Unquote(m[3])
		value := map[string]any{"regex": text}
		if m[1] != "" {
			value = map[string]any{"not": value}
		}
		return m[2], value, err == nil
	}
	return "", nil, false
}
