package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAddressOfPage(t *testing.T) {
	t.Setenv("PAGE", "10.1.2.3:80")
	for want, server := range map[string]any{
		defaultPage:                       nil,
		"http://127.0.0.1:99/":            map[string]any{"endpoint": "0.0.0.0:99"},
		"http://[::1]:99/":                map[string]any{"endpoint": "[::1]:99"},
		"https://10.1.2.3:80/streams/":    map[string]any{"endpoint": "${env:PAGE}", "base_path": "/streams", "tls": map[string]any{"cert_file": "x"}},
		"http://127.0.0.1:13134/streams/": map[string]any{"base_path": "/streams"},
	} {
		got, err := addressOfPage(server)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	_, err := addressOfPage(map[string]any{"endpoint": "/run/page.sock"})
	require.ErrorContains(t, err, "--url")
}

// The command opens the page only where a collector answers.
func TestUI(t *testing.T) {
	var status atomic.Int64
	status.Store(http.StatusUnauthorized) // A page that asks for a password is one.
	mux := http.NewServeMux()
	mux.HandleFunc("GET /streams/api/v1/session", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(int(status.Load())) })
	server := httptest.NewServer(mux)
	defer server.Close()
	address := server.URL + "/streams/"
	dir := t.TempDir()
	t.Chdir(dir)
	document := fmt.Sprintf(`version: 1
collector: { extensions: { datastreams: { http: { endpoint: %q, base_path: /streams } } } }
destinations: { lake: { debug: {} } }
streams: { default: { destinations: [lake] } }
`, strings.TrimPrefix(server.URL, "http://"))
	require.NoError(t, os.WriteFile("datastreams.yaml", []byte(document), 0o600))

	ui := func(code int, args ...string) (stdout, stderr string) {
		t.Helper()
		var out, errs bytes.Buffer
		require.Equal(t, code, run(append([]string{"ui"}, args...), &out, &errs), errs.String())
		return out.String(), errs.String()
	}
	stdout, stderr := ui(exitOK, "--print")
	require.Equal(t, address+"\n", stdout)
	require.Empty(t, stderr)

	t.Setenv("PATH", dir)
	stdout, stderr = ui(exitOK)
	require.Equal(t, address+"\n", stdout)
	require.Contains(t, stderr, "no browser was opened")

	if runtime.GOOS == "linux" {
		opener := "#!/bin/sh\necho \"$1\" > opened\n"
		require.NoError(t, os.WriteFile(filepath.Join(dir, "xdg-open"), []byte(opener), 0o700)) //nolint:gosec // It is run.
		stdout, _ = ui(exitOK, "-o", "json")
		require.JSONEq(t, fmt.Sprintf(`{"url": %q, "opened": true}`, address), stdout)
		opened, err := os.ReadFile("opened")
		require.NoError(t, err)
		require.Equal(t, address+"\n", string(opened))
	}

	status.Store(http.StatusNotFound)
	_, stderr = ui(exitFailed)
	require.Contains(t, stderr, "answers 404 Not Found: that is not the page of a collector")
}
