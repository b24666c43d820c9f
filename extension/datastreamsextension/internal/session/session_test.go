package session

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
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
	refuse := func(w http.ResponseWriter, _ *http.Request, err error) {
		if _, ok := errors.AsType[*TooManyError](err); ok {
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		w.WriteHeader(http.StatusUnauthorized)
	}
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
func (g *Gate) login(t *testing.T, old *http.Cookie) *http.Cookie {
	t.Helper()
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", http.NoBody)
	if old != nil {
		r.AddCookie(old)
	}
	require.NoError(t, g.Open(w, r, "Bearer t"))
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

	c := g.login(t, nil)
	require.True(t, c.HttpOnly)
	require.Equal(t, http.SameSiteStrictMode, c.SameSite)
	require.False(t, c.Secure)
	require.Equal(t, "/streams/", c.Path)
	require.Equal(t, 200, g.ask(t, "/", c, ""))
	require.Equal(t, 200, g.ask(t, "/open", c, ""))
	require.Equal(t, 401, g.ask(t, "/", c, "Bearer other"), "a header counts more than a cookie")
	require.Equal(t, 401, g.ask(t, "/", &http.Cookie{Name: Cookie, Value: "guessed"}, ""))

	again := g.login(t, c)
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

	w, r = httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", http.NoBody)
	r.Header.Set("Origin", "https://streams.example.com")
	require.NoError(t, g.Open(w, r, "Bearer t"))
	require.True(t, w.Result().Cookies()[0].Secure, "a proxy speaks TLS")
	g.Secure = true
	require.True(t, g.login(t, nil).Secure)
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

// Whoever guesses has to wait, and sessions do not.
func TestAttempts(t *testing.T) {
	now := time.Unix(0, 0)
	g := &Gate{Auth: &door{"Bearer t"}, Table: NewTable(), Path: "/", Parameters: []string{"key"}}
	g.Table.attempts.now = func() time.Time { return now }
	session := g.login(t, nil)
	open := func(from, header string) error {
		r := httptest.NewRequest(http.MethodPost, "/", http.NoBody)
		r.RemoteAddr = from
		return g.Open(httptest.NewRecorder(), r, header)
	}
	const here, there = "192.0.2.1:1", "192.0.2.2:1" // What httptest has, and another one.
	for range 2 * burst {
		require.NoError(t, open(here, "Bearer t"), "what is accepted is no attempt")
		require.Equal(t, 200, g.ask(t, "/?other=x", session, ""))
		require.Equal(t, 401, g.ask(t, "/", nil, ""), "nor is what names no credential")
		require.Equal(t, 401, g.ask(t, "/", &http.Cookie{Name: Cookie, Value: "old"}, ""), "nor is a session that has ended")
	}
	for i := range burst {
		if i%2 == 0 {
			require.Equal(t, 401, g.ask(t, "/", nil, "Bearer guess"))
			continue
		}
		require.Error(t, open(here, "Bearer guess"))
	}
	var tooMany *TooManyError
	require.ErrorAs(t, open(here, "Bearer t"), &tooMany, "the right one tells nothing, either")
	require.Equal(t, pace, tooMany.Wait)
	require.Equal(t, 429, g.ask(t, "/", nil, "Bearer t"))
	require.Equal(t, 429, g.ask(t, "/?key=t", nil, ""))
	require.Equal(t, 202, g.ask(t, "/open", nil, "Bearer t"), "nor does what is open to all")
	require.Equal(t, 200, g.ask(t, "/", session, ""))
	require.NoError(t, open(there, "Bearer t"))

	now = now.Add(pace)
	require.Equal(t, 401, g.ask(t, "/", nil, "Bearer guess"))
	require.Equal(t, 429, g.ask(t, "/", nil, "Bearer guess"))
	now = now.Add(pace)
	require.NoError(t, open(here, "Bearer t"))

	for i := range 2 * addresses {
		require.Error(t, open(netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 1).String(), "Bearer guess"))
	}
	require.Len(t, g.Table.attempts.of, addresses)
	require.Equal(t, addresses, g.Table.attempts.recent.Len())
}

func TestOriginOf(t *testing.T) {
	for remote, want := range map[string]string{
		"192.0.2.1:80": "192.0.2.1/32", "[::ffff:192.0.2.1]:80": "192.0.2.1/32", "[2001:db8::1]:80": "2001:db8::/64",
		"[fe80::1%eth0]:80": "fe80::/64", "@": "invalid Prefix", "": "invalid Prefix",
	} {
		require.Equal(t, want, originOf(remote).String(), remote)
	}
}
