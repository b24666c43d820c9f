package main

import (
	"fmt"
	"os"
	"strings"
)

// updateFile replaces, in a Markdown file, what stands between the comments
// `bench:NAME` and `/bench` by the section of that name.
func updateFile(path string, sections map[string]string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text := string(data)
	for name, section := range sections {
		opening, closing := "<!-- bench:"+name+" -->\n", "<!-- /bench -->"
		head, rest, found := strings.Cut(text, opening)
		_, tail, closed := strings.Cut(rest, closing)
		if !found || !closed {
			return fmt.Errorf("%s: there is no %q with its end", path, strings.TrimSpace(opening))
		}
		text = head + opening + section + closing + tail
	}
	return os.WriteFile(path, []byte(text), 0o644)
}
