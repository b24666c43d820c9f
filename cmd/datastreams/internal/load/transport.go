package load

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
	"time"

	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"
)

// connect returns a source for each of cfg's signals and what closes the
// connection behind them.
func connect(cfg Config) (map[string]source, func() error, error) {
	e, err := parseEndpoint(cfg.Endpoint)
	if err != nil {
		return nil, nil, err
	}
	sources := make(map[string]source, len(signals))
	if cfg.Protocol == HTTP {
		c := newWeb(e.address, cfg.Insecure)
		for _, sig := range signals {
			sources[sig.name] = sig.overWeb(c)
		}
		return sources, c.close, nil
	}
	cc, err := dialRPC(e.address, cfg)
	if err != nil {
		return nil, nil, err
	}
	for _, sig := range signals {
		sources[sig.name] = sig.overRPC(cc)
	}
	return sources, cc.Close, nil
}

func dialRPC(address string, cfg Config) (*grpc.ClientConn, error) {
	creds := insecure.NewCredentials()
	if !cfg.Insecure {
		creds = credentials.NewTLS(&tls.Config{MinVersion: tls.VersionTLS12})
	}
	// gRPC's own reconnect delay grows to two minutes, which would outlast the
	// retries that it is to serve.
	pause := backoff.DefaultConfig
	pause.BaseDelay, pause.MaxDelay = cfg.RetryInitial, cfg.RetryMax
	return grpc.NewClient(address,
		grpc.WithTransportCredentials(creds),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: pause, MinConnectTimeout: 5 * time.Second}))
}

// web sends OTLP as protobuf over HTTP.
type web struct {
	base   string
	client *http.Client
}

func newWeb(address string, plain bool) *web {
	scheme := "https://"
	if plain {
		scheme = "http://"
	}
	return &web{
		base: scheme + address,
		client: &http.Client{Transport: &http.Transport{
			TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
			MaxIdleConnsPerHost: len(signals),
		}},
	}
}

func (c *web) close() error {
	c.client.CloseIdleConnections()
	return nil
}

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 1 << 20

// post sends body and returns the answer's body. The error is a *refusal.
func (c *web) post(ctx context.Context, path string, body []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, &refusal{cause: err}
	}
	request.Header.Set("Content-Type", "application/x-protobuf")
	answer, err := c.client.Do(request)
	if err != nil {
		return nil, &refusal{cause: err, retry: true} // Nobody answered: the collector may be back soon.
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return nil, &refusal{cause: err, retry: true}
	}
	if answer.StatusCode != http.StatusOK {
		return nil, refusalOfHTTP(answer, reason(answer, raw))
	}
	return raw, nil
}

// reason is what the body of a refusal says: OTLP sends a Status message, what
// stands between may send text.
func reason(answer *http.Response, raw []byte) string {
	var st spb.Status
	if answer.Header.Get("Content-Type") == "application/x-protobuf" && proto.Unmarshal(raw, &st) == nil {
		return st.GetMessage()
	}
	return string(bytes.TrimSpace(raw[:min(len(raw), 200)]))
}

// probe reports with a remedy that nothing listens at cfg's endpoint. Retrying
// is for collectors that were there before.
func probe(ctx context.Context, cfg Config) error {
	e, err := parseEndpoint(cfg.Endpoint)
	if err != nil {
		return err
	}
	dialer := net.Dialer{Timeout: 3 * time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", e.address)
	switch {
	case err == nil:
		return conn.Close()
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("nothing listens on %s: start the collector there (make run), or name another one with --endpoint", e.address)
	default:
		return fmt.Errorf("cannot reach %s: %w; is --endpoint right?", e.address, err)
	}
}
