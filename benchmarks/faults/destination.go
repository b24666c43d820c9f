package main

import (
	"context"
	"net"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// slowness is how long a slow destination takes for a request.
const slowness = 2 * time.Second

// destination is an OTLP/gRPC server that notes what it gets, and can be made
// to fail in the ways of a server; those of a network are the proxy's.
type destination struct {
	wire    *wire
	address string
	server  *grpc.Server
	tally   *tally
	fault   atomic.Value // A fault.
}

// newDestination starts a destination on a free port of loopback. Call stop.
func newDestination(w *wire, t *tally) (*destination, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	d := &destination{wire: w, address: listener.Addr().String(), tally: t}
	d.fault.Store(none)
	d.server = w.newServer(d.take)
	go d.server.Serve(listener) //nolint:errcheck // It returns when the server is stopped.
	return d, nil
}

// take notes the numbers of a request's records, unless the fault forbids.
func (d *destination) take(ctx context.Context, payload []byte) error {
	switch d.fault.Load() {
	case refuse:
		return status.Error(codes.Unavailable, "injected: refuse")
	case permanent:
		return status.Error(codes.InvalidArgument, "injected: permanent")
	case slow:
		if !sleep(ctx, slowness) {
			return status.FromContextError(ctx.Err()).Err()
		}
	}
	numbers, err := d.wire.numbers(payload)
	if err != nil {
		return status.Error(codes.InvalidArgument, err.Error())
	}
	d.tally.deliver(numbers)
	return nil
}

// stop ends the server and its connections.
func (d *destination) stop() { d.server.Stop() }
