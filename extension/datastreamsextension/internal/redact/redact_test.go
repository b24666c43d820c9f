package redact_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/exporter/otlphttpexporter"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/redact"
	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/schema"
)

// rules know the configuration of otlp_http and of nothing else.
var rules = redact.Rules{Schema: func(section, component string) *schema.Node {
	if section != "exporters" || component != "otlp_http" {
		return nil
	}
	return schema.Of(otlphttpexporter.NewFactory().CreateDefaultConfig(), 8)
}}

const document = `version: 1

# A comment with 'quotes'.
destinations:
  plain:
    otlp_http:
      endpoint: https://me:hunter2@otlp.example.com # mine

      headers: { x-team: SECRET-1, other: "SECRET-2\" x", ref: "${env:KEY}", third: 'SECRET-''3' }
  listed:
    otlp_http:
      endpoint: http://a
      headers:
        - { name: x-api-key, value: SECRET-4 }
  block:
    mystery:
      private_key: |
        SECRET-5
          SECRET-6

        SECRET-7
      password: 12345678
      key_file: /etc/key
  folded:
    mystery:
      api-key: "SECRET-8
        SECRET-9"
receivers:
  kafka:
    auth: { sasl: { username: u, password: SECRET-10, mechanism: PLAIN } }
collector:
  extensions:
    basicauth: { htpasswd: { inline: "u:SECRET-11" } }
actions:
  - mask: { hash_keys: [{ id: k1, secret: SECRET-12 }] }
mask_profiles:
  strict: { hash_keys: [{ id: k1, secret: SECRET-13 }] }
streams:
  default:
    sources: [{ token: not-secret }]
    destinations: [plain]
`

func TestText(t *testing.T) {
	shown, hidden := rules.Text([]byte(document))
	require.NotContains(t, string(shown), "SECRET")
	require.NotContains(t, string(shown), "hunter2")
	require.NotContains(t, string(shown), "12345678")
	require.Equal(t, 12, hidden)
	for _, kept := range []string{
		"\n\n# A comment with 'quotes'.\n", `endpoint: "https://me:***@otlp.example.com" # mine` + "\n\n", `ref: "${env:KEY}"`,
		"key_file: /etc/key", "name: x-api-key", "username: u", "token: not-secret", `private_key: "***"`, "id: k1",
	} {
		require.Contains(t, string(shown), kept)
	}
	again, err := rules.Restore(shown, []byte(document))
	require.NoError(t, err)
	require.Equal(t, document, string(again), "what comes back is the document, to the byte")
	env := func(_, name string) (string, bool) { return "SECRET-OF-" + name, true }
	secrets := rules.Secrets([]byte(document), env)
	require.Len(t, secrets, 13)
	require.Subset(t, secrets, []string{"hunter2", "SECRET-OF-KEY", "SECRET-1", "12345678"})
	require.NotContains(t, secrets, "/etc/key")

	clean := []byte("version: 1\ndestinations: { a: { debug: {} } }\n")
	shown, hidden = rules.Text(clean)
	require.Equal(t, clean, shown)
	require.Zero(t, hidden)
}

// Layouts that cannot be spliced hide as much.
func TestTextOfOtherLayouts(t *testing.T) {
	for name, text := range map[string]string{
		"anchor":       "destinations: { a: { otlp_http: { headers: &h { k: SECRET } } }, b: { otlp_http: { headers: *h } } }\n",
		"scalar alias": "destinations: { a: { otlp_http: { compression: &s SECRET, headers: { k: *s } } } }\n",
		"merge":        "x: &x { authorization: SECRET }\ndestinations: { a: { otlp_http: { headers: { <<: *x } } } }\n",
		"tag":          "destinations: { a: { m: { password: !!str SECRET } } }\n",
		"list item":    "destinations:\n  a:\n    m:\n      tokens:\n        - |\n          SECRET\n        - SECRET\n",
		"two lines":    "destinations:\n  a:\n    m:\n      password: SECRET\n        SECRET\n      endpoint: http://u:SECRET@h\n",
		"CRLF":         "destinations:\r\n  a:\r\n    m:\r\n      password: SECRET\r\n      endpoint: http://x\r\n",
		"no YAML":      "destinations:\n  a:\n    m: [ {\n      password: SECRET\n      \"api_key\": \"SECRET SECRET\"\n  b: { url: http://u:SECRET@h, token: SECRET }\n",
		"circle":       "destinations: &d { a: { otlp_http: { headers: { authorization: SECRET }, x: *d } } }\n",
		"tabs":         "destinations:\n\ta:\n\t\tm: { password: \"SECRET SECRET\" }\n",
		"umlauts":      "destinations: { ä: { \"ö\": { password: \"SECRET ü\", name: ü } } }\n",
	} {
		t.Run(name, func(t *testing.T) {
			shown, hidden := rules.Text([]byte(text))
			require.NotContains(t, string(shown), "SECRET", string(shown))
			require.Contains(t, string(shown), redact.Placeholder)
			require.Positive(t, hidden)
		})
	}
}

func TestRestore(t *testing.T) {
	const before = `destinations:
  a: { otlp_http: { endpoint: "http://u:SECRET@a", headers: { k: SECRET } } }
  b: { m: { tokens: [S1, S2] } }
`
	shown, _ := rules.Text([]byte(before))
	change := func(old, new string) []byte {
		require.Contains(t, string(shown), old)
		return []byte(strings.Replace(string(shown), old, new, 1))
	}
	// Other things change, and secrets stay or become others.
	got, err := rules.Restore(change(`k: "***"`, `k: "***", l: x, m: "${env:M}"`), []byte(before))
	require.NoError(t, err)
	require.Contains(t, string(got), `headers: { k: SECRET, l: x, m: "${env:M}" }`)
	got, err = rules.Restore(change(`k: "***"`, `k: "new"`), []byte(before))
	require.NoError(t, err)
	require.Contains(t, string(got), `k: "new"`)
	got, err = rules.Restore(change(`["***", "***"]`, `[]`), []byte(before))
	require.NoError(t, err)
	require.NotContains(t, string(got), "S1")

	for name, text := range map[string][]byte{
		"another key":       change(`k: "***"`, `k2: "***"`),
		"another stream":    change("  a: {", "  a2: {"),
		"another host":      change("***@a", "***@evil.example.com"),
		"part of a value":   change(`k: "***"`, `k: "Bearer ***"`),
		"a list that moves": change(`["***", "***"]`, `["***"]`),
	} {
		_, err := rules.Restore(text, []byte(before))
		var misplaced *redact.MisplacedError
		require.ErrorAs(t, err, &misplaced, name)
		require.Positive(t, misplaced.Line)
		require.NotContains(t, err.Error(), "SECRET")
	}
	got, err = rules.Restore([]byte("streams: { a: { title: '***' } }\n"), nil)
	require.NoError(t, err, "elsewhere it is a text as any other")
	require.Equal(t, "streams: { a: { title: '***' } }\n", string(got))
}

func TestConfigAndMerge(t *testing.T) {
	config := map[string]any{
		"endpoint": "http://u:SECRET@a", "headers": map[string]any{"k": "SECRET", "r": "${env:R}"},
		"password": 1234, "tokens": []any{"S1", "S2"}, "insecure": true, "none": nil,
	}
	at := []string{"destinations", "a", "otlp_http"}
	shown, hidden := rules.Config(config, at...)
	require.Equal(t, 5, hidden)
	require.Equal(t, map[string]any{
		"endpoint": "http://u:***@a", "headers": map[string]any{"k": "***", "r": "${env:R}"},
		"password": "***", "tokens": []any{"***", "***"}, "insecure": true, "none": nil,
	}, shown)
	merged, missing := rules.Merge(shown, config, at...)
	require.Empty(t, missing)
	require.Equal(t, config, merged)

	shown["headers"].(map[string]any)["new"] = "***"
	shown["tokens"] = []any{"***"}
	_, missing = rules.Merge(shown, config, at...)
	require.Equal(t, "destinations.a.otlp_http.headers.new", missing)
}

func TestMessage(t *testing.T) {
	require.Equal(t, `Post "https://me:***@a.example.com/v1": token *** is refused, abc`,
		redact.Message(`Post "https://me:pw@a.example.com/v1": token hunter2 is refused, abc`, []string{"hunter2", "abc"}))
}
