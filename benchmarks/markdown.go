package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
)

// times formats a ratio.
func times(x float64) string {
	switch {
	case x >= 100:
		return thousands(x) + "x"
	case x >= 10:
		return fmt.Sprintf("%.1fx", x)
	default:
		return fmt.Sprintf("%.2fx", x)
	}
}

// count formats a number of which the fraction matters only if it is small.
func count(x float64) string {
	switch {
	case x >= 100:
		return thousands(x)
	case x >= 10:
		return fmt.Sprintf("%.1f", x)
	default:
		return fmt.Sprintf("%.2f", x)
	}
}

// thousands formats x without a fraction and with separators.
func thousands(x float64) string {
	s := fmt.Sprintf("%.0f", x)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// machine describes where the numbers come from, in one line.
func machine() string {
	model := "unknown processor"
	if f, err := os.Open("/proc/cpuinfo"); err == nil {
		defer f.Close()
		for lines := bufio.NewScanner(f); lines.Scan(); {
			if key, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(key) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	return fmt.Sprintf("%s, %s/%s, %s, %d cores shared with other work, one of them used.\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, model, runtime.NumCPU())
}

// updateFile replaces, in a Markdown file, what stands between the comments
// `bench:NAME` and `/bench` by the section of that name.
func updateFile(path string, sections map[string]string) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text, err := replaceSections(string(old), sections)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// replaceSections returns text with every section replaced. Each section must
// have its place.
func replaceSections(text string, sections map[string]string) (string, error) {
	const closing = "<!-- /bench -->"
	for name, section := range sections {
		opening := "<!-- bench:" + name + " -->\n"
		head, rest, ok := strings.Cut(text, opening)
		if !ok {
			return "", fmt.Errorf("there is no %q", strings.TrimSpace(opening))
		}
		_, tail, ok := strings.Cut(rest, closing)
		if !ok {
			return "", fmt.Errorf("%q has no %q", strings.TrimSpace(opening), closing)
		}
		text = head + opening + section + closing + tail
	}
	return text, nil
}
