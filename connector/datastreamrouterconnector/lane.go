package datastreamrouterconnector

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/consumer/consumererror"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/signal"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/streamname"
)

// lane is a stream, or a destination of one, as one signal sees it: its
// pipeline, and what it refused.
//
// A lane is well as long as its pipeline takes what it is given in time. Once
// it refuses, or keeps a call for longer than its timeout, the lane is sick:
// what comes for it is held (or dropped, by its policy) without a call, and
// the lane's own workers offer it again, so that nobody else waits for it.
type lane[D any, C signal.Consumer] struct {
	// What every delivery reads comes first and shares a cache line.
	*account
	kind       *signal.Kind[D, C]
	next       C
	stamp      *streamname.Stamp
	mutates    bool
	timed      bool // The policy has a timeout.
	pushesBack bool // The policy is to push back what is refused.

	// sick says that mu guards something: anything held, or a call overdue.
	sick atomic.Bool

	role   role
	index  int // in the order of delivery
	policy policy
	room   *room

	mu       sync.Mutex
	held     []holding[D]
	workers  int
	overdue  int           // calls that outlived the timeout and have not returned
	backoff  time.Duration // after the latest refusal; 0 after a success
	refusing time.Time     // since when the pipeline has only refused
	refused  time.Time     // the latest refusal
	probed   time.Time     // the latest call in spite of an overdue one
	pausing  bool          // a worker waits to offer again
	closed   bool          // offer what is held once more
	ended    bool          // give up what is held
	wake     chan struct{} // closed to end the workers' pauses
	done     sync.WaitGroup
}

// policy is the part of StreamConfig that decides over refused data.
type policy struct {
	refusal  string
	retryFor time.Duration
	timeout  time.Duration
}

// validate returns everything wrong with the policy.
func (p policy) validate() []error {
	var errs []error
	if p.refusal != refusalRetry && p.refusal != refusalDrop && p.refusal != refusalPushBack {
		errs = append(errs, fmt.Errorf("when_refused: %q is none of %q, %q and %q", p.refusal, refusalRetry, refusalDrop, refusalPushBack))
	}
	if p.retryFor < 0 || p.timeout < 0 {
		errs = append(errs, errors.New("retry_for and timeout must not be negative"))
	}
	return errs
}

// role is what a lane is, in errors.
type role string

const (
	streamRole      role = "stream"
	destinationRole role = "destination"
)

// holding is a payload that waits for another try. The lane owns it, unless it
// is read-only.
type holding[D any] struct {
	ctx     context.Context
	payload D
	items   int
	bytes   int
	since   time.Time
}

// A lane tries again after minBackoff, then twice as long up to maxBackoff,
// with up to maxWorkers payloads at once while the pipeline takes them.
const (
	minBackoff = 100 * time.Millisecond
	maxBackoff = 5 * time.Second
	maxWorkers = 8
)

// A lane that drops or pushes back calls its pipeline every probeInterval while
// a call is overdue, as long as not more than maxOverdue are.
const (
	probeInterval = time.Second
	maxOverdue    = 10
)

// admits reports whether a payload may be handed to the lane's pipeline by its
// sender. A sick lane with workers leaves that to them.
func (l *lane[D, C]) admits() bool {
	if !l.sick.Load() {
		return true
	}
	if l.policy.refusal == refusalRetry {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.overdue > maxOverdue || time.Since(l.probed) < probeInterval {
		return false
	}
	l.probed = time.Now()
	return true
}

// call hands a payload to the lane's pipeline, in a context that names the
// stream. A panic is an error that says so.
func (l *lane[D, C]) call(ctx context.Context, payload D) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &panicError{stream: l.name, value: r}
		}
	}()
	return l.kind.Consume(l.next, ctx, payload)
}

// panicError is the error of a pipeline that panicked. What it did with the
// data is unknown, so that it is not tried again.
type panicError struct {
	stream string
	value  any
}

func (e *panicError) Error() string { return fmt.Sprintf("the pipeline panicked: %v", e.value) }

// settleFailure accounts for a call that returned an error. It reports whether
// the payload may be offered again.
func (l *lane[D, C]) settleFailure(err error, items int) (again bool) {
	switch {
	case isPanic(err):
		l.settle(panicked, items)
	case consumererror.IsPermanent(err):
		l.settle(rejected, items)
	default:
		return true
	}
	return false
}

// dispose decides over a payload that the pipeline refused, or that comes for a
// sick lane (err says so then). It returns the error for the sender, which is
// nil unless the stream's policy is to push back.
func (l *lane[D, C]) dispose(ctx context.Context, payload D, items int, err error) error {
	items = l.shrunk(payload, items)
	switch l.policy.refusal {
	case refusalDrop:
		l.settle(declined, items)
		return nil
	case refusalPushBack:
		return l.pushBack(items, fmt.Errorf("%s %q: %w", l.role, l.name, err))
	default:
		l.hold(ctx, payload, items)
		return nil
	}
}

// shrunk returns how many items a refused payload still has, and accounts for
// those that the pipeline took out of it before it refused.
func (l *lane[D, C]) shrunk(payload D, items int) int {
	left := l.kind.Items(payload)
	if left < items {
		l.settle(emptied, items-left)
		return left
	}
	return items
}

func (l *lane[D, C]) pushBack(items int, err error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if l.refusing.IsZero() || now.Sub(l.refused) > max(l.policy.retryFor, time.Minute) {
		l.refusing = now // The first refusal, or the first for a long time.
	}
	l.refused = now
	if now.Sub(l.refusing) > l.policy.retryFor {
		l.settle(expired, items)
		return nil
	}
	l.settle(refused, items)
	return err
}

// recovered notes that the pipeline took something.
func (l *lane[D, C]) recovered() {
	if !l.pushesBack {
		return
	}
	l.mu.Lock()
	l.refusing = time.Time{}
	l.mu.Unlock()
}

func isPanic(err error) bool {
	var p *panicError
	return errors.As(err, &p)
}
