package api_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/api"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/membership"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/revision"
)

// literal is the shop with secrets written out.
var literal = strings.NewReplacer(
	`"${env:KEY}"`, `Bearer hunter2`,
	"- sample: { percent: 20 }", "- sample: { percent: 20 }\n      - mask: { hash_keys: [{ id: k1, secret: hunter22222222222 }] } # ours",
).Replace(shop)

// The API takes no secret that is written out.
func TestSecretsAreRefused(t *testing.T) {
	c := newCollector(t, shop)
	for _, yaml := range []string{
		`headers: {authorization: Bearer x}`, `auth: {sasl: {password: x}}`, `headers: [{api-key: x}]`, `headers: {x-any: x}`,
		`s3: {secret_access_key: x}`, `endpoint: 'https://me:pw@example.com'`, `headers: {authorization: '***'}`,
	} {
		body := `{"name":"v","type":"otlp_http","yaml":"` + yaml + `"}`
		c.ask("POST /destinations?dry_run", body, true).is(http.StatusUnprocessableEntity, "A secret would stand in the document")
		body = `{"type":"otlp_http","yaml":"` + strings.Replace(yaml, "authorization", "other", 1) + `"}`
		c.ask("PUT /destinations/vendor?dry_run", body, true).is(http.StatusUnprocessableEntity, "A secret would stand in the document")
	}
	c.ask("POST /destinations?dry_run", `{"name":"v","type":"otlp_http","yaml":"{endpoint: 'http://a', tls: {key_file: /k}, headers: {api-key: '${file:/k}'}}"}`, true).is(http.StatusOK, "")
}

// A secret that somebody wrote into the document is shown by nothing.
func TestSecretsAreNotShown(t *testing.T) {
	c := newCollector(t, literal)
	_, err := c.journal.Record([]byte(literal), revision.Revision{Kind: "start", State: revision.Applied})
	require.NoError(t, err)
	c.data = strings.Replace(literal, "title: Checkout", "title: Till", 1)
	for request, body := range map[string]string{
		"GET /document": "", "GET /config": "", "GET /streams": "", "GET /streams/checkout": "", "GET /destinations": "",
		"GET /revisions/1": "", "POST /revisions/1/restore?dry_run": "", "DELETE /streams/checkout?dry_run": "",
		"PATCH /streams/checkout?dry_run": `{"title": "x"}`, "PUT /document?dry_run": strings.Replace(literal, "hunter2", "hunter3", 1),
		"DELETE /destinations/vendor?dry_run": "",
	} {
		a := c.ask(request, body, true)
		require.NotContains(t, a.body, "hunter", request)
		if !strings.HasPrefix(request, "DELETE") {
			require.Contains(t, a.body, "***", request)
		}
		if a.status == http.StatusOK && !strings.Contains(request, "/streams") && !strings.Contains(request, "GET /destinations") {
			require.Equal(t, "2", a.header.Get("X-Redacted"), request)
		}
	}
	c.verdict = errors.New(`exporters::otlp_http/vendor: "Bearer hunter2" is refused by https://me:hunter@example.com`)
	a := c.ask("POST /destinations?dry_run", `{"name":"log","type":"debug"}`, true).is(http.StatusUnprocessableEntity, "The collector would not run with it")
	require.NotContains(t, a.body, "hunter")
}

// What was shown without secrets can be sent back, and has them again.
func TestSecretsAreKept(t *testing.T) {
	c := newCollector(t, literal)
	shown := c.ask("GET /document", "", false).body
	c.ask("PUT /document", shown+"# more\n", true).is(http.StatusAccepted, "")
	require.Equal(t, literal+"# more\n", c.data)

	var p api.Problem
	c.ask("PUT /document", strings.Replace(shown, "authorization:", "x-other:", 1), true).is(http.StatusUnprocessableEntity, "A secret is missing").decode(&p)
	require.Equal(t, 5, p.Diagnostics[0].Line)
	require.Equal(t, "destinations.vendor.otlp_http.headers.x-other", p.Diagnostics[0].Path)
	require.Equal(t, literal+"# more\n", c.data)

	c.data = literal
	c.ask("PUT /destinations/vendor", `{"type":"otlp_http","queue":"memory","yaml":"{endpoint: 'https://b.example.com', headers: {authorization: '***'}}"}`, true).is(http.StatusAccepted, "")
	require.Contains(t, c.data, "https://b.example.com")
	require.Contains(t, c.data, "authorization: Bearer hunter2")
	require.Contains(t, c.data, "queue: memory")
	require.Contains(t, c.data, "lake: { parquet: {} } # cheap", "others are left alone")

	// Actions may change their places.
	c.data = literal
	c.ask("PATCH /streams/checkout", `{"actions":[{"mask":{"hash_keys":[{"id":"k1","secret":"***"}]}},{"sample":{"percent":10}}]}`, true).is(http.StatusAccepted, "")
	require.Contains(t, c.data, "secret: hunter22222222222")
	c.ask("PATCH /streams/checkout", `{"actions":[{"mask":{"hash_keys":[{"id":"k2","secret":"***"}]}}]}`, true).is(http.StatusUnprocessableEntity, "A secret is missing")
}

// Changing a destination leaves alone what does not change.
func TestDestinationKeepsComments(t *testing.T) {
	c := newCollector(t, `version: 1
destinations:
  # The expensive one.
  vendor:
    otlp_http:
      endpoint: https://a.example.com # Frankfurt

      headers:
        x-key: "${env:KEY}" # rotates
        x-old: "1${env:OLD}"
    queue: memory
streams:
  default: { destinations: [vendor] }
`)
	c.ask("PUT /destinations/vendor", `{"type":"otlp_http","signals":["traces"],"yaml":"{endpoint: 'https://b.example.com', timeout: 5s, headers: {x-key: '${env:KEY}'}}"}`, true).is(http.StatusAccepted, "")
	require.Equal(t, `version: 1
destinations:
  # The expensive one.
  vendor:
    otlp_http:
      endpoint: https://b.example.com # Frankfurt

      headers:
        x-key: "${env:KEY}" # rotates
      timeout: 5s
    signals: [traces]
streams:
  default: { destinations: [vendor] }
`, c.data)
	c.ask("PUT /destinations/vendor", `{"type":"parquet","signals":["traces"]}`, true).is(http.StatusAccepted, "")
	require.Contains(t, c.data, "  vendor:\n    signals: [traces]\n    parquet: {}\n")
}

func TestConditions(t *testing.T) {
	c := newCollector(t, shop)
	at := time.Unix(1000, 0).UTC()
	c.conditions = map[string]api.Condition{"vendor": {Health: api.HealthFailed, LastError: &api.LastError{Time: at, Message: "refused"}}}
	var all []api.Destination
	c.ask("GET /destinations", "", false).is(http.StatusOK, "").decode(&all)
	require.Equal(t, api.HealthUnknown, all[0].Health)
	require.Nil(t, all[0].LastError)
	require.Equal(t, api.HealthFailed, all[1].Health)
	require.Equal(t, &api.LastError{Time: at, Message: "refused"}, all[1].LastError)
}

// Who may try out changes only gets nothing read by that.
func TestNothingIsResolvedForWhoMayNotEdit(t *testing.T) {
	c := newCollector(t, shop)
	c.splits, c.predicted = &membership.Splits{Share: 0.1}, &membership.Splits{Share: 0.2}
	c.verdict = errors.New("root:x:0:0 is no verbosity")
	const reads = `{"name":"log","type":"debug","yaml":"verbosity: ${file:/etc/passwd}"}`
	c.ask("POST /destinations?dry_run", reads, true).is(http.StatusUnprocessableEntity, "The collector would not run with it")
	for _, mode := range []api.Mode{api.ReadOnly, api.Propose} {
		c.mode, c.checked = mode, 0
		var p api.Plan
		a := c.ask("POST /destinations?dry_run", reads, true).is(http.StatusOK, "")
		a.decode(&p)
		require.NotContains(t, a.body, "root:")
		require.Contains(t, p.Warnings[len(p.Warnings)-1].Message, "was not asked")
		require.Nil(t, p.Splits)
		require.Zero(t, c.checked)
		c.ask("POST /destinations?dry_run", `{"name":"log","type":"debug"}`, true).is(http.StatusUnprocessableEntity, "The collector would not run with it")
		require.Equal(t, 1, c.checked, "nothing new is referred to")
	}
}

// Why a revision failed may quote what it did not like.
func TestRevisionsWithoutSecrets(t *testing.T) {
	c := newCollector(t, literal)
	_, err := c.journal.Record([]byte(literal), revision.Revision{Kind: "graph", State: revision.Failed, Error: "Bearer hunter2 is wrong"})
	require.NoError(t, err)
	a := c.ask("GET /revisions", "", false).is(http.StatusOK, "")
	require.Contains(t, a.body, "*** is wrong")
	require.NotContains(t, a.body, "hunter")
}

// Actions take secrets as destinations do: as references, or as they were.
func TestSecretsOfActions(t *testing.T) {
	c := newCollector(t, literal)
	for secret, title := range map[string]string{"***": "A secret is missing", "hunter3": "A secret would stand in the document"} {
		body := `"sources":[{"service.name":"x"}],"destinations":["lake"],"actions":[{"mask":{"hash_keys":[{"id":"k2","secret":"` + secret + `"}]}}]}`
		c.ask("POST /streams?dry_run", `{"key":"other",`+body, true).is(http.StatusUnprocessableEntity, title)
		c.ask("PATCH /streams/checkout?dry_run", "{"+body, true).is(http.StatusUnprocessableEntity, title)
	}
	c.ask("PATCH /streams/checkout?dry_run", `{"actions":[{"processor":{"mystery":{"api_token":"x"}}}]}`, true).is(http.StatusUnprocessableEntity, "A secret would stand in the document")
}
