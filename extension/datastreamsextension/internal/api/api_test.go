package api_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/api"
	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/feed"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/change"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/revision"
)

func TestReading(t *testing.T) {
	c := newCollector(t, shop)
	a := c.ask("GET /document", "", false).is(http.StatusOK, "")
	require.Equal(t, shop, a.body)
	require.Equal(t, c.etag(), a.header.Get("ETag"))

	var session map[string]any
	c.ask("GET /session", "", false).is(http.StatusOK, "").decode(&session)
	require.Equal(t, map[string]any{
		"mode": "edit", "version": "1.2.3", "path": "/etc/datastreams.yaml", "document": true,
		"base_path": "/streams", "auth": "none", "authenticated": true,
	}, session)

	var streams []api.Stream
	c.ask("GET /streams", "", false).is(http.StatusOK, "").decode(&streams)
	require.Len(t, streams, 2)
	require.Equal(t, api.Stream{
		Key: "checkout", Title: "Checkout", Sources: []map[string]any{{"service.name": []any{"cart", "frontend"}}}, Exclude: []map[string]any{},
		Signals: []string{}, Actions: []any{map[string]any{"sample": map[string]any{"percent": 20.0}}}, Destinations: []string{"lake"}, Mode: "deliver", Line: 9,
	}, streams[0])
	require.True(t, streams[1].Default)
	c.ask("GET /streams/checkout", "", false).is(http.StatusOK, "")
	c.ask("GET /streams/chekout", "", false).is(http.StatusNotFound, "There is no such stream")

	var destinations []api.Destination
	c.ask("GET /destinations", "", false).is(http.StatusOK, "").decode(&destinations)
	require.Equal(t, []string{"checkout", "default"}, destinations[0].Streams)
	require.Contains(t, destinations[1].YAML, "authorization: ${env:KEY}")

	require.Contains(t, c.ask("GET /config", "", false).is(http.StatusOK, "").body, "datastreamrouter:")
	var forms []api.Form
	c.ask("GET /components", "", false).is(http.StatusOK, "").decode(&forms)
	var types []string
	for _, f := range forms {
		types = append(types, f.Type)
	}
	require.Equal(t, []string{"parquet", "otlp_http", "debug", "zipkin"}, types, "those of this build, the ones with a form first")
	require.Equal(t, "duration", forms[1].Schema.At("timeout").Format)
	require.Equal(t, []string{"endpoint", "headers"}, forms[1].Essential)
	require.Nil(t, forms[3].Schema)
	c.ask("GET /nonsense", "", false).is(http.StatusNotFound, "There is no such thing")
}

func TestWithoutADocument(t *testing.T) {
	c := newCollector(t, shop)
	c.applied = nil
	c.ask("GET /streams", "", false).is(http.StatusConflict, "There is no document")
	c.ask("GET /session", "", false).is(http.StatusOK, "")
	c.ask("DELETE /streams/checkout", "", true).is(http.StatusConflict, "There is no document")
}

func TestPlans(t *testing.T) {
	c := newCollector(t, shop)
	c.sources = []feed.Source{
		{ID: "cart", Rate: 5, Streams: []string{"checkout"}, Attributes: map[string]any{"service.name": "cart"}},
		{ID: "reports", Rate: 2, Streams: []string{"default"}, Attributes: map[string]any{"service.name": "reports"}},
	}
	plan := func(request, body string) api.Plan {
		t.Helper()
		var p api.Plan
		c.ask(request, body, true).is(http.StatusOK, "").decode(&p)
		return p
	}
	p := plan("PATCH /streams/checkout?dry_run", `{"title":"Till"}`)
	require.Equal(t, change.None, p.Kind)
	require.Contains(t, p.Diff, "-    title: Checkout\n+    title: Till\n")
	require.Empty(t, p.CompiledDiff)

	p = plan("PATCH /streams/checkout?dry_run", `{"sources":[{"service.name":["cart","reports"]}]}`)
	require.Equal(t, change.Membership, p.Kind)
	require.Equal(t, []api.Move{{Source: "reports", Rate: 2, Before: []string{"default"}, After: []string{"checkout"}}}, p.Moves)
	require.Zero(t, c.checked, "what takes no reload is not checked by the Collector")

	p = plan("POST /streams?dry_run", `{"key":"trial","sources":[{"service.name":"cart"}],"destinations":["lake"]}`)
	require.Equal(t, change.Graph, p.Kind)
	require.Equal(t, 1, c.checked)
	require.Equal(t, []api.Double{{Source: "cart", Rate: 5, Destination: "lake", Streams: []string{"checkout", "trial"}}}, p.Doubles)
	require.Contains(t, p.Document, "  trial:\n    sources:\n      - service.name: cart\n    destinations: [lake]\n  default:")
	require.Contains(t, p.Document, "  # The money.\n", "comments are kept")
	require.Equal(t, shop, c.data, "trying out writes nothing")

	p = plan("DELETE /streams/checkout?dry_run", "")
	require.NotContains(t, p.Document, "The money")
	require.Contains(t, p.Document, "lake:", "destinations stay")
}

func TestWriting(t *testing.T) {
	c := newCollector(t, shop)
	c.ask("PATCH /streams/checkout", `{"mode":"paused"}`, false).is(http.StatusPreconditionRequired, "If-Match is missing")
	a := c.ask("PATCH /streams/checkout", `{"mode":"paused"}`, true).is(http.StatusAccepted, "")
	require.Equal(t, c.etag(), a.header.Get("ETag"))
	require.Contains(t, c.data, "    mode: paused\n")
	c.ask("PATCH /streams/checkout", `{"mode":""}`, true).is(http.StatusAccepted, "")
	require.Equal(t, shop, c.data, "back to the byte")
	c.ask("PUT /document", shop+"# more\n", true).is(http.StatusAccepted, "")
	c.ask("POST /destinations", `{"name":"log","type":"debug"}`, true).is(http.StatusAccepted, "")
	c.ask("PUT /destinations/log", `{"type":"debug","yaml":"verbosity: basic"}`, true).is(http.StatusAccepted, "")
	require.Contains(t, c.data, "  log:\n    debug:\n      verbosity: basic\n")
	c.ask("DELETE /destinations/log", "", true).is(http.StatusAccepted, "")
	require.Equal(t, shop+"# more\n", c.data)
	c.ask("DELETE /streams/checkout", "", true).is(http.StatusAccepted, "")
	c.ask("POST /streams", `{"key":"new","title":"N","sources":[{"a":"b"}],"destinations":["log"],"destination":{"name":"log","type":"debug"}}`, true).is(http.StatusAccepted, "")
	require.Contains(t, c.data, "  log:\n    debug: {}\n")
}

func TestRefusals(t *testing.T) {
	c := newCollector(t, shop)
	for request, want := range map[string]struct {
		body   string
		status int
		title  string
	}{
		"PATCH /streams/nobody":      {`{}`, http.StatusNotFound, "There is no such stream"},
		"DELETE /streams/nobody":     {``, http.StatusNotFound, "There is no such stream"},
		"POST /streams":              {`{"key":"checkout"}`, http.StatusConflict, "There is a stream of that name"},
		"POST /streams?dry_run":      {`{"key":"a b","sources":[{"a":"b"}],"destinations":["lake"]}`, http.StatusUnprocessableEntity, "The document would have errors"},
		"PATCH /streams/checkout":    {`{"modus":"paused"}`, http.StatusBadRequest, "The request cannot be read"},
		"PUT /document":              {"strems: {}\n", http.StatusUnprocessableEntity, "The document would have errors"},
		"POST /destinations":         {`{"name":"lake","type":"debug"}`, http.StatusConflict, "There is a destination of that name"},
		"POST /destinations?dry_run": {`{"name":"x","type":"debug","yaml":"a: ["}`, http.StatusUnprocessableEntity, "The configuration is not valid YAML"},
		"PUT /destinations/lake":     {`{"name":"other","type":"parquet"}`, http.StatusUnprocessableEntity, "A destination keeps its name"},
		"PUT /destinations/nobody":   {`{"type":"parquet"}`, http.StatusNotFound, "There is no such destination"},
		"DELETE /destinations/lake":  {``, http.StatusUnprocessableEntity, "The document would have errors"},
		"POST /explain":              {`{"a":1}`, http.StatusBadRequest, "The request cannot be read"},
		"GET /revisions/x":           {``, http.StatusNotFound, "There is no such revision"},
		"POST /revisions/9/restore":  {``, http.StatusNotFound, "There is no such revision"},
	} {
		c.ask(request, want.body, true).is(want.status, want.title)
	}
	c.ask("PUT /document?dry_run", "a: "+strings.Repeat("x", 1<<20), true).is(http.StatusRequestEntityTooLarge, "The request is too long")
	require.Equal(t, shop, c.data)

	var p api.Problem
	c.ask("PUT /document?dry_run", strings.Replace(shop, "lake]", "lak]", 1), true).decode(&p)
	require.Equal(t, 15, p.Diagnostics[0].Line)

	c.verdict = errors.New("exporters::otlp_http/vendor: no such key")
	c.ask("POST /destinations", `{"name":"log","type":"debug"}`, true).is(http.StatusUnprocessableEntity, "The collector would not run with it").decode(&p)
	require.Equal(t, "destinations.vendor.otlp_http", p.Diagnostics[0].Path, "the Collector's errors have a place, too")
}

// Somebody else was faster.
func TestStale(t *testing.T) {
	c := newCollector(t, shop)
	r := httptest.NewRequest(http.MethodDelete, api.Prefix+"/streams/checkout", http.NoBody)
	r.Header.Set("If-Match", `"other"`)
	w := httptest.NewRecorder()
	c.server().ServeHTTP(w, r)
	require.Equal(t, http.StatusPreconditionFailed, w.Code)
	require.Contains(t, w.Body.String(), revision.Hash([]byte(shop)))
	require.Equal(t, shop, c.data)
}

func TestModes(t *testing.T) {
	c := newCollector(t, shop)
	for mode, title := range map[api.Mode]string{api.Propose: "The document cannot be written here", api.ReadOnly: "Nothing can be changed here"} {
		c.mode = mode
		c.ask("DELETE /streams/checkout", "", true).is(http.StatusForbidden, title)
		c.ask("DELETE /streams/checkout?dry_run", "", true).is(http.StatusOK, "")
	}
	require.Equal(t, shop, c.data)
}

func TestRevisions(t *testing.T) {
	c := newCollector(t, shop)
	_, err := c.journal.Record([]byte(shop), revision.Revision{Kind: "start", State: revision.Applied})
	require.NoError(t, err)
	c.data = strings.Replace(shop, "title: Checkout", "title: Till", 1)
	var list []revision.Revision
	c.ask("GET /revisions", "", false).is(http.StatusOK, "").decode(&list)
	require.Equal(t, 1, list[0].Number)
	a := c.ask("GET /revisions/1", "", false).is(http.StatusOK, "")
	require.Contains(t, a.body, `-    title: Till\n+    title: Checkout\n`)
	c.ask("POST /revisions/1/restore", "", true).is(http.StatusAccepted, "")
	require.Equal(t, shop, c.data)
}

func TestSourcesAndExplain(t *testing.T) {
	c := newCollector(t, shop)
	c.sources = []feed.Source{
		{ID: "shop/cart", Streams: []string{"checkout"}, Signals: map[string]float64{}},
		{ID: "shop/reports", Streams: []string{"default"}, Signals: map[string]float64{}},
	}
	var found []feed.Source
	c.ask("GET /sources?q=SHOP&unassigned", "", false).decode(&found)
	require.Len(t, found, 1)
	require.Equal(t, "shop/reports", found[0].ID)

	for _, body := range []string{
		`{"resource":{"service.name":"cart"}}`,
		`{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"cart"}}]}}]}`,
		`{"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"cart"}}]}}]}`,
		`{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"cart"}}]}}]}`,
	} {
		var x []api.Explanation
		c.ask("POST /explain", body, false).is(http.StatusOK, "").decode(&x)
		require.Equal(t, []string{"checkout"}, x[0].Streams)
		require.Equal(t, []string{"lake"}, x[0].Destinations)
		require.Contains(t, x[0].Text, "default: ")
	}
}

func TestProbe(t *testing.T) {
	open := httptest.NewServer(http.NotFoundHandler())
	defer open.Close()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	c := newCollector(t, `version: 1
destinations:
  up: { otlp_http: { endpoint: "`+open.URL+`" } }
  down: { otlp_http: { endpoint: "`+closed.URL+`" } }
  hidden: { otlp_http: { endpoint: "${env:URL}" } }
  files: { parquet: {} }
streams:
  default: { destinations: [up, down, hidden, files] }
`)
	for name, ok := range map[string]bool{"up": true, "down": false, "hidden": true, "files": true} {
		var p api.Probe
		c.ask("POST /destinations/"+name+"/probe", "", false).is(http.StatusOK, "").decode(&p)
		require.Equal(t, ok, p.OK, "%s: %s", name, p.Detail)
	}
	c.ask("POST /destinations/elsewhere/probe", "", false).is(http.StatusNotFound, "There is no such destination")
}

func TestEvents(t *testing.T) {
	c := newCollector(t, shop)
	c.full = true
	c.ask("GET /events", "", false).is(http.StatusServiceUnavailable, "Too many pages are open")
	c.full = false
	server := httptest.NewServer(c.server())
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+api.Prefix+"/events", http.NoBody)
	require.NoError(t, err)
	resp, err := server.Client().Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, "text/event-stream", resp.Header.Get("Content-Type"))
	c.events <- []byte(`{"a":1}`)
	close(c.events)
	var all bytes.Buffer
	_, err = all.ReadFrom(resp.Body)
	require.NoError(t, err, "the stream ends in good order when the feed is closed")
	require.Equal(t, "retry: 500\n\nevent: snapshot\ndata: {\"a\":1}\n\n", all.String())
}
