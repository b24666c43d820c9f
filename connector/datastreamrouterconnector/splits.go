package datastreamrouterconnector

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/match"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/sampling"
)

// splits estimates how many traces are divided between streams where every
// resource goes its own way. Looking at every span costs more than routing
// does, so that it looks now and then; a payload in between pays for one nil
// pointer.
//
// It follows the traces of highest randomness, as many as there is room for:
// which these are is decided by their IDs alone, so that all spans of one are
// seen.
type splits struct {
	watch  atomic.Pointer[watch] // nil while nobody looks
	latest atomic.Pointer[estimate]
	stop   chan struct{}
	once   sync.Once // closes stop
	done   sync.WaitGroup
}

// estimateSplits gives the traces router of a connector its splits, if there is
// more than one stream to divide a trace between.
func (r *router[D, C]) estimateSplits(cfg *Config) error {
	traces, ok := any(r).(*tracesRouter)
	if !ok || !cfg.Traces.EstimateSplits || len(r.lanes) < 2 {
		return nil
	}
	s := &splits{stop: make(chan struct{})}
	traces.splits, traces.look = s, func(td ptrace.Traces) {
		if w := s.watch.Load(); w != nil {
			w.look(td)
		}
	}
	return errors.Join(
		r.builder.RegisterConnectorDatastreamrouterDividedTracesCallback(s.observeDivided),
		r.builder.RegisterConnectorDatastreamrouterDividedPairsCallback(s.observePairs),
	)
}

func (s *splits) start(generation func() *tracesGeneration) {
	s.done.Go(func() { s.run(generation) })
}

func (s *splits) end() {
	s.once.Do(func() { close(s.stop) })
	s.done.Wait()
}

const (
	// A watch is every watchInterval; it follows the traces that begin in
	// watchBegin and closes after watchEnd.
	watchInterval = 5 * time.Minute
	watchBegin    = 20 * time.Second
	watchEnd      = 30 * time.Second

	maxWatched = 4096 // traces
	// maxSets bounds the sets of streams that are remembered of a trace.
	maxSets  = 8
	maxPairs = 100 // that are reported
)

// watch is one round of looking. All its sets of streams are of one generation.
type watch struct {
	gen       *tracesGeneration
	threshold atomic.Uint64 // of the traces that are followed

	mu     sync.Mutex
	closed bool // to traces that begin now
	sets   map[pcommon.TraceID][]*match.Set
}

// estimate is the result of a watch.
type estimate struct {
	traces, divided int
	pairs           []pair // most first
}

// pair is how many traces are divided between two streams.
type pair struct {
	stream, other string
	traces        int
}

// run looks now and then until stop is closed.
func (s *splits) run(generation func() *tracesGeneration) {
	threshold := sampling.Always
	for s.pause(watchInterval - watchEnd) {
		w := &watch{gen: generation(), sets: make(map[pcommon.TraceID][]*match.Set)}
		w.threshold.Store(uint64(threshold))
		s.watch.Store(w)
		on := s.pause(watchBegin)
		w.close()
		on = on && s.pause(watchEnd-watchBegin)
		s.watch.Store(nil)
		if !on {
			return
		}
		if w.gen == generation() {
			s.latest.Store(w.estimate())
		}
		threshold = looser(sampling.Threshold(w.threshold.Load()))
	}
}

// looser returns the threshold that keeps twice as much: a watch follows fewer
// when it finds too many, and the next one more, should there be less to see.
func looser(t sampling.Threshold) sampling.Threshold {
	if t < sampling.Never/2 {
		return sampling.Always
	}
	return 2*t - sampling.Never
}

// pause waits, and reports whether to go on.
func (s *splits) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.stop:
		return false
	}
}

// look notes where the spans of followed traces go.
func (w *watch) look(td ptrace.Traces) {
	threshold := sampling.Threshold(w.threshold.Load())
	for _, rs := range td.ResourceSpans().All() {
		var set *match.Set
		for _, ss := range rs.ScopeSpans().All() {
			spans := ss.Spans()
			for i := range spans.Len() {
				id := spans.At(i).TraceID()
				if !threshold.Keeps(sampling.RandomnessOf(id)) {
					continue
				}
				if set == nil {
					set = w.gen.table.MatchResource(rs.Resource())
				}
				w.note(id, set)
			}
		}
	}
}

// note notes a set of streams that spans of a trace go to.
func (w *watch) note(id pcommon.TraceID, set *match.Set) {
	w.mu.Lock()
	defer w.mu.Unlock()
	known, ok := w.sets[id]
	if !ok && (w.closed || id.IsEmpty()) || len(known) == maxSets || slices.Contains(known, set) {
		return
	}
	w.sets[id] = append(known, set)
	for len(w.sets) > maxWatched {
		w.raiseLocked()
	}
}

// raiseLocked lets go of about half of the traces.
func (w *watch) raiseLocked() {
	threshold := sampling.Threshold((w.threshold.Load() + uint64(sampling.Never)) / 2)
	w.threshold.Store(uint64(threshold))
	for id := range w.sets {
		if !threshold.Keeps(sampling.RandomnessOf(id)) {
			delete(w.sets, id)
		}
	}
}

func (w *watch) close() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
}

func (w *watch) estimate() *estimate {
	w.mu.Lock()
	defer w.mu.Unlock()
	e := &estimate{traces: len(w.sets)}
	counts := make(map[[2]int]int)
	for _, sets := range w.sets {
		if len(sets) < 2 {
			continue
		}
		all, common := sets[0].Streams, sets[0].Streams
		for _, s := range sets[1:] {
			all = mergeSorted(all, s.Streams)
			common = slices.DeleteFunc(slices.Clone(common), func(stream int) bool { return !slices.Contains(s.Streams, stream) })
		}
		if len(all) > len(common) {
			e.divided++
		}
		for i, a := range all {
			for _, b := range all[i+1:] {
				if !slices.Contains(common, a) || !slices.Contains(common, b) {
					counts[[2]int{a, b}]++
				}
			}
		}
	}
	for streams, n := range counts {
		e.pairs = append(e.pairs, pair{w.gen.seats[streams[0]].name, w.gen.seats[streams[1]].name, n})
	}
	slices.SortFunc(e.pairs, func(a, b pair) int {
		return cmp.Or(cmp.Compare(b.traces, a.traces), cmp.Compare(a.stream, b.stream), cmp.Compare(a.other, b.other))
	})
	return e
}

// observeDivided reports the latest estimate.
func (s *splits) observeDivided(_ context.Context, o metric.Float64Observer) error {
	if e := s.latest.Load(); e != nil && e.traces > 0 {
		o.Observe(float64(e.divided) / float64(e.traces))
	}
	return nil
}

// observePairs reports the pairs of the latest estimate.
func (s *splits) observePairs(_ context.Context, o metric.Float64Observer) error {
	e := s.latest.Load()
	if e == nil {
		return nil
	}
	for _, p := range e.pairs[:min(len(e.pairs), maxPairs)] {
		o.Observe(float64(p.traces)/float64(e.traces), metric.WithAttributeSet(attribute.NewSet(
			attribute.String("stream", p.stream), attribute.String("other", p.other),
		)))
	}
	return nil
}
