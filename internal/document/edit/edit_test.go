package edit_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document/edit"
)

const shop = `# What we run.
version: 1

destinations:
  lake: { parquet: {} } # cheap

streams:
  # The money.
  checkout:
    title: Checkout   # shown
    sources:
      - service.name: [cart]   # and more soon

    destinations: [lake]
    # Ends checkout.
  # All else.
  default: { destinations: [lake] }

# The end.
`

func TestApply(t *testing.T) {
	list := []string{"lake", "tempo"}
	cases := map[string]struct {
		change edit.Change
		gone   []string // lines that the result lacks
		added  []string // lines that it has more
	}{
		"a scalar keeps its comment": {
			change: edit.Change{Path: []string{"streams", "checkout", "title"}, Value: "Till"},
			gone:   []string{"    title: Checkout   # shown"}, added: []string{"    title: Till   # shown"},
		},
		"a list on one line": {
			change: edit.Change{Path: []string{"streams", "checkout", "destinations"}, Value: list},
			gone:   []string{"    destinations: [lake]"}, added: []string{"    destinations: [lake, tempo]"},
		},
		"a new key at the end": {
			change: edit.Change{Path: []string{"streams", "checkout", "mode"}, Value: "paused"},
			added:  []string{"    mode: paused"},
		},
		"a key of a mapping on one line": {
			change: edit.Change{Path: []string{"streams", "default", "mode"}, Value: "observe"},
			gone:   []string{"  default: { destinations: [lake] }"}, added: []string{"  default: {destinations: [lake], mode: observe}"},
		},
		"a new entry before another": {
			change: edit.Change{Path: []string{"streams", "trial"}, Value: map[string]any{"destinations": []string{"lake"}}, Before: "default"},
			added:  []string{"  trial:", "    destinations: [lake]"},
		},
		"an entry goes with its comment": {
			change: edit.Change{Path: []string{"streams", "checkout"}},
			gone: []string{
				"  # The money.", "  checkout:", "    title: Checkout   # shown", "    sources:", "      - service.name: [cart]   # and more soon",
				"    destinations: [lake]", "    # Ends checkout.", "",
			},
		},
		"a section that was not there": {
			change: edit.Change{Path: []string{"settings", "data_dir"}, Value: "/var/lib"},
			added:  []string{"settings:", "  data_dir: /var/lib"},
		},
		"what is not there goes without a trace": {change: edit.Change{Path: []string{"streams", "other", "mode"}}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := edit.Apply([]byte(shop), c.change)
			require.NoError(t, err)
			gone, added := difference(shop, string(got))
			require.Equal(t, c.gone, gone, string(got))
			require.Equal(t, c.added, added, string(got))
		})
	}
}

// The text that results always means what was asked for, whatever the layout.
func TestApplyToOddLayouts(t *testing.T) {
	for name, text := range map[string]string{
		"flow at the root": `{version: 1, streams: {a: {mode: deliver}}}`,
		"anchors":          "x: &m {mode: deliver}\nstreams:\n  a: *m\n",
		"a literal block":  "streams:\n  a:\n    description: |\n      # no comment\n      text\n    mode: deliver\n",
		"carriage returns": "streams:\r\n  a:\r\n    mode: deliver\r\n",
		"a mark":           "\ufeffstreams:\n  a:\n    mode: deliver",
		"null":             "streams:\n  a:\n",
		"nothing":          "",
		"a quoted key":     "\"streams\":\n  'a': {mode: deliver}\n",
		"umlauts":          "streams: {\u00e4: 1, a: {mode: deliver}} # \u00e4\u00f6\n",
	} {
		t.Run(name, func(t *testing.T) {
			got, err := edit.Apply([]byte(text), edit.Change{Path: []string{"streams", "a", "mode"}, Value: "paused"})
			if name == "anchors" {
				require.ErrorContains(t, err, "not a mapping", "an alias is shared: editing it would change something else")
				return
			}
			require.NoError(t, err)
			again, err := edit.Apply(got, edit.Change{Path: []string{"streams", "a", "mode"}, Value: "paused"})
			require.NoError(t, err)
			require.Equal(t, string(got), string(again), "an edit that changes nothing leaves the text alone")
			require.Contains(t, string(got), "mode: paused")
		})
	}
}

func TestApplyRefuses(t *testing.T) {
	_, err := edit.Apply([]byte("- a\n"), edit.Change{Path: []string{"streams"}, Value: 1})
	require.EqualError(t, err, "streams: the document is not a mapping of keys")
	_, err = edit.Apply([]byte("streams: [a]\n"), edit.Change{Path: []string{"streams", "a"}, Value: 1})
	require.EqualError(t, err, "streams.a: streams is not a mapping of keys")
	_, err = edit.Apply([]byte("a: 1\n"), edit.Change{})
	require.ErrorContains(t, err, "no key is named")
}

// FuzzApply: whatever can be parsed can be edited, says afterwards what was
// asked for, and says all else as it did before.
func FuzzApply(f *testing.F) {
	f.Add(shop, "checkout", "title", "x")
	f.Add("streams: {}\n", "a", "b", "- c")
	f.Add("streams:\n  a: # x\n    b: |\n      y\n", "a", "b", "#")
	f.Fuzz(func(t *testing.T, text, stream, key, value string) {
		text = strings.ReplaceAll(text, "\r", "") + "\n" // What is normalized may say something else.
		path := []string{"streams", stream, key}
		got, err := edit.Apply([]byte(text), edit.Change{Path: path, Value: value})
		if err != nil {
			return
		}
		before, after := decode(t, []byte(text)), decode(t, got)
		require.Equal(t, decode(t, encode(t, value)), take(after, path))
		take(before, path)
		require.Equal(t, without(before), without(after))
	})
}

func decode(t *testing.T, text []byte) any {
	var v any
	if err := yaml.Unmarshal(text, &v); err != nil {
		t.Skip("it has meaning for no reader: ", err)
	}
	return textKeys(v)
}

func textKeys(v any) any {
	named := make(map[string]any)
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			named[key] = textKeys(value)
		}
	case map[any]any:
		for key, value := range v {
			named[fmt.Sprint(key)] = textKeys(value)
		}
	default:
		return v
	}
	return named
}

func encode(t *testing.T, v any) []byte {
	text, err := yaml.Marshal(v)
	require.NoError(t, err)
	return text
}

// take removes the value at path from v, and returns it.
func take(v any, path []string) any {
	m, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	if len(path) == 1 {
		found := m[path[0]]
		delete(m, path[0])
		return found
	}
	return take(m[path[0]], path[1:])
}

// without returns v without what holds nothing.
func without(v any) any {
	m, ok := v.(map[string]any)
	if !ok {
		return v
	}
	kept := make(map[string]any)
	for key, value := range m {
		if value = without(value); value != nil {
			kept[key] = value
		}
	}
	if len(kept) == 0 {
		return nil
	}
	return kept
}

// difference returns the lines that one text has and the other lacks.
func difference(before, after string) (gone, added []string) {
	left := strings.Split(after, "\n")
	for line := range strings.SplitSeq(before, "\n") {
		found := false
		for i, l := range left {
			if l == line {
				left = append(left[:i:i], left[i+1:]...)
				found = true
				break
			}
		}
		if !found {
			gone = append(gone, line)
		}
	}
	if len(left) > 0 {
		added = left
	}
	return gone, added
}
