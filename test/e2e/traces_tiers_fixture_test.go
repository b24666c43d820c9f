package e2e

import (
	"context"
	bigendian "encoding/binary"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
)

const (
	// A trace of these tests has so many spans, half of them of each of the services
	// a and b, so that it belongs to both streams.
	tierSpans = 6
	// tierBatch is how many traces are sent together, span by span.
	tierBatch = 10
)

// tiers is two tiers of collectors: gateways that take spans, and nodes, to one
// of which they send all spans of a trace.
type tiers struct {
	t        *testing.T
	book     *tierBook
	sink     string // address
	gateways []ptraceotlp.GRPCClient
	nodes    map[string]*process

	stop    chan struct{}
	sending sync.WaitGroup
}

// tierBook is what was sent and what the nodes have delivered.
type tierBook struct {
	ptraceotlp.UnimplementedGRPCServer
	mu  sync.Mutex
	got map[pcommon.TraceID]*tierTrace
}

// tierTrace is a trace on its way.
type tierTrace struct {
	sent    time.Time      // its first span
	acked   int            // spans
	nodes   []string       // that have delivered any of it
	streams map[string]int // a set of spans for each stream, as bits
}

// Export implements ptraceotlp.GRPCServer: it is where all nodes deliver.
func (b *tierBook) Export(ctx context.Context, r ptraceotlp.ExportRequest) (ptraceotlp.ExportResponse, error) {
	header, _ := metadata.FromIncomingContext(ctx)
	node, stream := header.Get("node")[0], header.Get("stream")[0]
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, rs := range r.Traces().ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, span := range ss.Spans().All() {
				id := span.SpanID()
				trace := b.got[span.TraceID()]
				trace.streams[stream] |= 1 << id[7]
				if !slices.Contains(trace.nodes, node) {
					trace.nodes = append(trace.nodes, node)
				}
			}
		}
	}
	return ptraceotlp.NewExportResponse(), nil
}

// newTiers starts what all nodes deliver to.
func newTiers(t *testing.T) *tiers {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	x := &tiers{t: t, book: &tierBook{got: make(map[pcommon.TraceID]*tierTrace)}, sink: l.Addr().String(), nodes: make(map[string]*process), stop: make(chan struct{})}
	server := grpc.NewServer()
	ptraceotlp.RegisterGRPCServer(server, x.book)
	go func() { _ = server.Serve(l) }()
	t.Cleanup(server.Stop)
	return x
}

// node starts a collector of the second tier.
func (x *tiers) node(name string, env map[string]string) {
	x.t.Helper()
	e := freePorts(x.t, "HEALTH")
	e["NODE"], e["SINK"] = name, x.sink
	maps.Copy(e, env)
	x.nodes[name] = collector(x.t, "testdata/tiers.yaml", e)
}

// reach connects to a gateway.
func (x *tiers) reach(address string) {
	x.t.Helper()
	cc, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(x.t, err)
	x.t.Cleanup(func() { _ = cc.Close() })
	x.gateways = append(x.gateways, ptraceotlp.NewGRPCClient(cc))
}

// start sends traces, 200 of them a second, until end: each span through any of
// the gateways, in any order, again and again until it is acknowledged.
func (x *tiers) start() {
	x.sending.Go(func() {
		r := rand.New(rand.NewPCG(7, 7))
		for n := uint64(1); ; n += tierBatch {
			select {
			case <-x.stop:
				return
			case <-time.After(time.Second * tierBatch / 200):
			}
			x.batch(r, n)
		}
	})
}

func (x *tiers) end() {
	close(x.stop)
	x.sending.Wait()
}

// batch sends the traces from the n-th on.
func (x *tiers) batch(r *rand.Rand, n uint64) {
	var ids []pcommon.TraceID
	x.book.mu.Lock()
	for i := range uint64(tierBatch) {
		var id pcommon.TraceID
		bigendian.BigEndian.PutUint64(id[:], n+i)
		bigendian.BigEndian.PutUint64(id[8:], r.Uint64())
		ids = append(ids, id)
		x.book.got[id] = &tierTrace{sent: time.Now(), streams: make(map[string]int)}
	}
	x.book.mu.Unlock()
	for _, k := range r.Perm(tierSpans) {
		td := ptrace.NewTraces()
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", []string{"a", "b"}[k%2])
		spans := rs.ScopeSpans().AppendEmpty().Spans()
		for _, id := range ids {
			span := spans.AppendEmpty()
			span.SetTraceID(id)
			span.SetSpanID(pcommon.SpanID{0: 1, 7: byte(k)})
			if k > 0 {
				span.SetParentSpanID(pcommon.SpanID{0: 1})
			}
			span.SetStartTimestamp(pcommon.NewTimestampFromTime(time.Now()))
			span.SetEndTimestamp(span.StartTimestamp())
		}
		gateway := x.gateways[r.IntN(len(x.gateways))]
		eventually(x.t, time.Minute, func() error {
			ctx, cancel := context.WithTimeout(x.t.Context(), 10*time.Second)
			defer cancel()
			_, err := gateway.Export(ctx, ptraceotlp.NewExportRequestFromTraces(td))
			return err
		})
	}
	x.book.mu.Lock()
	defer x.book.mu.Unlock()
	for _, id := range ids {
		x.book.got[id].acked = tierSpans
	}
}

// isWhole reports whether one node has delivered all of the trace to both
// streams.
func (t *tierTrace) isWhole() bool {
	const all = 1<<tierSpans - 1
	return len(t.nodes) == 1 && t.streams["a"] == all && t.streams["b"] == all
}

// lost counts the spans that no node has delivered to any stream.
func (t *tierTrace) lost() (n int) {
	for k := range t.acked {
		if (t.streams["a"]|t.streams["b"])&(1<<k) == 0 {
			n++
		}
	}
	return n
}

// drained waits until what has not arrived stays away.
func (x *tiers) drained() {
	x.t.Helper()
	last, since := -1, time.Now()
	eventually(x.t, 2*time.Minute, func() error {
		lost := 0
		for _, trace := range x.traces(time.Time{}, time.Now()) {
			lost += trace.lost()
		}
		if lost != last {
			last, since = lost, time.Now()
		}
		if lost > 0 && time.Since(since) < 10*time.Second {
			return fmt.Errorf("%d spans are under way", lost)
		}
		return nil
	})
}

// traces returns copies of the traces that began in this time.
func (x *tiers) traces(from, until time.Time) []tierTrace {
	x.book.mu.Lock()
	defer x.book.mu.Unlock()
	var found []tierTrace
	for _, trace := range x.book.got {
		if trace.sent.Before(from) || !trace.sent.Before(until) {
			continue
		}
		c := *trace
		c.nodes = slices.Clone(trace.nodes)
		c.streams = map[string]int{"a": trace.streams["a"], "b": trace.streams["b"]}
		found = append(found, c)
	}
	return found
}
