package feed

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/sources"
)

// MaxTop is how many sources a snapshot lists.
const MaxTop = 60

// Taker takes snapshots. It is safe for concurrent use.
type Taker struct {
	// Scrape reads the collector's metrics at an endpoint.
	Scrape func(ctx context.Context, endpoint string) (Metrics, error)
	// State returns the state of the document, and its view; nil without one.
	State func() (DocumentState, *View)
	Table *sources.Table
	// Splits returns how many traces are divided, or nil. A nil function knows
	// nothing.
	Splits func() *SplitShare
	Now    func() time.Time

	mu       sync.Mutex
	before   time.Time
	counters map[string]float64
	shown    map[string]float64
	unwatch  func()
	listed   []Source
	reached  []Destination // of the latest snapshot
}

// Take takes a snapshot, and has the table watch from now on, unless the context
// has ended: Rest may have been called by then.
func (t *Taker) Take(ctx context.Context) Snapshot {
	t.watch(ctx)
	state, view := t.State()
	var m Metrics
	var err error
	if view != nil {
		m, err = t.Scrape(ctx, view.Metrics) // Not locked: it may take its time.
	}
	var splits *SplitShare
	if t.Splits != nil {
		splits = t.Splits()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.Now()
	s := Snapshot{Time: now.UTC(), Document: state, Streams: []Stream{}, Destinations: []Destination{}, Splits: splits}
	r := &rates{
		seconds: now.Sub(t.before).Seconds(), before: t.counters, now: make(map[string]float64),
		shown: t.shown, shows: make(map[string]float64),
	}
	if view != nil {
		t.Table.Identify(view.Identity)
		if err != nil {
			s.Problem = "the collector's own metrics cannot be read: " + err.Error()
		} else {
			s.Streams, s.Unmatched = streams(view, m, r)
			s.Destinations = destinations(view, m, r)
		}
	}
	t.listed, s.Sources.Evicted = t.list(view, r)
	s.Sources.Known = len(t.listed)
	s.Sources.Top = slices.Clone(t.listed[:min(MaxTop, len(t.listed))])
	for i := range s.Sources.Top {
		s.Sources.Top[i].Attributes = nil
	}
	for _, other := range t.listed[len(s.Sources.Top):] {
		s.Sources.Others += other.Rate
	}
	if ctx.Err() == nil {
		t.before, t.counters, t.shown = now, r.now, r.shows
		t.reached = s.Destinations
	}
	return s
}

// Destinations returns those of the latest snapshot; none if nobody has looked
// for a while. They must not be changed.
func (t *Taker) Destinations() []Destination {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.reached
}

func (t *Taker) watch(ctx context.Context) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.unwatch == nil && ctx.Err() == nil {
		t.unwatch = t.Table.Watch()
	}
}

// Rest has the table watch no more. Rates start again with the next snapshot.
func (t *Taker) Rest() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.unwatch != nil {
		t.unwatch()
		t.unwatch = nil
	}
	t.before, t.counters, t.shown, t.reached = time.Time{}, nil, nil, nil
}

// Listed returns all sources that are known, with the rates of the latest
// snapshot. Those that have sent most come first: an order by rates would not
// hold still. It must not be changed.
func (t *Taker) Listed() []Source {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.unwatch == nil {
		_, view := t.State()
		t.listed, _ = t.list(view, &rates{now: make(map[string]float64), shows: make(map[string]float64)})
	}
	return t.listed
}

func (t *Taker) list(view *View, r *rates) ([]Source, int64) {
	known, evicted := t.Table.List()
	all := make([]Source, len(known))
	for i, k := range known {
		s := Source{ID: k.ID, Items: k.Items.Total(), First: k.First.UTC(), Last: k.Last.UTC(), Signals: make(map[string]float64), Streams: []string{}}
		for signal, n := range k.Items {
			if n > 0 {
				name := sources.Signals[signal]
				s.Signals[name] = r.of("source\x00"+k.ID+"\x00"+name, float64(n))
				s.Rate += s.Signals[name]
			}
		}
		s.Attributes = k.Attributes.AsRaw()
		if view != nil {
			s.Streams, s.Observers = view.Match(k.Attributes)
		}
		all[i] = s
	}
	slices.SortStableFunc(all, func(a, b Source) int {
		return cmp.Or(cmp.Compare(b.Items, a.Items), strings.Compare(a.ID, b.ID))
	})
	return all, evicted
}

// rates turns counters into rates.
type rates struct {
	seconds      float64
	before, now  map[string]float64 // counters
	shown, shows map[string]float64 // rates of the snapshot before, and of this one
}

// weight is that of the latest second in a rate, so that people can read what
// comes in bursts; what is less than a twentieth of an item is nothing.
const (
	weight  = 0.4
	nothing = 0.05
)

// of notes a counter and returns its rate. A counter that was set back started
// again from 0. Without a value before there is no rate: 0.
func (r *rates) of(key string, value float64) float64 {
	r.now[key] = value
	old, ok := r.before[key]
	if r.before == nil || r.seconds <= 0 {
		return 0
	}
	if !ok || value < old {
		old = 0
	}
	rate := (value - old) / r.seconds
	if last, ok := r.shown[key]; ok {
		rate = weight*rate + (1-weight)*last
	}
	if rate < nothing {
		rate = 0
	}
	r.shows[key] = rate
	return rate
}
