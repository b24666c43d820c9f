package detect_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/detect"
)

// customScanner returns a scanner with these patterns, and the set of them.
func customScanner(t testing.TB, patterns ...string) (*detect.Scanner, detect.Set) {
	t.Helper()
	var o detect.Options
	var set detect.Set
	for i, pattern := range patterns {
		c, err := detect.NewCustom(pattern)
		require.NoError(t, err)
		o.Custom = append(o.Custom, c)
		set |= detect.Of(detect.CustomID(i))
	}
	return detect.NewScanner(o), set
}

// customPatterns are of all kinds: with literals that a screen can look for and
// without, with groups, alternations, anchors and in any case.
var customPatterns = []string{
	`E\d{5}`, `order=([A-Z]{3}-\d{6})`, `key=(\w+)|token=(\w+)`, `(?:(emp)-)?E\d{5}`, `(x*)id:(\d+)`, `^\d{6}$`, `(?m)^pin (\d+)$`,
	`(?i)kontonr\.? (\d+)`, `(?i)ma\x{DF}e`, `a\x{FFFD}b`, `secret\x{FFFD}+`, `(?:ab){2,3}c`, `abc1|abd2`, `[Kk]onto`, `id(?i:ref)\d`, `\bq+\b`,
	`[^\x00-\x7F]{3}`, `(?s)<k>.*?</k>`, `\x{DF}\d|\x{1E9E}\d`,
	`(?:^|,)(\d{3})(?:,|$)`,
}

// customTexts are texts that each of them finds something in.
var customTexts = []string{
	"E12345", "order=ABC-123456", "key=v", "token=abc", "emp-E12345", "E00001", "xxid:7", "id:7", "123456", "a\npin 42\nb", "KONTONR 12", "\u212aontonr. 34",
	"MA\u1e9eE", "ma\u00dfe", "a\xffb", "a\ufffdb", "secret\xc3\x28", "ababc", "ababab abababc", "abc1", "abd2", "konto", "Konto", "idREF7", "idref7", "a qq b",
	"\u00e4\u00f6\u00fc", "\xff\xfe\xfd", "<k>\n\xff</k>", "\u00df1\u1e9e2", "111,222,333",
}

// Each pattern is asked for by a text, and each text holds something.
func TestRecallOfCustom(t *testing.T) {
	sc, set := customScanner(t, customPatterns...)
	var asked detect.Set
	var p detect.Pass
	for _, text := range customTexts {
		for _, around := range []string{text, "user " + text, text + "\n", "\xff" + text} {
			sc.Find(&p, around, set, 0)
			found := p.Findings
			screened := sc.Screen(around, set, 0)
			for _, f := range found {
				require.True(t, screened.Has(f.Detector), "%s in %q", customPatterns[f.Detector-detect.CustomID(0)], around)
				asked |= detect.Of(f.Detector)
			}
			require.True(t, around != text || len(found) > 0, "%q", text)
		}
	}
	require.Equal(t, set, asked)
}

// What a custom detector finds: the first group that holds text, or the whole
// match if none does. None of it is screened out.
func TestCustom(t *testing.T) {
	for _, c := range []struct {
		name, pattern, text string
		want                []string
	}{
		{"no group", `E\d{5}`, "E12345, E6789, E00001", []string{"E12345", "E00001"}},
		{"a group", `order=([A-Z]{3}-\d{6})`, "order=ABC-123456 order=x", []string{"ABC-123456"}},
		{"groups that do not capture", `(?:order|id)=\w+`, "id=7", []string{"id=7"}},
		{"the first of two groups", `u=(\w+) p=(\w+)`, "u=jane p=x", []string{"jane"}},
		{"a group on each side", `key=(\w+)|token=(\w+)`, "token=abc key=de", []string{"abc", "de"}},
		{"a named group", `k=(?P<v>\w+)`, "k=v", []string{"v"}},
		{"an optional group without part", `(?:(emp)-)?E\d{5}`, "E12345 emp-E6", []string{"E12345"}},
		{"what is left of a match is a match", `(?:(emp)-)?E\d{5}`, "emp-E12345", []string{"emp", "E12345"}},
		{"a group that may be empty", `(emp-|)E\d{5}`, "E12345", []string{"E12345"}},
		{"an empty group before another", `(x*)token=(\w+)`, "token=abc", []string{"abc"}},
		{"anchors", `^\d{6}$`, "123456", []string{"123456"}},
		{"anchors, not fitting", `^\d{6}$`, "id 123456", nil},
		{"lines", `(?m)^pin (\d+)$`, "a\npin 42\nb", []string{"42"}},
		{"any case", `(?i)kontonr\.? (\d+)`, "KONTONR 12, Kontonr. 34", []string{"12", "34"}},
		{"the case of a sign", `(?i)kelvin`, "\u212aelvin", []string{"\u212aelvin"}},
		{"any case of a part", `id(?i:ref)\d`, "idREF7", []string{"idREF7"}},
		{"a class of two cases", `[Kk]onto`, "Konto", []string{"Konto"}},
		{"a repeated literal", `(?:ab){2,3}c`, "ababc", []string{"ababc"}},
		{"an optional literal", `(?:ab)?c\d`, "c1", []string{"c1"}},
		{"common prefixes", `abc1|abd2`, "abd2", []string{"abd2"}},
		{"an escaped literal", `\Qa.b\E`, "a.b axb", []string{"a.b"}},
		{"outside of ASCII", `stra\x{DF}e (\d+)`, "stra\u00dfe 5", []string{"5"}},
		{"invalid UTF-8", `a\x{FFFD}b`, "a\xffb", []string{"a\xffb"}},
		{"invalid UTF-8 behind a literal", `secret\x{FFFD}`, "secret\xc3", []string{"secret\xc3"}},
		{"the character for invalid UTF-8", `a\x{FFFD}b`, "a\ufffdb", []string{"a\ufffdb"}},
		{"around invalid UTF-8", `id=(\d+)`, "\xff id=12\xfe", []string{"12"}},
		{"delimiters that two matches share", `(?:^|,)(\d{3})(?:,|$)`, "111,222,333,4444,555", []string{"111", "222", "333", "555"}},
		{"a space on each side", ` ref (\S+) `, " ref a ref b ref c ", []string{"a", "b", "c"}},
		{"the start of the text alone", `^(\d{3})`, "123456", []string{"123"}},
		{"the start of the text by its other name", `\A(a)|(b)`, "aab", []string{"a", "b"}},
		{"word boundaries", `\b(\d{3})`, "123456 789", []string{"123", "789"}},
		{"no word boundary", `(x)\B`, "xxy x", []string{"x", "x"}},
		{"starts of lines", `(?m)^(\w)`, "ab\ncd", []string{"a", "c"}},
		{"a letter of two bytes before", `(\x{E4})(?:\b|z)`, "\u00e4z\u00e4b", []string{"\u00e4", "\u00e4"}},
		{"flags", `(?is)K(.)`, "k\nK\u00e4", []string{"\n", "\u00e4"}},
		{"empty matches", `\b|,(q+)`, "a ,qq", []string{"qq"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			sc, set := customScanner(t, c.pattern)
			var p detect.Pass
			sc.Find(&p, c.text, sc.Screen(c.text, set, 0), 0)
			var found []string
			for _, f := range p.Findings {
				found = append(found, c.text[f.Start:f.End])
			}
			require.Equal(t, c.want, found)
		})
	}
}

// The validators are asked about what is found, not about the match.
func TestCustomValidators(t *testing.T) {
	luhn, err := detect.NewCustom(`n1=(\d+)`)
	require.NoError(t, err)
	luhn.Luhn = true
	random, err := detect.NewCustom(`(?:key )?(\w{8})`)
	require.NoError(t, err)
	random.MinEntropy = 2.5
	sc := detect.NewScanner(detect.Options{Custom: []*detect.Custom{luhn, random}})
	for _, c := range []struct {
		text             string
		custom           int
		found, rejection bool
	}{
		{"n1=18", 0, true, false},
		{"n1=17", 0, false, true},
		{"key q7Zx2Lp9", 1, true, false},
		{"key aaaaaaab", 1, false, true},
	} {
		var p detect.Pass
		id := detect.CustomID(c.custom)
		sc.Find(&p, c.text, sc.Screen(c.text, detect.Of(id), 0), 0)
		require.Equal(t, c.found, len(p.Findings) == 1, c.text)
		require.Equal(t, c.rejection, p.Rejected[id] == 1, c.text)
	}
}

// Patterns that cannot be detectors are refused.
func TestCustomRefusals(t *testing.T) {
	for _, pattern := range []string{`(`, `(?=x)`, `\1`, `x*`, `^`, ``} {
		_, err := detect.NewCustom(pattern)
		require.Error(t, err, pattern)
	}
}
