package maskingprocessor

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/samples"
)

const (
	corpusDir      = "../../testdata/masking"
	comparisonPage = "../../docs/masking-comparison.md"
)

// The tables of the comparison page are what this run of our processor and of
// contrib's gives. With -update they are rewritten.
func TestComparison(t *testing.T) {
	sections := map[string]string{
		"fields":    compareFields(t),
		"detectors": compareDetectors(t),
		"mistakes":  compareMistakes(t),
	}
	page, err := os.ReadFile(comparisonPage)
	require.NoError(t, err)
	want := string(page)
	for name, section := range sections {
		want = replaceSection(t, want, name, section)
	}
	if *update {
		require.NoError(t, os.WriteFile(comparisonPage, []byte(want), 0o644))
		return
	}
	require.Equal(t, want, string(page), "run the test with -update")
}

// replaceSection replaces what a page has between two comments.
func replaceSection(t *testing.T, page, name, section string) string {
	t.Helper()
	opening, closing := "<!-- compare:"+name+" -->\n", "<!-- /compare -->"
	head, rest, found := strings.Cut(page, opening)
	require.True(t, found, "%s has no %q", comparisonPage, opening)
	_, tail, found := strings.Cut(rest, closing)
	require.True(t, found, "%s: %q does not end", comparisonPage, opening)
	return head + opening + section + closing + tail
}

// compareFields puts a card number in every field and tells where it is left.
func compareFields(t *testing.T) string {
	ours := newContestant(t, NewFactory(), map[string]any{
		"detectors": []any{"credit_card"}, "fields": map[string]any{"metric_name": true, "attribute_keys": true},
	})
	contestants := []*contestant{ours, newRedaction(t, nil), newRedaction(t, map[string]any{"redact_all_types": true})}
	word := map[bool]string{true: "**left**", false: "masked"}
	var b strings.Builder
	b.WriteString("| a card number in | masking | redaction | redaction, `redact_all_types` | Odigos |\n| --- | --- | --- | --- | --- |\n")
	for _, p := range places {
		fmt.Fprintf(&b, "| %s |", p.name)
		for i, c := range contestants {
			leaks, err := p.leaks(c)
			require.NoError(t, err)
			require.False(t, leaks && i == 0, "%s", p.name)
			fmt.Fprintf(&b, " %s |", word[leaks])
		}
		fmt.Fprintf(&b, " %s |\n", word[!p.odigos])
	}
	return b.String()
}

// maskedValue returns what is left of a span's attribute.
func maskedValue(t *testing.T, c *contestant, key, value string) string {
	td := ptrace.NewTraces()
	span := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	span.SetKind(ptrace.SpanKindClient)
	span.Attributes().PutStr(key, value)
	if key == "db.query.text" {
		span.Attributes().PutStr("db.system", "mysql")
		span.Attributes().PutStr("db.system.name", "mysql")
	}
	require.NoError(t, c.traces(td))
	left, ok := span.Attributes().Get(key)
	if !ok {
		return ""
	}
	return left.Str()
}

// odigosDetectors is what Odigos has for what our detectors find.
var odigosDetectors = map[string]string{
	"credit_card": "Visa, Mastercard; no groups, no check digit", "email": "yes", "jwt": "yes", "json_field": "by key", "sql_field": "by key",
}

// compareDetectors counts, for each kind of secret in the corpus, those that are
// masked.
func compareDetectors(t *testing.T) string {
	sql := map[string]any{"sql": map[string]any{"enabled": true, "attributes": []any{"db.query.text"}}}
	ours := newOurs(t, "pii", "secrets", "ids", "national_ids")
	var b strings.Builder
	b.WriteString("| secret | masking | redaction, six patterns and SQL | Odigos |\n| --- | --: | --: | --- |\n")
	for _, kind := range samples.Kinds() {
		secrets, err := samples.ReadSecrets(corpusDir, kind)
		require.NoError(t, err)
		fmt.Fprintf(&b, "| %s |", kind)
		var masked [2]int
		for _, s := range secrets {
			key := s.Key
			if key == "" {
				key = "some.attribute"
			}
			require.NotContains(t, maskedValue(t, ours, key, s.Text), s.Secret, "%s: %q", kind, s.Text)
			masked[0]++
			// A new one for each text: its sanitizer learns from one query how to read
			// the next, and it is in a sync.Pool whether there is one that has learned.
			redaction := newRedaction(t, map[string]any{"redact_all_types": true, "db_sanitizer": sql})
			if !strings.Contains(maskedValue(t, redaction, key, s.Text), s.Secret) {
				masked[1]++
			}
		}
		fmt.Fprintf(&b, " %d of %d | %d of %d |", masked[0], len(secrets), masked[1], len(secrets))
		odigos := odigosDetectors[kind]
		if odigos == "" {
			odigos = "no"
		}
		fmt.Fprintf(&b, " %s |\n", odigos)
	}
	return b.String()
}

// compareMistakes counts the texts of the corpus without secrets that are masked.
func compareMistakes(t *testing.T) string {
	contestants := []*contestant{newRedaction(t, nil), newOurs(t, sixDetectors...), newOurs(t, "pii", "secrets", "ids")}
	var totals [3]int
	texts := 0
	var b strings.Builder
	b.WriteString("| texts without secrets | redaction, six patterns | masking, six detectors | masking, pii, secrets and ids |\n| --- | --: | --: | --: |\n")
	for _, kind := range samples.BenignKinds() {
		benign, err := samples.ReadBenign(corpusDir, kind)
		require.NoError(t, err)
		texts += len(benign)
		fmt.Fprintf(&b, "| %s |", kind)
		for i, c := range contestants {
			wrong := 0
			for _, text := range benign {
				if maskedValue(t, c, "some.attribute", text) != text {
					wrong++
				}
			}
			totals[i] += wrong
			fmt.Fprintf(&b, " %d |", wrong)
		}
		b.WriteString("\n")
	}
	require.LessOrEqual(t, totals[2], texts/10_000, "one in ten thousand")
	fmt.Fprintf(&b, "| **of %d in all** | **%d** | **%d** | **%d** |\n", texts, totals[0], totals[1], totals[2])
	return b.String()
}
