package objectstore

import (
	"net/url"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

var allowed = []string{"signal", "stream"}

func TestPrefix(t *testing.T) {
	values := map[string]string{"signal": "traces", "stream": "../a b"}
	for _, tt := range []struct{ template, fixed, want string }{
		{"", "", ""},
		{"lake", "lake", "lake"},
		{"a/b c/ü", "a/b c/ü", "a/b c/ü"},
		{"{signal}", "", "traces"},
		{"{stream}", "", "%2E.%2Fa%20b"},
		{"lake/{signal}/team={stream}/x", "lake", "lake/traces/team=%2E.%2Fa%20b/x"},
		{"lake-{signal}/v1", "", "lake-traces/v1"},
		{"a/b/{signal}+{stream}", "a/b", "a/b/traces+%2E.%2Fa%20b"},
		{"{signal}/{signal}", "", "traces/traces"},
	} {
		p, err := ParsePrefix(tt.template, allowed)
		require.NoError(t, err)
		require.Equal(t, tt.fixed, p.Fixed())
		got, err := p.Expand(values)
		require.NoError(t, err)
		require.Equal(t, tt.want, got)

		fixed, rest := p.Split()
		require.Equal(t, tt.fixed, fixed)
		require.Empty(t, rest.Fixed())
		below, err := rest.Expand(values)
		require.NoError(t, err)
		require.Equal(t, tt.want, path.Join(fixed, below))
	}
	var zero Prefix
	require.Empty(t, zero.Fixed())
	got, err := zero.Expand(nil)
	require.NoError(t, err)
	require.Empty(t, got)
}

func TestParsePrefixFails(t *testing.T) {
	const path = " must be a path without slashes at its ends, empty, '.' or '..' elements, backslashes and control characters"
	for template, want := range map[string]string{
		"{steam}":           `prefix: "{steam}" has the unknown placeholder {steam}; did you mean "stream"?`,
		"{env:HOME}":        `prefix: "{env:HOME}" has the unknown placeholder {env:HOME}; use one of signal, stream`,
		"{}":                `prefix: "{}" has the unknown placeholder {}; use one of signal, stream`,
		"a/{signal":         `prefix: "a/{signal" has a '{' without a '}': close it or remove it`,
		"a/signal}":         `prefix: "a/signal}" has a '}' without a '{': remove it`,
		"{signal}{stream}":  `prefix: "{signal}{stream}" has {stream} right behind {signal}: put a '/' or '=' between them`,
		"{signal}-{stream}": `prefix: "{signal}-{stream}" has {stream} right behind {signal}: put a '/' or '=' between them`,
		"/a":                `prefix: "/a"` + path,
		"{signal}/":         `prefix: "{signal}/"` + path,
		"a/../{signal}":     `prefix: "a/../{signal}"` + path,
		`a\b`:               `prefix: "a\\b"` + path,
		"a\nb":              `prefix: "a\nb"` + path,
		"/{x}{signal":       `prefix: "/{x}{signal" has the unknown placeholder {x}; use one of signal, stream` + "\n" + `prefix: "/{x}{signal" has a '{' without a '}': close it or remove it` + "\n" + `prefix: "/{x}{signal"` + path,
	} {
		_, err := ParsePrefix(template, allowed)
		require.EqualError(t, err, want)
	}
}

func TestExpandNamesMissingValue(t *testing.T) {
	p, err := ParsePrefix("{signal}/{stream}", allowed)
	require.NoError(t, err)
	require.Equal(t, allowed, p.Names())
	_, err = p.Expand(map[string]string{"signal": "traces"})
	require.EqualError(t, err, `prefix: no value for {stream} among those of ["signal"]`)
}

func TestElement(t *testing.T) {
	for value, want := range map[string]string{
		"":           "%",
		"a.b-c_D9":   "a.b-c_D9",
		"..":         "%2E.",
		"a/b":        "a%2Fb",
		"%2F":        "%252F",
		"ü\x00\n\\":  "%C3%BC%00%0A%5C",
		"_x":         "_x",
		"a=b {x} \"": "a%3Db%20%7Bx%7D%20%22",
	} {
		require.Equal(t, want, Element(value))
	}
	long := Element(strings.Repeat("a", 5000))
	require.Len(t, long, maxElement+1+1+elementHash)
	require.NotEqual(t, long, Element(strings.Repeat("a", 5001)))
}

// Guarantees for every template that ParsePrefix takes and all values: the
// prefix is a plain path of as many elements as the template, below its fixed
// part, of characters that need no care, hidden only where the template says
// so; and other values give another prefix.
func FuzzPrefix(f *testing.F) {
	f.Add("lake/{signal}/team={stream}", "traces", "../../etc", "traces", "..%2F..%2Fetc")
	f.Add("{signal}+{stream}", "a", "+b", "a+", "b")
	f.Add("{stream}", "", "_meta", "", "%5Fmeta")
	f.Add("{stream}", "", "", "", "%")
	f.Add("x{signal}=x{stream}.y", "x=x", "", "x", "=x")
	f.Add("a/{stream}", "", ".staging", "", "\x00\r\n")
	f.Add("{stream}", "", strings.Repeat("%", 200), "", strings.Repeat("%", 201))
	f.Fuzz(func(t *testing.T, template, signal1, stream1, signal2, stream2 string) {
		p, err := ParsePrefix(template, allowed)
		if err != nil || template == "" {
			return
		}
		one, err := p.Expand(map[string]string{"signal": signal1, "stream": stream1})
		require.NoError(t, err)
		two, err := p.Expand(map[string]string{"signal": signal2, "stream": stream2})
		require.NoError(t, err)

		plainElements(t, p, template, one)
		fixed, rest := p.Split()
		below, err := rest.Expand(map[string]string{"signal": signal1, "stream": stream1})
		require.NoError(t, err)
		require.Equal(t, one, path.Join(fixed, below))
		same := true
		for _, name := range p.Names() {
			same = same && (name != "signal" || signal1 == signal2) && (name != "stream" || stream1 == stream2)
		}
		require.Equal(t, same, one == two, "%q and %q", one, two)
	})
}

func plainElements(t *testing.T, p Prefix, template, got string) {
	require.True(t, plainPath(got), "%q", got)
	require.Equal(t, path.Clean(got), got)
	require.Equal(t, strings.Count(template, "/"), strings.Count(got, "/"), "%q", got)
	require.False(t, strings.ContainsFunc(got, isControl), "%q", got)
	require.True(t, p.Fixed() == "" || got == p.Fixed() || strings.HasPrefix(got, p.Fixed()+"/"))
	elements := strings.Split(got, "/")
	for i, element := range strings.Split(template, "/") {
		if strings.HasPrefix(element, "{") {
			require.NotContains(t, "._", elements[i][:1], "%q", got)
		}
	}
	// What the key looks like in a directory, to a second opinion.
	_, err := fstest.MapFS{got + "/f": {}}.Stat(got + "/f")
	require.NoError(t, err)
}

// Guarantees that readers of Hive partitions see the value that was put there,
// unless it was too long for that.
func FuzzElement(f *testing.F) {
	f.Add("a/b%2F")
	f.Add("..")
	f.Fuzz(func(t *testing.T, value string) {
		got := Element(value)
		require.LessOrEqual(t, len(got), maxElement+3+1+elementHash)
		if value == "" || len(got) > maxElement+3 {
			return
		}
		back, err := url.PathUnescape(got)
		require.NoError(t, err)
		require.Equal(t, value, back)
	})
}
