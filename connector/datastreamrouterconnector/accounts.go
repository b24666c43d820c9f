package datastreamrouterconnector

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// outcome is what became of items, as metadata.yaml lists it.
type outcome int

const (
	delivered outcome = iota
	refused
	rejected
	panicked
	declined
	expired
	overflow
	shutdown
	emptied
	noPipeline
	unmatched
	observed
	alreadyDelivered
	paused
	deduplicated
	sampled
	late
	outcomes // their number
)

var outcomeNames = [outcomes]string{
	"delivered", "refused", "rejected", "panicked", "declined", "expired",
	"overflow", "shutdown", "emptied", "no_pipeline", "unmatched", "observed", "already_delivered", "paused", "deduplicated", "sampled", "late",
}

// account counts the items of one stream, or of one destination of it, and signal. It is safe for concurrent
// use: what comes in is entered first, so that a reader never sees more going
// out than in.
type account struct {
	name string

	// What every delivery changes comes first and shares a cache line.
	in        atomic.Int64
	pending   atomic.Int64 // in, and not out yet
	out       [outcomes]atomic.Int64
	heldBytes atomic.Int64
	doubled   atomic.Int64 // delivered to an exporter that has it from another stream
}

// enter notes items on their way to the stream.
func (a *account) enter(items int) {
	a.in.Add(int64(items))
	a.pending.Add(int64(items))
}

// settle notes what became of items that were entered.
func (a *account) settle(o outcome, items int) {
	a.out[o].Add(int64(items))
	a.pending.Add(-int64(items))
}

// note enters and settles at once.
func (a *account) note(o outcome, items int) {
	a.in.Add(int64(items))
	a.out[o].Add(int64(items))
}

// otherStreams is the label of all streams beyond the bound.
const otherStreams = "_other"

// ledger publishes the accounts of a router or a fan-out, one signal's. Those
// that get no series of their own are published together.
type ledger struct {
	accounts []*account
	labels   int
	held     *holder // nil unless the signal's router holds traces
	missing  *atomic.Int64
	budget   *budget
	series   []series // by account; the last one is of those beyond labels
	whole    metric.MeasurementOption
}

// series is how an account is told from others.
type series struct {
	account metric.MeasurementOption
	items   [outcomes]metric.MeasurementOption
}

// itemKey is an account, or nil for those without series of their own, with an outcome.
type itemKey struct {
	account *account
	outcome outcome
}

// newLedger returns the ledger of accounts of which at most labels get a label
// of their own, as far as the budget allows. They have the attributes that name
// returns; for the others it is called with otherStreams. What is of all of
// them has the attributes in whole; missing counts items that are in no account
// and should be.
func newLedger(accounts []*account, missing *atomic.Int64, labels int, b *budget, name func(string) []attribute.KeyValue, whole ...attribute.KeyValue) *ledger {
	l := &ledger{
		accounts: accounts, missing: missing, labels: min(labels, len(accounts)), budget: b,
		whole: metric.WithAttributeSet(attribute.NewSet(whole...)),
	}
	if l.labels == 0 && accounts[0].name == "" {
		l.labels = 1 // It needs no label.
	}
	for i := range l.labels + 1 {
		attrs := name(otherStreams)
		if i < l.labels {
			attrs = name(accounts[i].name)
		}
		s := series{account: metric.WithAttributeSet(attribute.NewSet(attrs...))}
		for o := range outcomes {
			s.items[o] = metric.WithAttributeSet(attribute.NewSet(append(slices.Clip(attrs), attribute.String("outcome", outcomeNames[o]))...))
		}
		l.series = append(l.series, s)
	}
	return l
}

// instruments are what accounts are published as: each registers a callback.
type instruments struct {
	items, pending, held, unaccounted func(metric.Int64Callback) error
}

// publish registers the callbacks that report the accounts.
func (l *ledger) publish(to instruments) error {
	return errors.Join(
		to.items(l.observeItems),
		to.pending(l.observeEach(func(a *account) int64 { return a.pending.Load() })),
		to.held(l.observeEach(func(a *account) int64 { return a.heldBytes.Load() })),
		to.unaccounted(l.observeUnaccounted),
	)
}

func (l *ledger) observeItems(_ context.Context, o metric.Int64Observer) error {
	var others [outcomes]int64
	for i, a := range l.accounts {
		for out := range outcomes {
			n := a.out[out].Load()
			switch {
			case n == 0:
			case i < l.labels && l.budget.items.has(itemKey{a, out}):
				o.Observe(n, l.series[i].items[out])
			default:
				others[out] += n
			}
		}
	}
	for out, n := range others {
		if n > 0 {
			o.Observe(n, l.series[l.labels].items[out])
		}
	}
	return nil
}

func (l *ledger) observeEach(value func(*account) int64) metric.Int64Callback {
	return func(_ context.Context, o metric.Int64Observer) error {
		var others int64
		beyond := false
		for i, a := range l.accounts {
			switch {
			case a.name == "": // It has nothing but items.
			case i < l.labels && l.budget.gauges.has(a):
				o.Observe(value(a), l.series[i].account)
			default:
				others += value(a)
				beyond = true
			}
		}
		if beyond {
			o.Observe(others, l.series[l.labels].account)
		}
		return nil
	}
}

func (l *ledger) observeUnaccounted(_ context.Context, o metric.Int64Observer) error {
	n := l.missing.Load()
	for _, a := range l.accounts {
		n += a.unaccounted()
	}
	if l.held != nil {
		n += l.held.unaccounted()
	}
	o.Observe(n, l.whole)
	return nil
}

// unaccounted is 0 but for an item that another goroutine is just moving from
// one column to the next.
func (a *account) unaccounted() int64 {
	n := a.in.Load() - a.pending.Load()
	for o := range outcomes {
		n -= a.out[o].Load()
	}
	return n
}
