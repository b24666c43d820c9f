package api_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/exporter/otlphttpexporter"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/api"
	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/feed"
	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/redact"
	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/schema"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/live"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/membership"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/revision"
)

const shop = `version: 1

destinations:
  lake: { parquet: {} } # cheap
  vendor: { otlp_http: { endpoint: "https://otlp.example.com", headers: { authorization: "${env:KEY}" } } }

streams:
  # The money.
  checkout:
    title: Checkout
    sources:
      - service.name: [cart, frontend]
    actions:
      - sample: { percent: 20 }
    destinations: [lake]
  default: { destinations: [lake, vendor] }
`

// collector is a Backend and a Feed in memory.
type collector struct {
	t       *testing.T
	data    string
	applied *live.Revision
	mode    api.Mode
	journal *revision.Journal
	verdict error // of Check
	checked int
	sources []feed.Source
	events  chan []byte
	full    bool

	splits     *membership.Splits
	predicted  *membership.Splits
	conditions map[string]api.Condition
	door       api.Door
}

func newCollector(t *testing.T, text string) *collector {
	applied, err := live.Parse("datastreams.yaml", []byte(text))
	require.NoError(t, err)
	journal, err := revision.Open(t.TempDir())
	require.NoError(t, err)
	return &collector{t: t, data: text, applied: applied, mode: api.Edit, journal: journal, events: make(chan []byte, 1)}
}

func (c *collector) Document() (api.Document, error) {
	if c.applied == nil {
		return api.Document{}, api.ErrNoDocument
	}
	return api.Document{
		Path: "/etc/datastreams.yaml", Data: []byte(c.data), SHA256: revision.Hash([]byte(c.data)), Applied: c.applied, Number: 1,
	}, nil
}

func (c *collector) Check(context.Context, *live.Revision) error {
	c.checked++
	return c.verdict
}

func (c *collector) Write(sha256 string, data []byte) error {
	if sha256 != revision.Hash([]byte(c.data)) {
		return api.ErrStale
	}
	c.data = string(data)
	return nil
}

func (c *collector) Mode() api.Mode                      { return c.mode }
func (c *collector) Journal() (*revision.Journal, error) { return c.journal, nil }
func (c *collector) Sources() []feed.Source              { return c.sources }

func (c *collector) Conditions() map[string]api.Condition { return c.conditions }

func (c *collector) Splits() (membership.Splits, bool) {
	if c.splits == nil {
		return membership.Splits{}, false
	}
	return *c.splits, true
}

func (c *collector) Predict(context.Context, *live.Revision) (membership.Splits, error) {
	if c.predicted == nil {
		return membership.Splits{}, membership.ErrNoSample
	}
	return *c.predicted, nil
}

func (c *collector) Listen() (snapshots <-chan []byte, leave func(), err error) {
	if c.full {
		return nil, nil, feed.ErrTooMany
	}
	return c.events, func() {}, nil
}

func (c *collector) server() *api.Server {
	return api.New(c, c, api.Build{
		Version: "1.2.3", BasePath: "/streams", Exporters: []string{"debug", "otlp_http", "parquet", "zipkin"},
		Describe: describe, Rules: redact.Rules{Schema: func(_, component string) *schema.Node { return describe(component) }}, Door: c.door,
	})
}

func (c *collector) etag() string { return `"` + revision.Hash([]byte(c.data)) + `"` }

// describe knows one exporter.
func describe(exporter string) *schema.Node {
	if exporter != "otlp_http" {
		return nil
	}
	return schema.Of(otlphttpexporter.NewFactory().CreateDefaultConfig(), 4)
}

// reply is an answer of the API.
type reply struct {
	t      *testing.T
	status int
	header http.Header
	body   string
}

// ask sends a request as "PATCH /streams/checkout?dry_run". With write it names
// the document that it changes.
func (c *collector) ask(request, body string, write bool) reply {
	c.t.Helper()
	method, path, _ := strings.Cut(request, " ")
	r := httptest.NewRequest(method, api.Prefix+path, strings.NewReader(body))
	if write {
		r.Header.Set("If-Match", c.etag())
	}
	w := httptest.NewRecorder()
	c.server().ServeHTTP(w, r)
	text, err := io.ReadAll(w.Body)
	require.NoError(c.t, err)
	a := reply{c.t, w.Code, w.Header(), string(text)}
	requireDescribed(c.t, method, path, a)
	return a
}

func (a reply) decode(v any) {
	a.t.Helper()
	require.NoError(a.t, json.Unmarshal([]byte(a.body), v), a.body)
}

// is requires a status and, for a problem, its title.
func (a reply) is(status int, title string) reply {
	a.t.Helper()
	require.Equal(a.t, status, a.status, a.body)
	if title != "" {
		require.Equal(a.t, "application/problem+json", a.header.Get("Content-Type"))
		var p api.Problem
		a.decode(&p)
		require.Equal(a.t, title, p.Title, a.body)
		require.Equal(a.t, status, p.Status)
	}
	return a
}
