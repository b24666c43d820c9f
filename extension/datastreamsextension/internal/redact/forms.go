package redact

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
)

// references are what the Collector replaces by what is elsewhere. A default
// would be written out, so that a reference with one is none.
var references = regexp.MustCompile(`\$\{(?:env:)?[A-Za-z_]\w*(?::-)?\}|\$\{file:[^}$]*\}`)

// around is what people write beside a reference, such as "Bearer ", and no part
// of a secret.
var around = regexp.MustCompile(`^[A-Za-z-]{0,16}[:=]?\s*$`)

// refers reports whether a secret is a reference, and not written out next to
// one.
func refers(value string) bool {
	rest := references.ReplaceAllString(value, "")
	return len(rest) < len(value) && around.MatchString(rest)
}

// forms are secrets that are told by what is around them: each has what is
// before, the secret itself, and what is behind.
var forms = []*regexp.Regexp{
	userInfo,
	// One of several settings: of a URL's query, or of a connection.
	regexp.MustCompile(`(?i)((?:^|[?&;,\s])(?:[\w.-]*(?:passw(?:or)?d|pwd|secret|token|api[_-]?key|account[_-]?key|access[_-]?key|signature|credential)|sig|key)=)((?:\$\{[^}]*\}|[^&;,\s"'#])+)()`),
	// An authorization, whatever it goes by.
	regexp.MustCompile(`(?i)(^(?:bearer|basic)\s+)(\S{8,})($)`),
}

// userInfo finds the password of a URL.
var userInfo = regexp.MustCompile(`(://(?:\$\{[^}]*\}|[^/@\s:"'])*:)((?:\$\{[^}]*\}|[^/\s"'])+)(@)`)

// hide returns a text without the secrets that are told by their form.
func hide(text string) string {
	for _, form := range forms {
		text = replace(form, text)
	}
	return text
}

func replace(form *regexp.Regexp, text string) string {
	return form.ReplaceAllStringFunc(text, func(found string) string {
		m := form.FindStringSubmatch(found)
		if m == nil || refers(m[2]) {
			return found
		}
		return m[1] + Placeholder + m[3]
	})
}

// told returns the secrets that hide hides.
func told(text string) []string {
	var all []string
	for _, form := range forms {
		for _, m := range form.FindAllStringSubmatch(text, -1) {
			if !refers(m[2]) {
				all = append(all, m[2])
			}
		}
	}
	return all
}

// quoted finds what could be the value of a secret in a text that is not YAML.
var quoted = regexp.MustCompile(`(?im)^(\s*(?:-\s+)*["']?[\w.-]*(?:passw|passphrase|pwd|secret|token|key|credential|authorization|headers|inline|cookie|bearer|dsn|datasource|connection)[\w.-]*["']?\s*:)([ \t]+\S.*)?$`)

// inFlow finds the same within { and }, with all that is in the braces of
// headers.
var inFlow = regexp.MustCompile(`(?i)([{,]\s*["']?[\w.-]*(?:passw|passphrase|pwd|secret|token|key|credential|authorization|headers)[\w.-]*["']?\s*:\s*)(?:\{[^}]*\}?|\[[^\]]*\]?|"[^"]*"|'[^']*'|[^\s,}{]+)`)

// rough hides in a text that cannot be parsed whatever could be a secret: the
// values of keys that sound like one, with the lines below that are indented
// more, and passwords of URLs.
func rough(text string) (shown string, hidden int) {
	hidden = len(inFlow.FindAllStringIndex(text, -1))
	lines := strings.SplitAfter(inFlow.ReplaceAllString(text, "${1}"+Placeholder), "\n")
	below := -1 // the indentation of a key whose value goes on
	for i, line := range lines {
		content := strings.TrimLeft(line, " \t")
		indent := len(line) - len(content)
		if strings.TrimSpace(content) == "" {
			continue
		}
		if below >= 0 && (indent > below || indent == below && strings.HasPrefix(content, "-")) {
			lines[i] = line[:indent] + Placeholder + ending(line)
			hidden++
			continue
		}
		below = -1
		if m := quoted.FindStringSubmatch(strings.TrimRight(line, "\r\n")); m != nil {
			below = indent
			if m[2] != "" {
				lines[i] = m[1] + " " + Placeholder + ending(line)
				hidden++
			}
			continue
		}
		if clean := hide(line); clean != line {
			lines[i] = clean
			hidden++
		}
	}
	return strings.Join(lines, ""), hidden
}

// ending returns how a line ends.
func ending(line string) string { return line[len(strings.TrimRight(line, "\r\n")):] }

// NewReferences reports whether a document has references that none of the known
// ones has in the same place. To resolve them would read what somebody who may
// not change the document has no right to.
func NewReferences(data []byte, known ...[]byte) bool {
	at := make(map[string]bool)
	for _, text := range known {
		for _, h := range referring(text) {
			at[h.at()+h.node.Value] = true
		}
	}
	if _, ok := parse(data); !ok {
		return bytes.Contains(data, []byte("${"))
	}
	return slices.ContainsFunc(referring(data), func(h *hit) bool { return !at[h.at()+h.node.Value] })
}

func referring(data []byte) []*hit {
	root, ok := parse(data)
	if !ok {
		return nil
	}
	return slices.DeleteFunc(scalarsOf(root, nil, nil), func(h *hit) bool { return !strings.Contains(h.node.Value, "${") })
}
