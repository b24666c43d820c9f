package guard_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/guard"
)

func status(hosts []string, method, host, origin, site string) (int, http.Header) {
	ok := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	r := httptest.NewRequest(method, "/api/v1/streams", http.NoBody)
	r.Host = host
	if origin != "" {
		r.Header.Set("Origin", origin)
	}
	if site != "" {
		r.Header.Set("Sec-Fetch-Site", site)
	}
	w := httptest.NewRecorder()
	guard.New(ok, hosts).ServeHTTP(w, r)
	return w.Code, w.Header()
}

func TestHosts(t *testing.T) {
	for host, want := range map[string]int{
		"127.0.0.1:13134": 200, "localhost:13134": 200, "LOCALHOST": 200, "[::1]:13134": 200, "127.9.9.9": 200,
		"evil.example.com": 421, "127.0.0.1.evil.com": 421, "10.0.0.1:13134": 421, "": 421,
	} {
		got, _ := status(nil, http.MethodGet, host, "", "")
		require.Equal(t, want, got, host)
	}
	got, _ := status([]string{"streams.example.com"}, http.MethodGet, "Streams.example.com:443", "", "")
	require.Equal(t, 200, got)
	got, _ = status([]string{"*"}, http.MethodGet, "anything", "", "")
	require.Equal(t, 200, got)
}

// Another site can neither write nor put the page into a frame.
func TestCrossOrigin(t *testing.T) {
	got, _ := status(nil, http.MethodPost, "localhost:13134", "https://evil.example.com", "cross-site")
	require.Equal(t, http.StatusForbidden, got)
	got, _ = status(nil, http.MethodPost, "localhost:13134", "https://evil.example.com", "")
	require.Equal(t, http.StatusForbidden, got, "browsers without Sec-Fetch-Site")
	got, header := status(nil, http.MethodPost, "localhost:13134", "http://localhost:13134", "same-origin")
	require.Equal(t, http.StatusOK, got)
	require.Contains(t, header.Get("Content-Security-Policy"), "frame-ancestors 'none'")
	require.NotContains(t, header.Get("Content-Security-Policy"), "unsafe")
	require.Equal(t, "nosniff", header.Get("X-Content-Type-Options"))
}
