package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/shop"
)

// ErrLost is returned by Run when the collector did not take everything that
// was generated; the Report says how much.
var ErrLost = errors.New("not everything was taken")

// Run sends load as cfg says until ctx ends, the duration is over or the totals
// are reached, and returns what became of it. It writes status lines to status.
// A payload that is under way when ctx ends is still sent.
//
// The error is nil if all that was generated was taken, ErrLost (wrapped) if
// not, and anything else if the load could not begin; only then is the Report
// nil.
func Run(ctx context.Context, cfg Config, status io.Writer) (*Report, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if err := probe(ctx, cfg); err != nil {
		return nil, err
	}
	sources, closeConnection, err := connect(cfg)
	if err != nil {
		return nil, err
	}
	defer func() { _ = closeConnection() }()
	if cfg.Duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, cfg.Duration)
		defer cancel()
	}
	g := &generator{shop: shop.New(cfg.Seed, shop.WithSequence(cfg.SequenceAttribute))}
	m := newMonitor(cfg, status)
	var lanes sync.WaitGroup
	for i := range signals {
		if sig := &signals[i]; slices.Contains(cfg.Signals, sig.name) {
			l := &lane{cfg: cfg, signal: sig, source: sources[sig.name], generator: g, counts: m.counts[sig.name], monitor: m}
			lanes.Go(func() { l.run(ctx) })
		}
	}
	m.watch(&lanes)
	report := m.report()
	return report, report.err()
}

// generator makes the lanes take turns at the shop, which is not safe for
// concurrent use.
type generator struct {
	mu   sync.Mutex
	shop *shop.Shop
}

func (g *generator) next(from source, n int) attempt {
	g.mu.Lock()
	defer g.mu.Unlock()
	return from(g.shop, n, time.Now())
}

// lane sends one signal.
type lane struct {
	cfg       Config
	signal    *signal
	source    source
	generator *generator
	counts    *counts
	monitor   *monitor
}

// cadence is how many payloads a lane sends per second while they are not too
// large.
const cadence = 5

// maxLag is how far a lane may fall behind its pace before it stops trying to
// catch up: a burst after a pause is not a steady pace.
const maxLag = time.Second

func (l *lane) run(ctx context.Context) {
	rate := l.cfg.Rate * l.signal.perSpan
	if l.cfg.Total > 0 {
		rate = l.cfg.Rate
	}
	size, interval := payload(rate, l.signal.most)
	left := l.cfg.Total
	due := time.Now()
	for ctx.Err() == nil && (l.cfg.Total == 0 || left > 0) {
		n := size
		if l.cfg.Total > 0 {
			n = int(min(int64(n), left))
			left -= int64(n)
		}
		if !l.deliver(ctx, l.generator.next(l.source, n), n) {
			return
		}
		due = due.Add(interval)
		if lag := time.Since(due); lag > maxLag {
			due = due.Add(lag)
		}
		wait(ctx, time.Until(due))
	}
}

// payload returns how many items to put into one payload and how far apart
// payloads are, for a rate in items per second.
func payload(rate float64, most int) (size int, interval time.Duration) {
	if rate == 0 {
		return most, 0
	}
	size = min(max(int(rate/cadence), 1), most)
	return size, time.Duration(float64(size) / rate * float64(time.Second))
}

// deliver sends a payload of n items until it is taken or given up. It reports
// false if the collector takes no payloads of this signal.
func (l *lane) deliver(ctx context.Context, send attempt, n int) bool {
	began, pause := time.Now(), l.cfg.RetryInitial
	for refusals := 0; ; refusals++ {
		rejected, err := l.attempt(ctx, send)
		if err == nil {
			l.counts.took(n, rejected)
			if refusals > 0 {
				l.monitor.sayf("%s: taken again after %s", l.signal.name, time.Since(began).Round(time.Millisecond))
			}
			return true
		}
		r := asRefusal(err)
		if r.unsupported {
			l.counts.unsupported.Store(true)
			l.monitor.sayf("%s: the collector takes none (%v); %s. Going on without.", l.signal.name, r, l.signal.remedy())
			return false
		}
		l.counts.refusals.Add(1)
		delay := max(pause/2+rand.N(pause), r.after)
		if !r.retry || time.Since(began)+delay > l.cfg.RetryFor {
			l.counts.givenUp.Add(int64(n))
			l.monitor.sayf("%s: gave up %d %s: %v", l.signal.name, n, l.signal.items, r)
			return true
		}
		if refusals == 0 {
			l.monitor.sayf("%s: refused, trying again for %s: %v", l.signal.name, l.cfg.RetryFor, r)
		}
		if !wait(ctx, delay) {
			l.counts.givenUp.Add(int64(n))
			return true
		}
		pause = min(pause*3/2, l.cfg.RetryMax)
	}
}

// attempt sends once. The end of ctx does not cut it short: then nobody would
// know whether the collector has taken the payload.
func (l *lane) attempt(ctx context.Context, send attempt) (int64, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.cfg.Timeout)
	defer cancel()
	return send(ctx)
}

// wait returns true after d, or false as soon as ctx ends.
func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (r *Report) err() error {
	var lost int64
	supported := false
	for _, s := range r.Signals {
		lost += s.GivenUp + s.Rejected
		supported = supported || !s.Unsupported
	}
	switch {
	case !supported:
		return fmt.Errorf("%w: %s takes none of the signals: does its configuration have pipelines with an otlp receiver?", ErrLost, r.Endpoint)
	case lost > 0:
		return fmt.Errorf("%w: %d items were given up or rejected", ErrLost, lost)
	}
	return nil
}
