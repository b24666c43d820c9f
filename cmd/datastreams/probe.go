package main

import (
	"context"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
)

// probeTimeout is how long a destination may take to accept a connection.
const probeTimeout = 2 * time.Second

// probeDestinations tries to connect to the addresses of all destinations at
// once, and warns of those that cannot be reached. Nothing is sent.
func probeDestinations(ctx context.Context, d *document.Document, lookup func(string) (string, bool)) document.Diagnostics {
	var mu sync.Mutex
	var found document.Diagnostics
	var probes sync.WaitGroup
	for i := range d.Destinations {
		e := &d.Destinations[i]
		for _, address := range addresses(e.Value.Config, lookup) {
			probes.Go(func() {
				if err := probe(ctx, address); err != nil {
					mu.Lock()
					defer mu.Unlock()
					found = append(found, e.Place.Diagnose(document.Warning, "check the address, and that something listens there",
						"%s cannot be reached from here: %v", address, err))
				}
			})
		}
	}
	probes.Wait()
	return found.Sorted()
}

func probe(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	return conn.Close()
}

// addresses returns the host:port of what an exporter's configuration names as
// endpoint or brokers.
func addresses(config map[string]any, lookup func(string) (string, bool)) []string {
	var texts []any
	texts = append(texts, config["endpoint"])
	if brokers, ok := config["brokers"].([]any); ok {
		texts = append(texts, brokers...)
	}
	if s3, ok := config["s3"].(map[string]any); ok {
		texts = append(texts, s3["endpoint"])
	}
	var all []string
	for _, t := range texts {
		if text, ok := t.(string); ok {
			if address, ok := addressOf(document.ExpandEnv(text, lookup)); ok {
				all = append(all, address)
			}
		}
	}
	return all
}

// addressOf returns the host:port of an endpoint, which may be a URL.
func addressOf(endpoint string) (string, bool) {
	if !strings.Contains(endpoint, "://") {
		host, port, err := net.SplitHostPort(endpoint)
		return endpoint, err == nil && host != "" && port != ""
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Hostname() == "" {
		return "", false
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port), port != ""
}
