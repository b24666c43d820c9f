package match

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// String implements Predicate.
func (p Exact) String() string {
	if len(p) == 1 {
		return quoted(p[0])
	}
	return list(p.items())
}

// String implements Predicate.
func (p Exists) String() string { return "{ exists: " + strconv.FormatBool(bool(p)) + " }" }

// String implements Predicate.
func (p Glob) String() string { return "{ glob: " + strconv.Quote(string(p)) + " }" }

// String implements Predicate.
func (p Regex) String() string { return "{ regex: " + strconv.Quote(p.Regexp.String()) + " }" }

// String implements Predicate.
func (p Not) String() string { return "{ not: " + p.Predicate.String() + " }" }

// String implements Predicate. Lists and { any: [...] } mean the same, and read
// back as one predicate.
func (p Any) String() string {
	var items []string
	for _, q := range p {
		if values, ok := q.(Exact); ok {
			items = append(items, values.items()...)
			continue
		}
		items = append(items, q.String())
	}
	return list(items)
}

// String implements Predicate.
func (p All) String() string {
	items := make([]string, len(p))
	for i, q := range p {
		items[i] = q.String()
	}
	return "{ all: " + list(items) + " }"
}

func (p Exact) items() []string {
	items := make([]string, len(p))
	for i, v := range p {
		items[i] = quoted(v)
	}
	return items
}

func list(items []string) string { return "[" + strings.Join(items, ", ") + "]" }

// plain texts need no quotes in YAML, unless they are among the keywords.
var plain = regexp.MustCompile(`^[A-Za-z_/][A-Za-z0-9_/.-]*$`)

var keywords = []string{"true", "false", "yes", "no", "on", "off", "y", "n", "null"}

func quoted(value string) string {
	if plain.MatchString(value) && !slices.Contains(keywords, strings.ToLower(value)) {
		return value
	}
	return strconv.Quote(value)
}
