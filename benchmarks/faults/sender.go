package main

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
)

// The load and the sender's manners: those of an OpenTelemetry SDK, but for the
// first pause, which is shorter because the runs are.
const (
	requestsPerSecond = 100
	recordsPerRequest = 50
	workers           = 8  // Synchronous: each waits for the answer.
	backlog           = 40 // Requests that wait for a worker; more are not sent.
	callTimeout       = 10 * time.Second
	firstPause        = 200 * time.Millisecond
	longestPause      = 5 * time.Second
	giveUpAfter       = time.Minute
)

// streams are the names of the streams. The faulty one is first in every
// router's table, because that is the worse place for the other.
var streams = [...]string{streamB, streamA}

const (
	streamA = "a" // The healthy one.
	streamB = "b" // The one whose destination fails.
)

// sender offers records of one signal over OTLP/gRPC at a fixed rate.
type sender struct {
	wire     *wire
	conn     *grpc.ClientConn
	tallies  map[string]*tally // By stream.
	separate bool
	queue    chan []part

	errors atomic.Int64 // Failed calls.
	unsent atomic.Int64 // Records for which there was no place in the backlog.
	failed atomic.Int64 // Records given up: permanent error, or too many retries.
}

// newSender makes a sender of records of both streams. Call stop.
func newSender(w *wire, address string, tallies map[string]*tally, separate bool) (*sender, error) {
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, err
	}
	return &sender{wire: w, conn: conn, tallies: tallies, separate: separate, queue: make(chan []part, backlog)}, nil
}

// stop ends the connection.
func (s *sender) stop() { _ = s.conn.Close() } // It can only be closed already.

// run offers records until done is closed. It returns when all are sent or
// given up, or soon after ctx is done.
func (s *sender) run(ctx context.Context, done <-chan struct{}) {
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			for parts := range s.queue {
				s.deliver(ctx, parts)
			}
		})
	}
	s.offer(done)
	close(s.queue)
	running.Wait()
}

// offer makes requests at the rate. When it comes late, it catches up.
func (s *sender) offer(done <-chan struct{}) {
	start, made := time.Now(), 0
	tick := time.NewTicker(time.Second / requestsPerSecond)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case <-tick.C:
		}
		for due := int(time.Since(start).Seconds() * requestsPerSecond); made < due; made++ {
			parts := s.next(made)
			select {
			case s.queue <- parts:
			default:
				s.unsent.Add(recordsPerRequest)
			}
		}
	}
}

// next makes the i-th request.
func (s *sender) next(i int) []part {
	take := streams[:]
	if s.separate {
		take = streams[i%len(streams):][:1]
	}
	var parts []part
	for _, name := range take {
		n := recordsPerRequest / len(take)
		parts = append(parts, part{stream: name, start: s.tallies[name].offer(n), n: n})
	}
	return parts
}

// deliver sends a request until it is taken, refused for good, or too old.
func (s *sender) deliver(ctx context.Context, parts []part) {
	request := s.wire.encode(parts)
	giveUp := time.Now().Add(giveUpAfter)
	for pause := firstPause; ; pause = min(pause*3/2, longestPause) {
		call, cancel := context.WithTimeout(ctx, callTimeout)
		err := s.wire.export(call, s.conn, request)
		cancel()
		if err == nil {
			for _, p := range parts {
				s.tallies[p.stream].ack(p.start, p.n)
			}
			return
		}
		if ctx.Err() == nil {
			s.errors.Add(1)
		}
		again, least := retryable(err)
		wait := max(least, time.Duration(float64(pause)*(0.5+rand.Float64())))
		if !again || time.Now().Add(wait).After(giveUp) || !sleep(ctx, wait) {
			s.failed.Add(recordsPerRequest)
			return
		}
	}
}

// retryable says whether OTLP lets the sender try again, and after how long.
func retryable(err error) (again bool, least time.Duration) {
	st := status.Convert(err)
	for _, detail := range st.Details() {
		if info, ok := detail.(*errdetails.RetryInfo); ok {
			again, least = true, info.GetRetryDelay().AsDuration()
		}
	}
	switch st.Code() {
	case codes.Canceled, codes.DeadlineExceeded, codes.Aborted, codes.OutOfRange, codes.Unavailable, codes.DataLoss:
		again = true
	case codes.ResourceExhausted: // Only if the answer says when.
	default:
		again = false
	}
	return again, least
}

// sleep reports whether it could sleep for d before ctx was done.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
