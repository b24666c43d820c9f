package main

import (
	"context"
	"fmt"
	"strings"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// proxy stands before a destination and fails in the ways of a network.
type proxy struct {
	*toxiproxy.Proxy
	toxics []string
}

// newProxy starts a proxy on a free port of loopback. Call Stop.
func newProxy(upstream string) (*proxy, error) {
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	p := toxiproxy.NewProxy(server, streamB, "127.0.0.1:0", upstream)
	return &proxy{Proxy: p}, p.Start()
}

// inject makes the network fail, if the fault is one of the network's.
func (p *proxy) inject(f fault) error {
	switch f {
	case hang:
		return p.add("timeout")
	case reset:
		return p.add("reset_peer")
	default:
		return nil
	}
}

// add adds a toxic that acts at once and until it is removed.
func (p *proxy) add(toxic string) error {
	text := fmt.Sprintf(`{"name": %q, "type": %q, "stream": "upstream", "attributes": {"timeout": 0}}`, toxic, toxic)
	if _, err := p.Toxics.AddToxicJson(strings.NewReader(text)); err != nil {
		return err
	}
	p.toxics = append(p.toxics, toxic)
	return nil
}

// heal ends the fault. Connections that it held are closed.
func (p *proxy) heal(ctx context.Context) error {
	for _, toxic := range p.toxics {
		if err := p.Toxics.RemoveToxic(ctx, toxic); err != nil {
			return err
		}
	}
	p.toxics = nil
	return nil
}
