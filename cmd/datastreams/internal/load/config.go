// Package load sends the telemetry of internal/shop to a collector over OTLP,
// at a steady pace, and keeps account of what became of it. It retries as an
// SDK does. It knows the protocol and the pace, not command lines.
package load

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Protocols that OTLP is spoken in.
const (
	GRPC = "grpc"
	HTTP = "http" // protobuf over HTTP/1.1
)

// DefaultPorts is where collectors listen, by protocol.
var DefaultPorts = map[string]string{GRPC: "4317", HTTP: "4318"}

// Config says what to send, where to and how fast. Start from DefaultConfig.
type Config struct {
	// Endpoint is host:port of the collector; a scheme before it is allowed.
	Endpoint string
	// Protocol is GRPC or HTTP.
	Protocol string
	// Insecure turns TLS off.
	Insecure bool
	// Signals names what is sent: traces, logs, metrics, profiles.
	Signals []string
	// Rate is spans per second; the other signals follow in proportion. 0: as
	// fast as the collector takes it.
	Rate float64
	// Duration ends the load; 0: it goes on until the context ends.
	Duration time.Duration
	// Total, if positive, ends each signal after so many items; all of them then
	// run at the full Rate.
	Total int64
	// Seed determines the generated data.
	Seed uint64
	// SequenceAttribute, if set, is the key under which every item is numbered.
	SequenceAttribute string
	// RetryFor is how long a refused payload is sent again before it is given
	// up; 0: refused means given up.
	RetryFor time.Duration
	// RetryInitial and RetryMax are the first and the longest wait between
	// attempts. A wait that the collector asks for is longer if it says so.
	RetryInitial, RetryMax time.Duration
	// Timeout is how long the collector has for one payload.
	Timeout time.Duration
	// StatusEvery is the time between status lines.
	StatusEvery time.Duration
}

// DefaultConfig returns what an SDK would do towards a collector on this
// machine.
func DefaultConfig() Config {
	return Config{
		Endpoint:     "127.0.0.1:" + DefaultPorts[GRPC],
		Protocol:     GRPC,
		Insecure:     true,
		Signals:      SignalNames(),
		Rate:         1000,
		Seed:         1,
		RetryFor:     time.Minute,
		RetryInitial: 500 * time.Millisecond,
		RetryMax:     3 * time.Second,
		Timeout:      10 * time.Second,
		StatusEvery:  5 * time.Second,
	}
}

// Validate reports everything that is wrong with c, or nil.
func (c Config) Validate() error {
	var errs []error
	if c.Protocol != GRPC && c.Protocol != HTTP {
		errs = append(errs, fmt.Errorf("protocol: %q is neither %q nor %q", c.Protocol, GRPC, HTTP))
	}
	if _, err := parseEndpoint(c.Endpoint); err != nil {
		errs = append(errs, err)
	}
	if len(c.Signals) == 0 {
		errs = append(errs, errors.New("signals: all are turned off, so there is nothing to send"))
	}
	for _, name := range c.Signals {
		if !slices.Contains(SignalNames(), name) {
			errs = append(errs, fmt.Errorf("signals: there is no %q; there are %s", name, strings.Join(SignalNames(), ", ")))
		}
	}
	if c.Rate < 0 {
		errs = append(errs, fmt.Errorf("rate: %v is negative; 0 means as fast as possible", c.Rate))
	}
	if c.Duration < 0 {
		errs = append(errs, fmt.Errorf("duration: %v is negative; 0 means until interrupted", c.Duration))
	}
	if c.Total < 0 {
		errs = append(errs, fmt.Errorf("total: %d is negative; 0 means no limit", c.Total))
	}
	if c.RetryFor < 0 {
		errs = append(errs, fmt.Errorf("retry-for: %v is negative; 0 means not to retry", c.RetryFor))
	}
	return errors.Join(errs...)
}

// endpoint is a parsed Config.Endpoint.
type endpoint struct {
	address string // host:port
	scheme  string // http, https or ""
}

func parseEndpoint(s string) (endpoint, error) {
	e := endpoint{address: s}
	if strings.Contains(s, "://") {
		u, err := url.Parse(s)
		if err != nil {
			return endpoint{}, fmt.Errorf("endpoint: %w", err)
		}
		if u.Scheme != "http" && u.Scheme != "https" || u.Path != "" && u.Path != "/" {
			return endpoint{}, fmt.Errorf("endpoint: %q must be host:port, with http:// or https:// before it at most", s)
		}
		e = endpoint{address: u.Host, scheme: u.Scheme}
	}
	if host, port, err := net.SplitHostPort(e.address); err != nil || host == "" || port == "" {
		return endpoint{}, fmt.Errorf("endpoint: %q must be host:port, for example 127.0.0.1:4317", s)
	}
	return e, nil
}

// IsInsecure reports whether a collector at s is usually reached without TLS:
// the scheme says so or, where there is none, it is on this machine.
func IsInsecure(s string) bool {
	e, err := parseEndpoint(s)
	if err != nil || e.scheme != "" {
		return e.scheme == "http"
	}
	host, _, _ := net.SplitHostPort(e.address)
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
