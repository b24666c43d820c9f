package api_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/api"
	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/session"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/membership"
)

// door accepts one header.
type door struct {
	opened, closed int
	busy           error
}

func (*door) Required() bool { return true }

func (d *door) Open(w http.ResponseWriter, _ *http.Request, authorization string) error {
	if d.busy != nil {
		return d.busy
	}
	if authorization != "Bearer t" && authorization != "Basic YWRtaW46cHc=" {
		return errors.New("token t is wrong")
	}
	d.opened++
	w.Header().Set("Set-Cookie", "x=y")
	return nil
}

func (d *door) Close(http.ResponseWriter, *http.Request) { d.closed++ }

func TestLogin(t *testing.T) {
	c := newCollector(t, shop)
	c.ask("POST /session", `{"token":"t"}`, false).is(http.StatusNoContent, "")
	d := &door{}
	c.door = d
	var s api.Session
	c.ask("GET /session", "", false).is(http.StatusOK, "").decode(&s)
	require.Equal(t, api.Session{Mode: api.Edit, Version: "1.2.3", BasePath: "/streams", Auth: "required", Document: true}, s, "the path is for those who are logged in")

	for _, body := range []string{`{"token":"t"}`, `{"user":"admin","password":"pw"}`} {
		a := c.ask("POST /session", body, false).is(http.StatusNoContent, "")
		require.Equal(t, "x=y", a.header.Get("Set-Cookie"))
	}
	require.Equal(t, 2, d.opened)
	a := c.ask("POST /session", `{"token":"x"}`, false).is(http.StatusUnauthorized, "That is not accepted")
	require.NotContains(t, a.body, "is wrong", "why is the extension's secret")
	for _, body := range []string{`{}`, `{"token":"t","user":"u"}`, `[`, `{"name":"t"}`} {
		c.ask("POST /session", body, false).is(http.StatusBadRequest, "The request cannot be read")
	}
	d.busy = &session.TooManyError{Wait: 5 * time.Second}
	a = c.ask("POST /session", `{"token":"t"}`, false).is(http.StatusTooManyRequests, "Wait a little")
	require.Equal(t, "5", a.header.Get("Retry-After"))
	c.ask("POST /session", `{"token":"`+strings.Repeat("x", 9000)+`"}`, false).is(http.StatusRequestEntityTooLarge, "The request is too long")
	c.ask("DELETE /session", "", false).is(http.StatusNoContent, "")
	require.Equal(t, 1, d.closed)
}

// The page is for everybody, and data for nobody who is not logged in.
func TestOpenToAll(t *testing.T) {
	for path, want := range map[string]bool{
		"/": true, "/assets/a.js": true, "/streams/checkout": true, "/api/v1/session": true,
		"/api/v1": false, "/api/v1/": false, "/api/v1/document": false, "/api/v1/session/": false, "/api/v1/events": false,
	} {
		require.Equal(t, want, api.OpenToAll(httptest.NewRequest(http.MethodGet, path, http.NoBody)), path)
	}
	w := httptest.NewRecorder()
	api.Refuse(w, httptest.NewRequest(http.MethodGet, "/api/v1/document", http.NoBody), errors.New("no"))
	require.Equal(t, http.StatusUnauthorized, w.Code)
	require.Equal(t, "application/problem+json", w.Header().Get("Content-Type"))
	require.NotContains(t, w.Header().Get("WWW-Authenticate"), "Basic", "browsers have a form of their own for that")
	w = httptest.NewRecorder()
	api.Refuse(w, httptest.NewRequest(http.MethodGet, "/api/v1/document", http.NoBody), &session.TooManyError{Wait: 1500 * time.Millisecond})
	require.Equal(t, http.StatusTooManyRequests, w.Code)
	require.Equal(t, "2", w.Header().Get("Retry-After"))
}

func TestSplits(t *testing.T) {
	c := newCollector(t, shop)
	var s api.Splits
	c.ask("GET /splits", "", false).is(http.StatusOK, "").decode(&s)
	require.Equal(t, api.Splits{Estimated: true, WindowSeconds: 300, Pairs: []api.SplitPair{}}, s)
	var p api.Plan
	c.ask("DELETE /streams/checkout?dry_run", "", true).is(http.StatusOK, "").decode(&p)
	require.Nil(t, p.Splits)

	at := time.Unix(1000, 0).UTC()
	c.splits = &membership.Splits{At: at, Traces: 200, Share: 0.1, Pairs: []membership.Split{{
		A: "checkout", B: "default", Share: 0.08, Examples: []string{"00000000000000000000000000000001"},
		Sources: []membership.SourcePair{{A: "shop/cart", B: "shop/reports", Share: 0.05}, {A: "shop/cart", B: "x", Share: 0.03}},
	}, {A: "a", B: "b", Share: 0.02}}}
	c.ask("GET /splits", "", false).is(http.StatusOK, "").decode(&s)
	require.Equal(t, api.Splits{
		Share: 0.1, Estimated: true, WindowSeconds: 300, Sampled: 200, At: &at,
		Pairs: []api.SplitPair{{
			Streams: []string{"checkout", "default"}, Share: 0.08, Traces: 16, Examples: []string{"00000000000000000000000000000001"},
			Sources: []api.SplitSource{{"shop/cart", "cart", "checkout"}, {"shop/reports", "reports", "default"}, {"x", "x", "default"}},
		}, {Streams: []string{"a", "b"}, Share: 0.02, Traces: 4, Examples: []string{}, Sources: []api.SplitSource{}}},
	}, s)
	c.ask("DELETE /streams/checkout?dry_run", "", true).decode(&p)
	require.Nil(t, p.Splits, "nobody can tell")
	c.predicted = &membership.Splits{Share: 0.04}
	c.ask("DELETE /streams/checkout?dry_run", "", true).decode(&p)
	require.Equal(t, &api.SplitChange{Before: 0.1, After: 0.04}, p.Splits)
}
