package match

import (
	"errors"
	"math/rand/v2"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
)

func TestParsePredicate(t *testing.T) {
	tests := []struct {
		name   string
		raw    any
		holds  []string
		not    []string
		absent bool
	}{
		{"exact", "pay", []string{"pay"}, []string{"payments", ""}, false},
		{"empty string", "", []string{""}, []string{"x"}, false},
		{"int", 8080, []string{"8080"}, []string{"8081"}, false},
		{"bool", true, []string{"true"}, []string{"True"}, false},
		{"float", 1.5, []string{"1.5"}, []string{"1.50"}, false},
		{"list", []any{"pay", 7}, []string{"pay", "7"}, []string{"8"}, false},
		{"mixed list", []any{"pay", map[string]any{"glob": "bill-*"}}, []string{"pay", "bill-", "bill-eu"}, []string{"bill"}, false},
		{"glob", map[string]any{"glob": "a?c*"}, []string{"abc", "abcd/e.f"}, []string{"ac", "xabc"}, false},
		{"regex is a search", map[string]any{"regex": "lo[ab]d"}, []string{"preload", "load-1"}, []string{"lod"}, false},
		{"exists", map[string]any{"exists": true}, []string{"", "x"}, nil, false},
		{"exists false", map[string]any{"exists": false}, nil, []string{"", "x"}, true},
		{"not takes the absent, too", map[string]any{"not": "prod"}, []string{"dev", ""}, []string{"prod"}, true},
		{"not list", map[string]any{"not": []any{"a", "b"}}, []string{"c"}, []string{"a", "b"}, true},
		{"any", map[string]any{"any": []any{"a", map[string]any{"exists": false}}}, []string{"a"}, []string{"b"}, true},
		{
			"all",
			map[string]any{"all": []any{map[string]any{"glob": "pay-*"}, map[string]any{"not": map[string]any{"glob": "*-test"}}}},
			[]string{"pay-eu"},
			[]string{"pay-test", "bill"},
			false,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := ParsePredicate(tt.raw)
			require.NoError(t, err)
			for _, v := range tt.holds {
				require.True(t, p.Holds(v, true), "%q", v)
			}
			for _, v := range tt.not {
				require.False(t, p.Holds(v, true), "%q", v)
			}
			require.Equal(t, tt.absent, p.Holds("", false), "absent")
		})
	}
}

func TestParseClauseReportsEveryProblem(t *testing.T) {
	_, err := ParseClause(map[string]any{
		"a": map[string]any{"regex": "(?<=x)"},
		"b": map[string]any{"globb": "x"},
		"c": []any{},
		"d": nil,
		"e": map[string]any{"glob": "x", "regex": "y"},
		"f": map[string]any{"not": map[string]any{"exists": "yes"}},
		"g": []any{"ok", map[string]any{"glob": 3}},
		"h": map[string]any{"all": "x"},
	})
	require.Equal(t, strings.Join([]string{
		"a: regex: error parsing regexp: invalid named capture: `(?<=x)`; the syntax is RE2, which has no look-around and no back-references",
		`b: unknown operator "globb"; did you mean "glob"?`,
		"c: an empty list matches nothing; name at least one value",
		"d: no value; to ask whether the attribute is there, write { exists: true }",
		`e: wants exactly one operator, got ["glob" "regex"]; combine several with { all: [...] } or { any: [...] }`,
		"f: not: exists: wants true or false",
		`g: 1: glob: wants a pattern such as "checkout-*"`,
		"h: all: wants a list of predicates",
	}, "\n"), err.Error())

	_, err = ParseClause(nil)
	require.ErrorContains(t, err, "an empty entry would take everything")
}

func TestParserConditions(t *testing.T) {
	refuse := errors.New("no such function")
	p := Parser{Condition: func(text string) (Condition, error) {
		if text != "fine" {
			return nil, refuse
		}
		return atLeast(3), nil
	}}
	c, err := p.Clause(map[string]any{"condition": "fine", "env": "prod"})
	require.NoError(t, err)
	require.Equal(t, Clause{Terms: []Term{{Key: "env", Predicate: Exact{"prod"}}}, Condition: atLeast(3)}, c)

	_, err = p.Clause(map[string]any{"condition": "bad", "env": nil})
	require.ErrorIs(t, err, refuse)
	require.EqualError(t, err, "condition: no such function\nenv: no value; to ask whether the attribute is there, write { exists: true }")
	for _, raw := range []any{nil, 3, " ", map[string]any{"glob": "x"}} {
		_, err = p.Clause(map[string]any{"condition": raw})
		require.ErrorContains(t, err, "condition: wants an OTTL condition over the resource, such as", "%v", raw)
	}
	_, err = ParseClause(map[string]any{"condition": "fine"})
	require.EqualError(t, err, "condition: conditions cannot be used here; match attributes by key")
}

func TestPredicateText(t *testing.T) {
	tests := []struct {
		want string
		p    Predicate
	}{
		{"prod", Exact{"prod"}},
		{`[/var/log, a_b.c-1, "42", "true", "No", "", "a b", "*", "say \"x\""]`, Exact{"/var/log", "a_b.c-1", "42", "true", "No", "", "a b", "*", `say "x"`}},
		{"{ exists: false }", Exists(false)},
		{`{ glob: "a*" }`, Glob("a*")},
		{`{ regex: "^a\\d+" }`, Regex{regexp.MustCompile(`^a\d+`)}},
		{`{ not: [a, b] }`, Not{Exact{"a", "b"}}},
		{`[a, b, { glob: "c*" }, [d, { exists: false }]]`, Any{Exact{"a", "b"}, Glob("c*"), Any{Exact{"d"}, Exists(false)}}},
		{`{ all: [{ glob: "a*" }, { not: { glob: "*-test" } }] }`, All{Glob("a*"), Not{Glob("*-test")}}},
	}
	for _, tt := range tests {
		require.Equal(t, tt.want, tt.p.String())
	}
}

// What a predicate's text says, read as YAML, is the predicate again.
func TestPredicateTextReadsBack(t *testing.T) {
	r := random{rand.New(rand.NewPCG(1, 1))}
	values := []string{"", "a0", "b1", "c2", "b5", "true", "42", "no", "~", "x: y", "# z", "\n", "\u00e9"}
	for range 2000 {
		p := r.predicate(3)
		if r.IntN(4) == 0 {
			p = Any{p, Exact{values[r.IntN(len(values))]}}
		}
		conf, err := confmap.NewRetrievedFromYAML([]byte("p: " + p.String()))
		require.NoError(t, err, "%s", p)
		raw, err := conf.AsRaw()
		require.NoError(t, err)
		back, err := ParsePredicate(raw.(map[string]any)["p"])
		require.NoError(t, err, "%s", p)
		for _, v := range values {
			require.Equal(t, p.Holds(v, true), back.Holds(v, true), "%s of %q", p, v)
		}
		require.Equal(t, p.Holds("", false), back.Holds("", false), "%s", p)
	}
}

// Our glob agrees with path.Match on patterns and values that mean the same to
// both: no brackets, no backslash, no slash.
func FuzzGlob(f *testing.F) {
	f.Add("a*b?c", "aXXbYc")
	f.Add("*a*b", "ab")
	f.Add("", "")
	f.Fuzz(func(t *testing.T, pattern, value string) {
		if strings.ContainsAny(pattern, `[]\/`) || strings.Contains(value, "/") || !ascii(pattern) || !ascii(value) {
			return
		}
		want, err := path.Match(pattern, value)
		if err == nil && Glob(pattern).Holds(value, true) != want {
			t.Errorf("Glob(%q).Holds(%q) is %v", pattern, value, !want)
		}
	})
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0
}
