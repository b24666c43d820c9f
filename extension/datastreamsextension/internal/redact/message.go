package redact

import (
	"regexp"
	"slices"
	"strings"
)

// environment finds references to the environment.
var environment = regexp.MustCompile(`\$\{env:(\w+)`)

// Secrets returns the secrets of a document: those that are written out, and
// those in the environment, which lookup looks up, that it refers to. They are
// for Message.
func (r Rules) Secrets(data []byte, lookup func(string) (string, bool)) []string {
	var all []string
	root, ok := parse(data)
	if !ok {
		return nil
	}
	for _, h := range scalarsOf(root, nil, nil) {
		value := h.node.Value
		if _, literal := r.mask(h.path, value); literal {
			if m := userInfo.FindStringSubmatch(value); m != nil {
				value = m[2]
			}
			all = append(all, value)
			continue
		}
		if !r.isSecret(h.path) {
			continue
		}
		for _, m := range environment.FindAllStringSubmatch(value, -1) {
			if text, ok := lookup(m[1]); ok {
				all = append(all, text)
			}
		}
	}
	// Longer ones first: one may be a part of another.
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) })
	return all
}

// shortestSecret is the length, in bytes, from which on a secret is looked for
// in messages: shorter ones would hide words.
const shortestSecret = 4

// Message returns an error's text without the passwords of URLs and without the
// secrets given.
func Message(text string, secrets []string) string {
	for _, s := range secrets {
		if len(s) >= shortestSecret {
			text = strings.ReplaceAll(text, s, Placeholder)
		}
	}
	return userInfo.ReplaceAllString(text, "${1}"+Placeholder+"${3}")
}
