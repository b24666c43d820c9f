package datastreamsextension

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/extension/extensionauth"
	"go.opentelemetry.io/collector/extension/extensioncapabilities"
	"go.opentelemetry.io/collector/extension/extensiontest"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/metadata"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/membership"
)

// started starts an extension with keys of its configuration changed.
func started(t *testing.T, host component.Host, keys map[string]any) (component.Component, error) {
	t.Helper()
	cfg := createDefaultConfig().(*Config)
	require.NoError(t, confmap.NewFromStringMap(keys).Unmarshal(cfg))
	require.NoError(t, confmap.Validate(cfg))
	e, err := NewFactory().Create(t.Context(), extensiontest.NewNopSettings(metadata.Type), cfg)
	require.NoError(t, err)
	if err := e.Start(t.Context(), host); err != nil {
		return e, err
	}
	return e, e.(extensioncapabilities.PipelineWatcher).Ready()
}

func free(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

func ask(t *testing.T, url string, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	require.NoError(t, err)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp, string(text)
}

// Without a document there is a page all the same, which says so.
func TestPageWithoutADocument(t *testing.T) {
	endpoint := free(t)
	e, err := started(t, componenttest.NewNopHost(), map[string]any{"http": map[string]any{"endpoint": endpoint}})
	require.NoError(t, err)
	resp, text := ask(t, "http://"+endpoint+"/streams/any")
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.Contains(t, text, "<title>Data streams</title>")
	require.NotEmpty(t, resp.Header.Get("Content-Security-Policy"))
	_, text = ask(t, "http://"+endpoint+"/api/v1/session")
	require.Contains(t, text, `"document":false`)
	require.NotNil(t, e.(membership.Observatory).Sources())
	require.NoError(t, e.Shutdown(t.Context()))
}

// A page that is open keeps no collector from ending, and so none from
// reloading.
func TestOpenEventsDoNotDelayShutdown(t *testing.T) {
	endpoint := free(t)
	e, err := started(t, componenttest.NewNopHost(), map[string]any{"http": map[string]any{"endpoint": endpoint}})
	require.NoError(t, err)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+endpoint+"/api/v1/events", http.NoBody)
	require.NoError(t, err)
	resp, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "data: ") {
		continue
	}
	began := time.Now()
	require.NoError(t, e.Shutdown(t.Context()))
	require.Less(t, time.Since(began), 500*time.Millisecond)
}

// The events outlive the time that the server gives to other answers.
func TestEventsOutliveTheWriteTimeout(t *testing.T) {
	endpoint := free(t)
	e, err := started(t, componenttest.NewNopHost(), map[string]any{"http": map[string]any{"endpoint": endpoint, "write_timeout": "500ms"}})
	require.NoError(t, err)
	defer func() { require.NoError(t, e.Shutdown(context.Background())) }()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+endpoint+"/api/v1/events", http.NoBody)
	require.NoError(t, err)
	resp, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	lines, seen := bufio.NewScanner(resp.Body), 0
	for seen < 3 && lines.Scan() {
		if strings.HasPrefix(lines.Text(), "data: ") {
			seen++
		}
	}
	require.Equal(t, 3, seen, "the answer was cut: %v", lines.Err())
}

// That somebody else has the port keeps no data from flowing.
func TestTakenPort(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	e, err := started(t, componenttest.NewNopHost(), map[string]any{"http": map[string]any{"endpoint": l.Addr().String()}})
	require.NoError(t, err)
	require.NoError(t, e.Shutdown(t.Context()))
}

// gate is an auth extension.
type gate struct {
	component.StartFunc
	component.ShutdownFunc
}

var _ extensionauth.Server = gate{}

func (gate) Authenticate(ctx context.Context, headers map[string][]string) (context.Context, error) {
	if len(headers["Authorization"]) == 0 {
		return ctx, errors.New("who are you?")
	}
	return ctx, nil
}

type hostWithGate struct{ component.Host }

func (h hostWithGate) GetExtensions() map[component.ID]component.Component {
	return map[component.ID]component.Component{component.MustNewID("gate"): gate{}}
}

func TestAuth(t *testing.T) {
	endpoint := free(t)
	keys := map[string]any{"http": map[string]any{"endpoint": endpoint, "base_path": "/streams", "auth": map[string]any{"authenticator": "gate"}}}
	e, err := started(t, hostWithGate{componenttest.NewNopHost()}, keys)
	require.NoError(t, err)
	url := "http://" + endpoint + "/streams"
	resp, _ := ask(t, url+"/api/v1/sources")
	require.Equal(t, http.StatusUnauthorized, resp.StatusCode)
	require.NotEmpty(t, resp.Header.Get("WWW-Authenticate"))
	require.Equal(t, "application/problem+json", resp.Header.Get("Content-Type"))
	_, text := ask(t, url+"/api/v1/session")
	require.Contains(t, text, `"auth":"required","authenticated":false`)
	resp, _ = ask(t, url+"/api/v1/sources", "Authorization", "Basic x")
	require.Equal(t, http.StatusOK, resp.StatusCode)

	login, err := http.Post(url+"/api/v1/session", "application/json", strings.NewReader(`{"token":"x"}`))
	require.NoError(t, err)
	require.NoError(t, login.Body.Close())
	require.Equal(t, http.StatusNoContent, login.StatusCode)
	cookie := login.Cookies()[0]
	require.Equal(t, "/streams/", cookie.Path)
	require.NoError(t, e.Shutdown(t.Context()))

	// A reload logs nobody out.
	e, err = started(t, hostWithGate{componenttest.NewNopHost()}, keys)
	require.NoError(t, err)
	resp, _ = ask(t, url+"/api/v1/sources", "Cookie", cookie.Name+"="+cookie.Value)
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.NoError(t, e.Shutdown(t.Context()))

	_, err = started(t, componenttest.NewNopHost(), keys)
	require.ErrorContains(t, err, "gate", "an auth extension that is missing is a mistake, and no reason to serve without")
}

// Below a path the page is found, whether a proxy takes the path off or not.
func TestBasePath(t *testing.T) {
	endpoint := free(t)
	e, err := started(t, componenttest.NewNopHost(), map[string]any{"http": map[string]any{"endpoint": endpoint, "base_path": "/streams"}})
	require.NoError(t, err)
	for _, path := range []string{"/streams", "/streams/", "/streams/sources", "/"} {
		resp, text := ask(t, "http://"+endpoint+path)
		require.Equal(t, http.StatusOK, resp.StatusCode, path)
		require.Contains(t, text, `<base href="/streams/" />`, path)
		require.Contains(t, resp.Header.Get("Content-Security-Policy"), "base-uri 'self'")
	}
	for _, path := range []string{"/streams/api/v1/session", "/api/v1/session"} {
		_, text := ask(t, "http://"+endpoint+path)
		require.Contains(t, text, `"base_path":"/streams"`, path)
	}
	require.NoError(t, e.Shutdown(t.Context()))
}

// A connection that a browser has opened in advance delays no reload.
func TestIdleConnectionsDoNotDelayShutdown(t *testing.T) {
	endpoint := free(t)
	e, err := started(t, componenttest.NewNopHost(), map[string]any{"http": map[string]any{"endpoint": endpoint}})
	require.NoError(t, err)
	conn, err := net.Dial("tcp", endpoint)
	require.NoError(t, err)
	defer conn.Close()
	ask(t, "http://"+endpoint+"/api/v1/session") // After it, the server has accepted both.
	began := time.Now()
	require.NoError(t, e.Shutdown(t.Context()))
	require.Less(t, time.Since(began), 500*time.Millisecond, "http.Server.Shutdown would wait for as long as it may")
}

func TestHTTPConfig(t *testing.T) {
	for name, c := range map[string]struct {
		keys map[string]any
		want string
	}{
		"default":   {nil, ""},
		"off":       {map[string]any{"http": nil}, ""},
		"mode":      {map[string]any{"mode": "write"}, `mode: "write" is none of "edit", "propose" and "read_only"`},
		"everybody": {map[string]any{"http": map[string]any{"endpoint": "0.0.0.0:13134"}}, "can be reached by others"},
		"no host":   {map[string]any{"http": map[string]any{"endpoint": ":13134"}}, "can be reached by others"},
		"a name":    {map[string]any{"http": map[string]any{"endpoint": "streams.example.com:80"}}, "can be reached by others"},
		"base":      {map[string]any{"http": map[string]any{"base_path": "/a/b.c"}}, ""},
		"the API's": {map[string]any{"http": map[string]any{"base_path": "/api"}}, `http::base_path: "/api" is where the API is`},
		"slash":     {map[string]any{"http": map[string]any{"base_path": "/a/"}}, `http::base_path: "/a/" is no path`},
		"up":        {map[string]any{"http": map[string]any{"base_path": "/.."}}, `http::base_path: "/.." is no path`},
		"no port":   {map[string]any{"http": map[string]any{"endpoint": "localhost"}}, "http::endpoint: "},
		"with auth": {map[string]any{"http": map[string]any{"endpoint": "0.0.0.0:13134", "auth": map[string]any{"authenticator": "a"}}}, ""},
		"unix":      {map[string]any{"http": map[string]any{"endpoint": "/run/x.sock", "transport": "unix"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := createDefaultConfig().(*Config)
			require.NoError(t, confmap.NewFromStringMap(c.keys).Unmarshal(cfg))
			err := confmap.Validate(cfg)
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.want)
			require.Equal(t, 1, strings.Count(err.Error(), c.want), "said once")
		})
	}
}
