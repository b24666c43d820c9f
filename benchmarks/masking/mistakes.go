package main

import (
	"fmt"
	"os"
	"strings"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/samples"
)

const benignValues = 20_000 // of each kind

// maskedValue returns what is left of a span's attribute.
func maskedValue(c *contestant, key, value string) (string, error) {
	td := ptrace.NewTraces()
	span := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	span.SetKind(ptrace.SpanKindClient)
	span.Attributes().PutStr(key, value)
	if key == "db.query.text" {
		span.Attributes().PutStr("db.system", "mysql")
		span.Attributes().PutStr("db.system.name", "mysql")
	}
	if err := c.traces(td); err != nil {
		return "", err
	}
	left, ok := span.Attributes().Get(key)
	if !ok {
		return "", nil
	}
	return left.Str(), nil
}

// measureMistakes counts the values without secrets that are masked.
func measureMistakes() (string, error) {
	contrib, err := newRedaction(nil)
	if err != nil {
		return "", err
	}
	six, err := newOurs(sixDetectors...)
	if err != nil {
		return "", err
	}
	all, err := newOurs("pii", "secrets", "ids")
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("| values without secrets | redaction, six patterns | masking, six detectors | masking, pii, secrets and ids |\n| --- | --: | --: | --: |\n")
	contestants := []*contestant{contrib, six, all}
	totals := make([]int, len(contestants))
	for _, kind := range samples.BenignKinds() {
		fmt.Fprintf(&b, "| %s |", kind)
		for i, c := range contestants {
			r := samples.New(9)
			wrong := 0
			for range benignValues {
				value := r.Benign(kind)
				left, err := maskedValue(c, "some.attribute", value)
				if err != nil {
					return "", err
				}
				if left != value {
					wrong++
				}
			}
			totals[i] += wrong
			fmt.Fprintf(&b, " %d |", wrong)
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "| **of %d in all** | **%d** | **%d** | **%d** |\n", benignValues*len(samples.BenignKinds()), totals[0], totals[1], totals[2])
	return b.String(), nil
}

// compareDetectors counts, for each kind of secret, those that are left.
func compareDetectors() (string, error) {
	const n = 500
	contrib, err := newRedaction(map[string]any{"redact_all_types": true, "db_sanitizer": map[string]any{"sql": map[string]any{"enabled": true, "attributes": []any{"db.query.text"}}}})
	if err != nil {
		return "", err
	}
	ours, err := newOurs("pii", "secrets", "ids", "national_ids")
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("| secret | masking | redaction, six patterns and SQL |\n| --- | --: | --: |\n")
	for _, kind := range samples.Kinds() {
		fmt.Fprintf(&b, "| %s |", kind)
		for _, c := range []*contestant{ours, contrib} {
			r := samples.New(10)
			found := 0
			for range n {
				s := r.Positive(kind)
				key := s.Key
				if key == "" {
					key = "some.attribute"
				}
				left, err := maskedValue(c, key, s.Text)
				if err != nil {
					return "", err
				}
				if !strings.Contains(left, s.Secret) {
					found++
				}
			}
			fmt.Fprintf(&b, " %.1f %% |", 100*float64(found)/n)
		}
		b.WriteString("\n")
	}
	return b.String(), nil
}

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
