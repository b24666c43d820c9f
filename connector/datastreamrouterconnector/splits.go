package datastreamrouterconnector

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/membership"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/sampling"
)

// splits estimates how many traces are divided between streams where every
// resource goes its own way. Looking at every span costs more than routing
// does, so that it looks now and then; a payload in between pays for one nil
// pointer.
type splits struct {
	watched atomic.Pointer[sample] // nil while nobody looks
	latest  atomic.Pointer[sample] // sealed
	stop    chan struct{}
	once    sync.Once // closes stop
	done    sync.WaitGroup

	mu    sync.Mutex
	known *estimate
}

// estimate is what a sample shows under one generation of the definitions.
type estimate struct {
	of  *sample
	gen *tracesGeneration
	membership.Splits
}

const (
	// The router looks when it starts and then every watchInterval. It follows the
	// traces that begin in watchBegin, until watchEnd.
	watchInterval = 5 * time.Minute
	watchBegin    = 20 * time.Second
	watchEnd      = 30 * time.Second
)

// estimateSplits gives the traces router of a connector its splits. One stream
// divides nothing, but a second one may be planned.
func (r *router[D, C]) estimateSplits(cfg *Config) error {
	traces, ok := any(r).(*tracesRouter)
	if !ok || !cfg.Traces.EstimateSplits {
		return nil
	}
	s := &splits{stop: make(chan struct{})}
	traces.splits, traces.look = s, func(td ptrace.Traces) {
		if w := s.watched.Load(); w != nil {
			w.look(td)
		}
	}
	report := func(f func(metric.Float64Observer, *membership.Splits)) metric.Float64Callback {
		return func(_ context.Context, o metric.Float64Observer) error {
			if e, ok := r.Splits(); ok && e.Traces > 0 {
				f(o, &e)
			}
			return nil
		}
	}
	return errors.Join(
		r.builder.RegisterConnectorDatastreamrouterDividedTracesCallback(report(observeDivided)),
		r.builder.RegisterConnectorDatastreamrouterDividedPairsCallback(report(observePairs)),
	)
}

func observeDivided(o metric.Float64Observer, e *membership.Splits) { o.Observe(e.Share) }

func observePairs(o metric.Float64Observer, e *membership.Splits) {
	for i := range e.Pairs {
		p := &e.Pairs[i]
		o.Observe(p.Share, metric.WithAttributeSet(attribute.NewSet(
			attribute.String("stream", p.A), attribute.String("other", p.B),
		)))
	}
}

func (s *splits) start() { s.done.Go(s.run) }

func (s *splits) end() {
	s.once.Do(func() { close(s.stop) })
	s.done.Wait()
}

// run looks now and then until stop is closed.
func (s *splits) run() {
	threshold := sampling.Always
	for {
		w := newSample(threshold)
		s.watched.Store(w)
		on := s.pause(watchBegin)
		w.close()
		on = on && s.pause(watchEnd-watchBegin)
		s.watched.Store(nil)
		if !on {
			return
		}
		w.seal()
		s.latest.Store(w)
		threshold = looser(sampling.Threshold(w.threshold.Load()))
		if !s.pause(watchInterval - watchEnd) {
			return
		}
	}
}

// looser returns the threshold that keeps twice as much: a sample follows fewer
// traces when it finds too many, and the next one more, should there be less to
// see.
func looser(t sampling.Threshold) sampling.Threshold {
	if t < sampling.Never/2 || t == sampling.Never {
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

var _ membership.SplitEstimator = (*tracesRouter)(nil)

// Splits implements membership.SplitEstimator.
func (r *router[D, C]) Splits() (membership.Splits, bool) {
	traces, ok := any(r).(*tracesRouter)
	if !ok || r.splits == nil {
		return membership.Splits{}, false
	}
	w, gen := r.splits.latest.Load(), traces.generation.Load()
	if w == nil {
		return membership.Splits{}, false
	}
	s := r.splits
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil || s.known.of != w || s.known.gen != gen {
		names := make([]string, len(gen.seats))
		for i := range gen.seats {
			names[i] = gen.seats[i].name
		}
		s.known = &estimate{w, gen, w.divide(gen.table, names, r.sources)}
	}
	return cloneSplits(s.known.Splits), true
}

// PredictSplits implements membership.SplitEstimator. A stream that the router
// has, but without a pipeline for traces, takes no traces after the change
// either; one that it does not have is expected to.
func (r *router[D, C]) PredictSplits(conf *confmap.Conf) (membership.Splits, error) {
	draft := createDefaultConfig().(*Config)
	if err := draft.Unmarshal(conf); err != nil {
		return membership.Splits{}, err
	}
	draft.Pipelines = r.generation.Load().definitions.Pipelines
	if err := draft.Validate(); err != nil {
		return membership.Splits{}, err
	}
	if r.splits == nil || r.splits.latest.Load() == nil {
		return membership.Splits{}, membership.ErrNoSample
	}
	table, names, err := r.draft(draft)
	if err != nil {
		return membership.Splits{}, err
	}
	return r.splits.latest.Load().divide(table, names, r.sources), nil
}
