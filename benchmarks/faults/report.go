package main

import (
	"fmt"
	"os"
	"strings"
)

// columns of the table: heading, and alignment in Markdown.
var columns = [][2]string{
	{"fault of b", "---"},
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
	who := r.who
	if r.ended {
		who = bar(false, who+", process ended")
	}
	return []string{
		string(r.fault), string(r.buffer), r.requests(), who,
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

// report is the table of a signal, and what its records are.
func (w *wire) report(results []result) string {
	return fmt.Sprintf("Signal %s; a record is %s.\n\n%s", w.signal, w.record, table(results))
}

// closing ends a signal's report in a Markdown file.
const closing = "<!-- /faults -->"

// opening begins the signal's report in a Markdown file.
func (w *wire) opening() string { return "<!-- faults:" + w.signal + " -->\n" }

// checkFile finds whether updateFile has a place for the report.
func checkFile(path, opening string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if _, err := replaceReport(string(text), opening, ""); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// updateFile replaces the report between two comments in a Markdown file.
func updateFile(path, opening, report string) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text, err := replaceReport(string(old), opening, report)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// replaceReport returns text with report in its place. There must be one.
func replaceReport(text, opening, report string) (string, error) {
	head, rest, ok := strings.Cut(text, opening)
	if !ok {
		return "", fmt.Errorf("there is no %q", strings.TrimSpace(opening))
	}
	_, after, ok := strings.Cut(rest, closing)
	if !ok {
		return "", fmt.Errorf("%q has no %q", strings.TrimSpace(opening), closing)
	}
	return head + opening + report + closing + after, nil
}
