package main

import (
	"fmt"
	"os"
	"strings"
)

// columns of the table: heading, and alignment in Markdown.
var columns = [][2]string{
	{"b's destination", "---"},
	{"b's exporter", "---"},
	{"requests of", "---"},
	{"router", "---"},
	{"a before: records/s", "--:"},
	{"a during", "--:"},
	{"a kept", "--:"},
	{"a: repeated per record", "--:"},
	{"b: offered during the fault", "--:"},
	{"delivered", "--:"},
	{"of these after the fault", "--:"},
	{"b: lost", "--:"},
	{"not counted", "--:"},
	{"sender: errors", "--:"},
	{"not sent", "--:"},
	{"given up", "--:"},
}

// table formats the results in Markdown.
func table(results []result) string {
	var b strings.Builder
	line := func(cells []string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	var headings, rules []string
	for _, c := range columns {
		headings, rules = append(headings, c[0]), append(rules, c[1])
	}
	line(headings)
	line(rules)
	for _, r := range results {
		line(r.row())
	}
	return b.String()
}

// row holds the cells of a result. What misses a bar of ours says so.
func (r result) row() []string {
	bar := func(met bool, text string) string {
		if met || r.who != ours {
			return text
		}
		return "**missed:** " + text
	}
	return []string{
		string(r.fault), string(r.buffer), r.requests(), r.who,
		thousands(r.a.before), thousands(r.a.during),
		bar(r.a.kept >= leastKept, fmt.Sprintf("%.1f %%", 100*r.a.kept)),
		bar(r.a.repeated <= mostRepeated, fmt.Sprintf("%.4f", r.a.repeated)),
		thousands(float64(r.b.offered)), thousands(float64(r.b.delivered)), thousands(float64(r.b.late)),
		thousands(float64(r.b.lost)), bar(r.uncounted() == 0, thousands(float64(r.uncounted()))),
		thousands(float64(r.errors)), thousands(float64(r.unsent)), thousands(float64(r.failed)),
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

// Comments in a Markdown file between which the table stands.
const (
	opening = "<!-- faults:table -->\n"
	closing = "<!-- /faults -->"
)

// updateFile replaces the table in a Markdown file.
func updateFile(path, table string) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text, err := replaceTable(string(old), table)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// replaceTable returns text with table in its place. There must be one.
func replaceTable(text, table string) (string, error) {
	head, rest, ok := strings.Cut(text, opening)
	if !ok {
		return "", fmt.Errorf("there is no %q", strings.TrimSpace(opening))
	}
	_, tail, ok := strings.Cut(rest, closing)
	if !ok {
		return "", fmt.Errorf("%q has no %q", strings.TrimSpace(opening), closing)
	}
	return head + opening + table + closing + tail, nil
}
