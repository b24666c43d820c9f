package api

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/redact"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
)

// probeTime bounds how long a destination is tried.
const probeTime = 2 * time.Second

// Probe says whether a destination can be reached. It says nothing of whether it
// takes data: credentials are not tried.
type Probe struct {
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
}

// probe connects to a destination of the document, and to nothing else.
func (s *Server) probe(w http.ResponseWriter, r *http.Request) error {
	now, d, err := s.read()
	if err != nil {
		return err
	}
	target, ok := d.Destinations.Get(r.PathValue("key"))
	if !ok {
		return noDestination(r.PathValue("key"))
	}
	ctx, cancel := context.WithTimeout(r.Context(), probeTime)
	defer cancel()
	p := reach(ctx, target)
	p.Detail = redact.Message(p.Detail, s.rules.Secrets(now.Data, redact.Lookup))
	return answer(w, http.StatusOK, p)
}

func reach(ctx context.Context, d document.Destination) Probe {
	endpoint, _ := d.Config["endpoint"].(string)
	if endpoint == "" {
		return Probe{OK: true, Detail: "nothing to connect to: " + d.Type + " has no endpoint"}
	}
	if strings.Contains(endpoint, "${") {
		return Probe{OK: true, Detail: "not tried: the endpoint is a reference, which only the collector resolves"}
	}
	address, secure := addressOf(endpoint)
	started := time.Now()
	var conn net.Conn
	var err error
	if secure {
		conn, err = (&tls.Dialer{}).DialContext(ctx, "tcp", address)
	} else {
		conn, err = (&net.Dialer{}).DialContext(ctx, "tcp", address)
	}
	if err != nil {
		return Probe{Detail: err.Error()}
	}
	_ = conn.Close() // Nothing was written.
	return Probe{OK: true, Detail: address + " answers after " + time.Since(started).Round(time.Millisecond).String()}
}

// addressOf returns host and port of an endpoint, and whether it is https.
func addressOf(endpoint string) (address string, secure bool) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" {
		return endpoint, false
	}
	secure = u.Scheme == "https"
	if u.Port() != "" {
		return u.Host, secure
	}
	if secure {
		return net.JoinHostPort(u.Hostname(), "443"), true
	}
	return net.JoinHostPort(u.Hostname(), "80"), false
}
