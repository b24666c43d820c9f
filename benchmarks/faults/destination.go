package main

import (
	"context"
	"net"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/ledger"
)

// numberKey is the attribute that holds the number of a record.
const numberKey = "number"

// slowness is how long a slow destination takes for a request.
const slowness = 2 * time.Second

// destination is an OTLP/gRPC server that notes what it gets, and can be made
// to fail in the ways of a server; those of a network are the proxy's.
type destination struct {
	plogotlp.UnimplementedGRPCServer
	address string
	server  *grpc.Server
	tally   *tally
	fault   atomic.Value // A fault.
}

// newDestination starts a destination on a free port of loopback. Call stop.
func newDestination(t *tally) (*destination, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	d := &destination{address: listener.Addr().String(), server: grpc.NewServer(), tally: t}
	d.fault.Store(none)
	plogotlp.RegisterGRPCServer(d.server, d)
	go d.server.Serve(listener) //nolint:errcheck // It returns when the server is stopped.
	return d, nil
}

// Export notes the numbers of a request's records, unless the fault forbids.
func (d *destination) Export(ctx context.Context, request plogotlp.ExportRequest) (plogotlp.ExportResponse, error) {
	answer := plogotlp.NewExportResponse()
	switch d.fault.Load() {
	case refuse:
		return answer, status.Error(codes.Unavailable, "injected: refuse")
	case permanent:
		return answer, status.Error(codes.InvalidArgument, "injected: permanent")
	case slow:
		if !sleep(ctx, slowness) {
			return answer, status.FromContextError(ctx.Err()).Err()
		}
	}
	var numbers []int
	ledger.LogRecords(request.Logs(), func(_, record pcommon.Map) {
		if number, ok := record.Get(numberKey); ok {
			numbers = append(numbers, int(number.Int()))
		}
	})
	d.tally.deliver(numbers)
	return answer, nil
}

// stop ends the server and its connections.
func (d *destination) stop() { d.server.Stop() }
