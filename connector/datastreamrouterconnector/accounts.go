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

// ledger publishes the accounts of a router or a fan-out, one signal's.
type ledger struct {
	accounts []*account
	labels   int
	held     *holder                                       // nil unless the signal's router holds traces
	items    map[string][outcomes]metric.MeasurementOption // by label
	each     map[string]metric.MeasurementOption
	whole    metric.MeasurementOption
}

// newLedger returns the ledger of accounts that gives at most labels of them a
// label of their own, as the attribute key beside those in common.
func newLedger(accounts []*account, labels int, key string, common ...attribute.KeyValue) *ledger {
	l := &ledger{
		accounts: accounts, labels: labels,
		items: make(map[string][outcomes]metric.MeasurementOption),
		each:  make(map[string]metric.MeasurementOption),
		whole: metric.WithAttributeSet(attribute.NewSet(common...)),
	}
	for i, a := range accounts {
		label := l.label(i)
		if _, ok := l.each[label]; ok {
			continue
		}
		attrs := slices.Clone(common)
		if a.name != "" {
			attrs = append(attrs, attribute.String(key, label))
		}
		l.each[label] = metric.WithAttributeSet(attribute.NewSet(attrs...))
		var options [outcomes]metric.MeasurementOption
		for o := range outcomes {
			options[o] = metric.WithAttributeSet(attribute.NewSet(append(slices.Clip(attrs), attribute.String("outcome", outcomeNames[o]))...))
		}
		l.items[label] = options
	}
	return l
}

func (l *ledger) label(i int) string {
	if i >= l.labels && l.accounts[i].name != "" {
		return otherStreams
	}
	return l.accounts[i].name
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
	sums := make(map[string]*[outcomes]int64)
	for i, a := range l.accounts {
		label := l.label(i)
		if sums[label] == nil {
			sums[label] = new([outcomes]int64)
		}
		for out := range outcomes {
			sums[label][out] += a.out[out].Load()
		}
	}
	for label, sum := range sums {
		for out, n := range sum {
			if n > 0 {
				o.Observe(n, l.items[label][out])
			}
		}
	}
	return nil
}

func (l *ledger) observeEach(value func(*account) int64) metric.Int64Callback {
	return func(_ context.Context, o metric.Int64Observer) error {
		sums := make(map[string]int64)
		for i, a := range l.accounts {
			if a.name != "" {
				sums[l.label(i)] += value(a)
			}
		}
		for label, n := range sums {
			o.Observe(n, l.each[label])
		}
		return nil
	}
}

func (l *ledger) observeUnaccounted(_ context.Context, o metric.Int64Observer) error {
	var n int64
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
