package shop

import (
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// request is one execution of a flow: a trace before it is written as spans.
type request struct {
	id       pcommon.TraceID
	begin    time.Time
	spans    []span // parents before children
	customer int
	order    int
	cause    *spanRef // the span that a linked flow points at, if any
}

// span is one executed step. Times are relative to the request's begin.
type span struct {
	id         pcommon.SpanID
	parent     int // index in the request's spans; -1 for the root
	step       *step
	pod        *pod
	peer       *pod // who serves the call; nil for steps that call no service
	start, end time.Duration
	status     int // HTTP status of HTTP steps, gRPC status of RPC steps
	failed     bool
	fault      *fault // set where the failure began
}

// spanRef names a span of some request.
type spanRef struct {
	trace pcommon.TraceID
	span  pcommon.SpanID
}

// Shares that decide how the shop fails. Together they leave 1 to 2 % of all
// spans with an error.
const (
	failingRequests = 0.035 // requests in which one step fails
	unhandled       = 0.55  // failures that the caller passes on
	clientErrors    = 0.02  // HTTP requests that ask for what is not there
)

// simulate runs f on the crew's pods so that it ends within the second before
// at.
func simulate(d dice, f flow, c crew, at time.Time) *request {
	r := &request{
		id:       d.traceID(),
		spans:    make([]span, 0, f.size),
		customer: d.between(1000, 99999),
		order:    d.between(100000, 9999999),
	}
	w := walk{dice: d, request: r, crew: c, doomed: -1}
	if d.chance(failingRequests) {
		w.doomed = d.IntN(f.size)
	}
	w.run(f.root, -1, c[f.root.service], 0)
	var last time.Duration
	for i := range r.spans {
		last = max(last, r.spans[i].end)
	}
	r.begin = at.Add(-last - d.within(time.Second))
	return r
}

// walk is one simulation under way.
type walk struct {
	dice
	request *request
	crew    crew
	doomed  int // which span fails, by its index; -1 for none
}

// run executes s on p from start on and returns the index of its span. It does
// not return when the step ends: read that from the span.
func (w *walk) run(s *step, parent int, p *pod, start time.Duration) int {
	i := len(w.request.spans)
	w.request.spans = append(w.request.spans, span{id: w.spanID(), parent: parent, step: s, pod: p, start: start})
	own := w.latency(s.median)
	now := start + own/2
	failed := i == w.doomed
	if failed {
		w.request.spans[i].fault = newFault(w.dice, s, p)
	}
	for _, c := range s.calls {
		if failed {
			break // A caller that has failed calls nobody any more.
		}
		var peer *pod
		if c.service != nil {
			peer = w.crew[c.service]
		}
		now, failed = w.call(s, c, i, peer, now)
	}
	w.finish(i, now+own/2, failed)
	return i
}

// call executes c, which the span with index caller calls, and returns when
// the caller goes on and whether the failure of c is the caller's failure too.
func (w *walk) call(s, c *step, caller int, peer *pod, now time.Duration) (time.Duration, bool) {
	p := w.request.spans[caller].pod
	if peer != nil {
		w.request.spans[caller].peer = peer
		p = peer
	}
	if c.kind == consumeMessage {
		w.run(c, caller, p, now+w.latency(8*ms)) // The producer does not wait.
		return now, false
	}
	callee := w.run(c, caller, p, now+w.latency(ms/5))
	passesOn := s.kind == callHTTP || s.kind == callRPC || w.chance(unhandled)
	done := &w.request.spans[callee]
	return done.end, done.failed && passesOn
}

// finish closes the span with index i.
func (w *walk) finish(i int, end time.Duration, failed bool) {
	sp := &w.request.spans[i]
	sp.end, sp.failed = end, failed
	switch sp.step.kind {
	case serveHTTP:
		sp.status = w.httpStatus(sp)
	case serveRPC:
		if failed {
			sp.status = pick(w.dice, []int{rpcUnavailable, rpcInternal, rpcDeadlineExceeded})
		}
	case callHTTP, callRPC:
		// The client reports what the server answered, if it was reached.
		if i+1 < len(w.request.spans) && w.request.spans[i+1].parent == i {
			sp.status = w.request.spans[i+1].status
		} else if sp.step.kind == callRPC {
			sp.status = rpcUnavailable
		}
	}
}

// gRPC status codes as they stand in telemetry.
const (
	rpcDeadlineExceeded = 4
	rpcInternal         = 13
	rpcUnavailable      = 14
)

func (w *walk) httpStatus(sp *span) int {
	switch {
	case sp.failed:
		return pick(w.dice, []int{500, 500, 502, 503, 504})
	case w.chance(clientErrors):
		return pick(w.dice, []int{400, 401, 404, 404, 409, 429})
	case sp.step.method == "POST" && w.chance(0.5):
		return 201
	}
	return 200
}

// recentRequests is a bounded memory of requests, oldest out first: what logs
// and exemplars refer to.
type recentRequests struct {
	ring [256]*request
	next int // where the next one goes
	read int // the oldest that take has not returned
}

// add remembers r in place of the oldest request.
func (q *recentRequests) add(r *request) {
	q.ring[q.next%len(q.ring)] = r
	q.next++
	q.read = max(q.read, q.next-len(q.ring))
}

// take returns the oldest request that take has not returned, or nil.
func (q *recentRequests) take() *request {
	if q.read == q.next {
		return nil
	}
	q.read++
	return q.ring[(q.read-1)%len(q.ring)]
}

// any returns one of the remembered requests, or nil.
func (q *recentRequests) any(d dice) *request {
	if q.next == 0 {
		return nil
	}
	return q.ring[d.IntN(min(q.next, len(q.ring)))]
}
