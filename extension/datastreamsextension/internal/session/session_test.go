package session

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// door accepts one header.
type door struct{ accepted string }

func (d *door) Authenticate(ctx context.Context, headers map[string][]string) (context.Context, error) {
	if http.Header(headers).Get("Authorization") != d.accepted && len(headers["key"]) == 0 {
		return ctx, errors.New("no")
	}
	return ctx, nil
}

func (g *Gate) ask(t *testing.T, path string, cookie *http.Cookie, header string) int {
	t.Helper()
	ok := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !Authenticated(r.Context()) {
			w.WriteHeader(http.StatusAccepted)
		}
	})
	refuse := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	r := httptest.NewRequest(http.MethodGet, path, http.NoBody)
	if cookie != nil {
		r.AddCookie(cookie)
	}
	if header != "" {
		r.Header.Set("Authorization", header)
	}
	w := httptest.NewRecorder()
	g.Guard(ok, func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/open") }, refuse).ServeHTTP(w, r)
	return w.Code
}

// login returns the cookie that a client gets.
func (g *Gate) login(t *testing.T, header string, old *http.Cookie) *http.Cookie {
	t.Helper()
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", http.NoBody)
	if old != nil {
		r.AddCookie(old)
	}
	require.NoError(t, g.Open(w, r, header))
	return w.Result().Cookies()[0]
}

func TestGate(t *testing.T) {
	d := &door{"Bearer t"}
	g := &Gate{Auth: d, Table: NewTable(), Path: "/streams/", Parameters: []string{"key"}}
	require.Equal(t, 401, g.ask(t, "/", nil, ""))
	require.Equal(t, 202, g.ask(t, "/open", nil, ""), "open to all, and known not to be logged in")
	require.Equal(t, 401, g.ask(t, "/", nil, "Bearer other"))
	require.Equal(t, 200, g.ask(t, "/", nil, "Bearer t"))
	require.Equal(t, 200, g.ask(t, "/?key=t", nil, ""))
	w := httptest.NewRecorder()
	require.Error(t, g.Open(w, httptest.NewRequest(http.MethodPost, "/", http.NoBody), "Bearer other"))
	require.Empty(t, w.Result().Cookies())

	c := g.login(t, "Bearer t", nil)
	require.True(t, c.HttpOnly)
	require.Equal(t, http.SameSiteStrictMode, c.SameSite)
	require.False(t, c.Secure)
	require.Equal(t, "/streams/", c.Path)
	require.Equal(t, 200, g.ask(t, "/", c, ""))
	require.Equal(t, 200, g.ask(t, "/open", c, ""))
	require.Equal(t, 401, g.ask(t, "/", c, "Bearer other"), "a header counts more than a cookie")
	require.Equal(t, 401, g.ask(t, "/", &http.Cookie{Name: Cookie, Value: "guessed"}, ""))

	again := g.login(t, "Bearer t", c)
	require.NotEqual(t, c.Value, again.Value)
	require.Equal(t, 401, g.ask(t, "/", c, ""), "who logs in again has a new session only")

	d.accepted = "Bearer next"
	require.Equal(t, 401, g.ask(t, "/", again, ""), "what the extension does not accept any more opens nothing")
	d.accepted = "Bearer t"
	w = httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodDelete, "/", http.NoBody)
	r.AddCookie(again)
	g.Close(w, r)
	require.Negative(t, w.Result().Cookies()[0].MaxAge)
	require.Equal(t, 401, g.ask(t, "/", again, ""))

	g.Secure = true
	require.True(t, g.login(t, "Bearer t", nil).Secure)
	everybody := &Gate{}
	require.Equal(t, 200, everybody.ask(t, "/", nil, ""))
	require.False(t, everybody.Required())
}

func TestTable(t *testing.T) {
	now := time.Unix(0, 0)
	table := NewTable()
	table.now = func() time.Time { return now }
	first := table.open("a")
	now = now.Add(Idle - 1)
	_, ok := table.authorization(first)
	require.True(t, ok)
	now = now.Add(Idle - 1)
	_, ok = table.authorization(first)
	require.True(t, ok, "use keeps it")
	now = now.Add(Idle)
	_, ok = table.authorization(first)
	require.False(t, ok)
	require.Empty(t, table.of)

	first, second := table.open("a"), table.open("b")
	for range Capacity - 2 {
		table.open("x")
	}
	_, ok = table.authorization(first)
	require.True(t, ok)
	table.open("one more")
	_, ok = table.authorization(second)
	require.False(t, ok, "the one that was not used makes room")
	_, ok = table.authorization(first)
	require.True(t, ok)
	require.Len(t, table.of, Capacity)
	require.Equal(t, Capacity, table.recent.Len())
}
