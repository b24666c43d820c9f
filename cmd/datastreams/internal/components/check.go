package components

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/compile"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/suggest"
)

// checked is a component that is checked.
type checked struct {
	section, id string
	written     any // its configuration, with references
	result      compile.Result
	parts       document.Parts
	missing     paths // of what is not known here
	found       document.Diagnostics
}

// check decodes settings into cfg, which holds the defaults, and validates it. A
// part that cannot be decoded is reported and left out, so that the others are
// checked, too.
func (c *checked) check(cfg component.Config, settings *confmap.Conf) {
	defaults := confmap.New()
	_ = defaults.Marshal(cfg) // Without it there are no suggestions.
	for err := settings.Unmarshal(cfg); err != nil; err = settings.Unmarshal(cfg) {
		removed := false
		for _, p := range decodeProblems(err, c.written, nil) {
			text := p.text
			if p.unknown != "" {
				text = fmt.Sprintf("unknown key %q%s", p.unknown, among(p.unknown, defaults, p.path[:len(p.path)-1]))
			}
			c.report(p.path, text)
			removed = settings.Delete(strings.Join(outsideLists(p.path), confmap.KeyDelimiter)) || removed
		}
		if !removed {
			return
		}
	}
	for _, said := range texts(confmap.Validate(cfg), "") {
		if path, text := follow(c.written, said); !c.missing.explain(path) {
			c.report(path, text)
		}
	}
}

// report notes a problem with what a path leads to. The document has it where the
// component is written, or where its section collector changes it.
func (c *checked) report(path []string, text string) {
	text = strings.Join(strings.Fields(text), " ")
	at, most := c.result.Origins[c.section+"::"+c.id], 0
	own := append([]string{"collector", c.section, c.id}, path...)
	if place, n := c.parts.Below(document.Place{}, own...); n >= 3 && (n == len(own) || at.Line == 0) {
		c.found = append(c.found, place.Diagnose(document.Error, "", "%s", text))
		return
	}
	for _, place := range c.result.Written[c.section+"::"+c.id] {
		if below, n := c.parts.Below(place, path...); n > most {
			at, most = below, n
		}
	}
	if most == 0 && len(path) > 0 { // It is not the document's: the path helps to find out what it is.
		text = strings.Join(path, "::") + ": " + text
	}
	c.found = append(c.found, at.Diagnose(document.Error, "", "%s", text))
}

// among suggests one of the keys that the defaults have below a path.
func among(key string, defaults *confmap.Conf, path []string) string {
	v := any(defaults.ToStringMap())
	for _, k := range path {
		m, _ := v.(map[string]any)
		v = m[k]
	}
	m, _ := v.(map[string]any)
	if len(m) == 0 {
		return ""
	}
	return suggest.Among(key, sortedKeys(m))
}

// outsideLists returns the part of a path that comes before an index.
func outsideLists(path []string) []string {
	i := slices.IndexFunc(path, func(key string) bool {
		_, err := strconv.Atoi(key)
		return err == nil
	})
	if i < 0 {
		return path
	}
	return path[:i]
}

// follow divides a problem as components write them, `spool: max_log_mib: 3 is too
// few` or `custom::0::pattern: is empty`, in the keys of the configuration and the
// text behind them.
func follow(config any, problem string) (path []string, text string) {
	for {
		end := strings.Index(problem, ":")
		if end < 0 {
			return path, problem
		}
		key, rest := problem[:end], strings.TrimLeft(problem[end:], ": ")
		inner, ok := step(config, key)
		if !ok || rest == "" {
			return path, problem
		}
		path, config, problem = append(path, key), inner, rest
	}
}

// exists reports whether a path leads to something.
func exists(config any, path []string) bool {
	for _, key := range path {
		var ok bool
		if config, ok = step(config, key); !ok {
			return false
		}
	}
	return true
}

// step returns what a key or an index leads to.
func step(config any, key string) (any, bool) {
	switch config := config.(type) {
	case map[string]any:
		v, ok := config[key]
		return v, ok
	case []any:
		if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(config) {
			return config[i], true
		}
	}
	return nil, false
}
