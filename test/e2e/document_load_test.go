package e2e

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/grpc"
	_ "google.golang.org/grpc/encoding/gzip" // Exporters compress.

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/ledger"
)

// sink is an OTLP destination that keeps a book: by signal and number, the
// streams that delivered the record. It can go away and come back.
type sink struct {
	t       *testing.T
	address string

	mu     sync.Mutex
	server *grpc.Server
	got    map[string]map[int64][]string
}

func newSink(t *testing.T) *sink {
	t.Helper()
	s := &sink{t: t, address: freePorts(t, "SINK")["SINK"], got: map[string]map[int64][]string{"traces": {}, "logs": {}}}
	s.up()
	t.Cleanup(s.down)
	return s
}

// up makes the destination reachable.
func (s *sink) up() {
	s.t.Helper()
	var l net.Listener
	eventually(s.t, 10*time.Second, func() (err error) {
		l, err = net.Listen("tcp", s.address)
		return err
	})
	s.server = grpc.NewServer()
	ptraceotlp.RegisterGRPCServer(s.server, &traceSink{sink: s})
	plogotlp.RegisterGRPCServer(s.server, &logSink{sink: s})
	go func(server *grpc.Server) { _ = server.Serve(l) }(s.server)
}

// down makes it unreachable. What it has taken is acknowledged before: a
// destination that loses acknowledgments gets data twice, and rightly so.
func (s *sink) down() { s.server.GracefulStop() }

func (s *sink) enter(signal string) ledger.Visit {
	return func(resource, record pcommon.Map) {
		number, _ := record.Get(sequence)
		stream, _ := resource.Get("stream")
		s.mu.Lock()
		defer s.mu.Unlock()
		s.got[signal][number.Int()] = append(s.got[signal][number.Int()], stream.Str())
	}
}

// streams returns the streams that delivered a record.
func (s *sink) streams(signal string, number int64) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.got[signal][number])
}

type traceSink struct {
	ptraceotlp.UnimplementedGRPCServer
	*sink
}

func (s *traceSink) Export(_ context.Context, r ptraceotlp.ExportRequest) (ptraceotlp.ExportResponse, error) {
	ledger.Spans(r.Traces(), s.enter("traces"))
	return ptraceotlp.NewExportResponse(), nil
}

type logSink struct {
	plogotlp.UnimplementedGRPCServer
	*sink
}

func (s *logSink) Export(_ context.Context, r plogotlp.ExportRequest) (plogotlp.ExportResponse, error) {
	ledger.LogRecords(r.Logs(), s.enter("logs"))
	return plogotlp.NewExportResponse(), nil
}

// perRequest is the number of records of a request.
const perRequest = 20

// request is one that was sent: of a signal, with numbers from first on.
type request struct {
	signal     string
	first      int64
	start, end time.Time
	err        error
}

// traffic sends numbered records of the service mover, one request at a time on
// each connection, and never the same record twice.
type traffic struct {
	t       *testing.T
	address string
	stop    context.CancelFunc
	workers sync.WaitGroup
	next    atomic.Int64

	mu       sync.Mutex
	requests []request
}

func startTraffic(t *testing.T, address string) *traffic {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	l := &traffic{t: t, address: address, stop: cancel}
	for i := range 6 {
		signal := []string{"traces", "logs"}[i%2]
		l.workers.Go(func() {
			for ctx.Err() == nil {
				l.send(context.WithoutCancel(ctx), signal)
				time.Sleep(5 * time.Millisecond)
			}
		})
	}
	t.Cleanup(l.finish)
	return l
}

func (l *traffic) send(ctx context.Context, signal string) {
	r := request{signal: signal, first: l.next.Add(perRequest) - perRequest, start: time.Now()}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	r.err = payloadOf(signal, r.first).post(ctx, l.address)
	r.end = time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.requests = append(l.requests, r)
}

// finish ends the sending and waits for the last answers.
func (l *traffic) finish() {
	l.stop()
	l.workers.Wait()
}

// failed returns the requests that were not acknowledged.
func (l *traffic) failed() []request {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(l.requests), func(r request) bool { return r.err == nil })
}

// acknowledgments are the times of the answers that were acknowledgments, in
// order.
func (l *traffic) acknowledgments() []time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	var ends []time.Time
	for _, r := range l.requests {
		if r.err == nil {
			ends = append(ends, r.end)
		}
	}
	slices.SortFunc(ends, time.Time.Compare)
	return ends
}

// gaps are the times between two acknowledgments, on any connection, the
// longest first.
func (l *traffic) gaps() []time.Duration {
	ends := l.acknowledgments()
	gaps := make([]time.Duration, 0, len(ends))
	for i := 1; i < len(ends); i++ {
		gaps = append(gaps, ends[i].Sub(ends[i-1]))
	}
	slices.SortFunc(gaps, func(a, b time.Duration) int { return cmp.Compare(b, a) })
	return gaps
}

func payloadOf(signal string, first int64) payload {
	resource := func(m pcommon.Map) { m.PutStr("service.name", "mover") }
	if signal == "logs" {
		d := plog.NewLogs()
		rl := d.ResourceLogs().AppendEmpty()
		resource(rl.Resource().Attributes())
		records := rl.ScopeLogs().AppendEmpty().LogRecords()
		for i := range int64(perRequest) {
			records.AppendEmpty().Attributes().PutInt(sequence, first+i)
		}
		return payload{path: "/v1/logs", request: plogotlp.NewExportRequestFromLogs(d)}
	}
	d := ptrace.NewTraces()
	rs := d.ResourceSpans().AppendEmpty()
	resource(rs.Resource().Attributes())
	spans := rs.ScopeSpans().AppendEmpty().Spans()
	for i := range int64(perRequest) {
		spans.AppendEmpty().Attributes().PutInt(sequence, first+i)
	}
	return payload{path: "/v1/traces", request: ptraceotlp.NewExportRequestFromTraces(d)}
}

// epoch is a time in which the data of mover belongs to one stream: from when a
// change was acknowledged until the next was asked for.
type epoch struct {
	from, until time.Time
	stream      string
}

// requireOnce waits until the sink has every acknowledged record exactly once,
// and no other more than once, each from the stream of its time.
func (l *traffic) requireOnce(s *sink, epochs []epoch) {
	l.t.Helper()
	eventually(l.t, time.Minute, func() error {
		var missing int
		l.eachRecord(func(r request, number int64) {
			if r.err == nil && len(s.streams(r.signal, number)) == 0 {
				missing++
			}
		})
		if missing > 0 {
			return fmt.Errorf("%d acknowledged records are missing", missing)
		}
		return nil
	})
	var errs []error
	l.eachRecord(func(r request, number int64) {
		streams := s.streams(r.signal, number)
		if len(streams) > 1 {
			errs = append(errs, fmt.Errorf("%s %d was delivered by %v (request from %s to %s: %w)", r.signal, number, streams, r.start, r.end, r.err))
		}
		for _, e := range epochs {
			if len(streams) == 1 && r.start.After(e.from) && r.end.Before(e.until) && streams[0] != e.stream {
				errs = append(errs, fmt.Errorf("%s %d went to %s at the time of %s", r.signal, number, streams[0], e.stream))
			}
		}
	})
	if len(errs) > 10 {
		errs = append(errs[:10], fmt.Errorf("and %d more", len(errs)-10))
	}
	require.NoError(l.t, errors.Join(errs...))
}

func (l *traffic) eachRecord(visit func(r request, number int64)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.requests {
		for i := range int64(perRequest) {
			visit(r, r.first+i)
		}
	}
}

// requireRefusals wants what was not acknowledged to have been under way in a
// reload, and refused in a way that senders retry.
func (l *traffic) requireRefusals(reloads []epoch) {
	l.t.Helper()
	for _, r := range l.failed() {
		require.True(l.t, slices.ContainsFunc(reloads, func(e epoch) bool { return r.end.After(e.from) && r.start.Before(e.until) }),
			"refused from %s to %s, outside of a reload: %v", r.start, r.end, r.err)
		require.NotRegexp(l.t, `^4\d\d `, r.err.Error())
	}
}

// metric reads a number of the collector's own telemetry.
func (d *desk) metric(series string) int {
	d.t.Helper()
	answer, err := http.Get("http://" + d.env["METRICS"] + "/metrics")
	require.NoError(d.t, err)
	defer answer.Body.Close()
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), series+" "); ok {
			n, err := strconv.Atoi(value)
			require.NoError(d.t, err)
			return n
		}
	}
	d.t.Fatalf("there is no metric %s", series)
	return 0
}
