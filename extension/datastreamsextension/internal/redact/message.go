package redact

import (
	"cmp"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
)

// elsewhere finds references to what Lookup looks up.
var elsewhere = regexp.MustCompile(`\$\{(?:(file):([^}$]+)|(?:env:)?([A-Za-z_]\w*)(?::-[^}]*)?)\}`)

// Lookup returns what a reference stands for: a variable of the environment, or
// the content of a file, which is a scheme of its own.
func Lookup(scheme, name string) (string, bool) {
	if scheme == "" {
		return os.LookupEnv(name)
	}
	f, err := os.Open(name)
	if err != nil {
		return "", false
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, longestSecret))
	return strings.TrimSpace(string(data)), err == nil
}

// longestSecret bounds what is read of a file that holds a secret, in bytes.
const longestSecret = 64 << 10

// Secrets returns the secrets of a document: those that are written out, and
// those that it refers to, which lookup looks up. They are for Message.
func (r Rules) Secrets(data []byte, lookup func(scheme, name string) (string, bool)) []string {
	var all []string
	root, ok := parse(data)
	if !ok {
		return nil
	}
	for _, h := range scalarsOf(root, nil, nil) {
		value, secret := h.node.Value, r.isSecret(h.path)
		if _, literal := r.mask(h.path, value); literal && secret {
			all = append(all, value)
		} else if literal {
			all = append(all, told(value)...)
		}
		if !secret && !strings.Contains(value, "://") {
			continue
		}
		for _, m := range elsewhere.FindAllStringSubmatch(value, -1) {
			if text, ok := lookup(m[1], cmp.Or(m[2], m[3])); ok {
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
	return hide(text)
}
