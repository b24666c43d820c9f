package redact_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/redact"
)

// Secrets are found wherever a configuration may have them.
func TestTextOfOtherPlaces(t *testing.T) {
	for name, text := range map[string]string{
		"service":             "collector: { service: { telemetry: { logs: { processors: [{ batch: { exporter: { otlp: { headers: [{ name: x, value: SECRET }] } } } }] } } } }\n",
		"service, compiled":   "service: { telemetry: { traces: { headers_list: 'api-key=SECRET' } } }\n",
		"any processor":       "streams: { a: { actions: [{ processor: { mystery: { api_token: SECRET } } }] } }\n",
		"any, for all":        "actions: [{ processor: { mystery: { headers: { x: SECRET } } } }]\n",
		"plain header":        "extensions: { headers_setter: { headers: [{ key: x, value: SECRET }] } }\n",
		"passphrase":          "receivers: { a: { passphrase: SECRET } }\n",
		"connection string":   "receivers: { a: { connection: 'Endpoint=sb://x;SharedAccessKey=SECRET=;EntityPath=y' } }\n",
		"datasource":          "receivers: { sqlquery: { datasource: 'host=h user=u password=SECRET' } }\n",
		"query":               "destinations: { a: { m: { url: 'https://h/x?a=b&api_key=SECRET' } } }\n",
		"password with @":     "destinations: { a: { m: { url: 'postgres://u:p@SECRET@h/x' } } }\n",
		"next to a reference": "destinations: { a: { m: { password: 'SECRET1${env:A}' } } }\n",
		"default":             "destinations: { a: { m: { password: '${env:A:-SECRET}' } } }\n",
		"host by reference":   "destinations: { a: { m: { url: 'https://u:SECRET@${env:HOST}' } } }\n",
		"authorization":       "destinations: { a: { m: { other: 'Bearer SECRET123' } } }\n",
		"two documents":       "version: 1\n---\ndestinations: { a: { m: { password: SECRET } } }\n",
		"no YAML, block":      "a: [\n  private_key: |\n    SECRET\n\n    SECRET\n  b: c\n",
		"no YAML, list":       "a: [\n  tokens:\n  - SECRET\n  - SECRET\n",
		"no YAML, headers":    "a: [\n  headers:\n    x-team: SECRET\n",
		"no YAML, in flow":    "a: [\n  b: { c: d, headers: { x-team: SECRET, y: SECRET } }\n",
		"no YAML, two lines":  "a: [\n  password: \"SECRET\n    SECRET\"\n",
	} {
		t.Run(name, func(t *testing.T) {
			shown, hidden := rules.Text([]byte(text))
			require.NotContains(t, string(shown), "SECRET", string(shown))
			require.Contains(t, string(shown), redact.Placeholder)
			require.Positive(t, hidden)
		})
	}
}

// What is no secret is shown as it is.
func TestTextShowsTheRest(t *testing.T) {
	for _, text := range []string{
		"destinations: { a: { m: { password: '${env:A}', token: 'Bearer ${env:B}', basic: '${env:U}:${env:P}', tokens: ['${file:/run/x}'] } } }\n",
		"destinations: { a: { m: { url: 'https://${env:U}:${env:P}@h/x?token=${env:T}&region=eu' } } }\n",
		"destinations: { a: { parquet: { url: 's3://bucket/prefix?region=eu-west-1&path_style=true' } } }\n",
		"service: { extensions: [a], pipelines: { traces/token: { receivers: [otlp], processors: [x], exporters: [y] } } }\n",
		"streams: { a: { sources: [{ api.token: x }], actions: [{ set: { api.token: x } }, { processor: { redaction: { allow_all_keys: true } } }] } }\n",
	} {
		shown, hidden := rules.Text([]byte(text))
		require.Equal(t, text, string(shown))
		require.Zero(t, hidden)
	}
	shown, _ := rules.Text([]byte("a: [\n  # Some words.\n  endpoint: http://h:4317\n  password: SECRET\n  other: x\n"))
	require.Equal(t, "a: [\n  # Some words.\n  endpoint: http://h:4317\n  password: ***\n  other: x\n", string(shown))
}

// Nobody gets to see a secret by sending its placeholder back in such a way that
// something else is the same.
func TestRestoreAndAliases(t *testing.T) {
	const before = `destinations:
  a: { otlp_http: { headers: { k: SECRET, l: SECRET } } }
`
	for name, text := range map[string]string{
		"title":     "destinations: { a: { otlp_http: { headers: { k: &x '***' } } } }\nstreams: { s: { title: *x } }\n",
		"mapping":   "destinations: { a: { otlp_http: { headers: &x { k: '***' } } } }\nstreams: { s: { sources: [*x] } }\n",
		"merge":     "destinations: { a: { otlp_http: { headers: &x { k: '***' } } } }\nstreams: { s: { sources: [{ <<: *x }] } }\n",
		"key":       "destinations: { a: { otlp_http: { headers: { k: &x '***' } } } }\nstreams: { ? *x : {} }\n",
		"zero byte": "destinations: { a: { otlp_http: { \"headers\\0k\": '***' } } }\n",
		"by dots":   "destinations: { a: { otlp_http: { headers.k: { token: '***' } } } }\n",
	} {
		got, err := rules.Restore([]byte(text), []byte(before))
		var misplaced *redact.MisplacedError
		if name == "zero byte" && err == nil { // It is no secret there: a text as any other.
			require.NotContains(t, string(got), "SECRET", name)
			continue
		}
		require.ErrorAs(t, err, &misplaced, name)
		require.NotContains(t, string(got), "SECRET", name)
	}
	// Between places that were the same before, or have the same secret, they are fine.
	got, err := rules.Restore([]byte("destinations: { a: { otlp_http: { headers: { k: &x '***', l: *x } } } }\n"), []byte(before))
	require.NoError(t, err)
	require.Contains(t, string(got), "k: &x 'SECRET', l: *x")
	const aliased = "destinations: { a: { otlp_http: { compression: &s SECRET, headers: { k: *s } } } }\n"
	shown, _ := rules.Text([]byte(aliased))
	got, err = rules.Restore(shown, []byte(aliased))
	require.NoError(t, err)
	require.Contains(t, string(got), "SECRET")

	_, err = rules.Restore([]byte("streams: { s: { title: '***' } }\n"), []byte("a: [\n  routing_key: x\n"))
	require.ErrorContains(t, err, "line 1", "what was no YAML may have had anything hidden")
}

// Long documents take time in proportion.
func TestTextOfLongDocuments(t *testing.T) {
	var b strings.Builder
	b.WriteString("destinations:\n")
	for range 3000 {
		b.WriteString("  # A comment that takes its place.\n")
	}
	b.WriteString("  a:\n    m:\n      tokens:\n")
	for range 3000 {
		b.WriteString("        - \"SECRET\"\n")
	}
	shown, hidden := rules.Text([]byte(b.String()))
	require.Equal(t, 3000, hidden)
	again, err := rules.Restore(shown, []byte(b.String()))
	require.NoError(t, err)
	require.Equal(t, b.String(), string(again))
}

func TestNewReferences(t *testing.T) {
	const known = "destinations: { a: { m: { token: '${env:A}', x: y } } }\n"
	for text, want := range map[string]bool{
		known: false,
		"destinations: { a: { m: { token: '${env:A}', x: z } } }\n":      false,
		"destinations: { a: { m: { x: '${env:A}' } } }\n":                true,
		"destinations: { a: { m: { token: '${env:B}' } } }\n":            true,
		"destinations: { a: { m: { token: &t '${env:A}', x: *t } } }\n":  true,
		"destinations: { a: { m: { token: '${file:/etc/passwd}' } } }\n": true,
		"destinations: { a: { m: { token: '${https://h/}', x: y } }\n":   true,
		"destinations: { a: { m: { x: [y] } } }\n":                       false,
	} {
		require.Equal(t, want, redact.NewReferences([]byte(text), nil, []byte(known)), text)
	}
}

func TestLookup(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(path, []byte("SECRET-1\n"), 0o600))
	t.Setenv("REDACT_TEST", "SECRET-2")
	text := "destinations: { a: { m: { token: 'Bearer ${file:" + path + "}', password: '${REDACT_TEST}', url: 'http://u:${env:REDACT_TEST:-x}@h', key_file: '${file:/none}' } } }\n"
	secrets := rules.Secrets([]byte(text), redact.Lookup)
	require.Subset(t, secrets, []string{"SECRET-1", "SECRET-2"})
	require.Equal(t, "*** and *** are wrong", redact.Message("SECRET-1 and SECRET-2 are wrong", secrets))
}
