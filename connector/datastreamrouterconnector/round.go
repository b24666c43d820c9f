package datastreamrouterconnector

import (
	"time"

	"github.com/zeebo/xxh3"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/sampling"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/tracehold"
)

// ruling is the verdict over a trace: which streams keep it. It is immutable,
// and shared by traces with the same verdict.
type ruling struct {
	// whole says that the streams get all of the trace; otherwise each gets what
	// belongs to it.
	whole bool
	// streams are those that the trace belongs to, in their order.
	streams []share
}

// share is one stream's part of a ruling.
type share struct {
	*account
	kept      bool
	threshold sampling.Threshold // that the spans have passed, if they are kept
}

// lateRuling is the verdict over what came too late and is dropped.
var lateRuling = &ruling{}

// of returns the stream's share, nil if the trace does not belong to it.
func (r *ruling) of(a *account) *share {
	for i := range r.streams {
		if r.streams[i].account == a {
			return &r.streams[i]
		}
	}
	return nil
}

type tracesGeneration = generation[ptrace.Traces, consumer.Traces]

// round decides over traces together, by one generation of the streams'
// definitions, and delivers them.
type round struct {
	*holder
	gen      *tracesGeneration
	now      time.Duration
	rulings  map[string]*ruling // of this round, by their content
	claims   []claim
	spans    outgoing
	records  recordRound
	released []*tracehold.Trace
}

func newRound(h *holder) *round {
	r := &round{holder: h, gen: h.traces.generation.Load()}
	if h.logs != nil {
		r.records.gen = h.logs.generation.Load()
	}
	return r
}

// memo is what is worked out about a held resource, by one generation of each
// signal.
type memo struct {
	ofSpans, ofRecords any // generations
	spans, records     verdict
	source             uint64 // who it is, as a number
}

// memoOf returns what is worked out about a held resource.
func (r *round) memoOf(resource *tracehold.Resource) *memo {
	if m, ok := resource.Memo.Load().(*memo); ok && m.ofSpans == r.gen && (r.logs == nil || m.ofRecords == r.records.gen) {
		return m
	}
	decoded, err := resource.Decode()
	if err != nil { // The router has encoded it itself.
		r.traces.settings.Logger.Error("A held resource cannot be decoded, and counts as one without attributes.", zap.Error(err))
	}
	m := &memo{ofSpans: r.gen, spans: r.gen.decide(decoded), source: sourceOf(decoded)}
	if r.logs != nil {
		m.ofRecords, m.records = r.records.gen, r.records.gen.decide(decoded)
	}
	resource.Memo.Store(m)
	return m
}

// sourceOf is a number for the source that a resource describes.
func sourceOf(resource pcommon.Resource) uint64 {
	var h xxh3.Hasher
	for _, key := range []string{"k8s.namespace.name", "service.namespace", "service.name"} {
		if v, ok := resource.Attributes().Get(key); ok {
			_, _ = h.WriteString(v.AsString())
		}
		_, _ = h.WriteString("\x00")
	}
	return h.Sum64()
}

func (r *round) verdictOf(resource *tracehold.Resource) verdict { return r.memoOf(resource).spans }

// decide finds the traces' rulings and settles them.
func (r *round) decide(traces []*tracehold.Trace, now time.Duration) {
	r.now = now
	r.rulings = make(map[string]*ruling)
	targets := newTargets()
	horizon := uint64(max(0, time.Now().Add(-r.cfg.Remember).UnixNano()))
	for _, t := range traces {
		r.counts.causes[t.Cause].Add(1)
		if r.isLate(t, horizon) {
			continue
		}
		c := r.claim(t)
		r.judge(&c, targets)
		r.claims = append(r.claims, c)
	}
	targets.divide(now)
	for i := range r.claims {
		c := &r.claims[i]
		v := r.rule(c, targets)
		waiting := r.store.Settle(c.trace, v, now)
		r.send(c.trace, v, c.parts)
		if waiting != nil {
			r.follow(waiting, v)
		}
	}
	targets.settle()
}

// isLate reports whether the verdict over a trace may have been forgotten, and
// the trace is dropped for it.
func (r *round) isLate(t *tracehold.Trace, horizon uint64) bool {
	f := &t.Features
	if f.HasRoot || f.Spans == 0 || f.Start == 0 || f.Start >= horizon {
		return false
	}
	if r.cfg.Late != lateDrop {
		r.counts.late[lateRouted].Add(int64(f.Spans))
		return false
	}
	r.counts.late[lateDropped].Add(int64(f.Spans))
	waiting := r.store.Settle(t, lateRuling, r.now)
	r.traces.nowhere.note(late, f.Spans)
	r.send(t, lateRuling, nil)
	if waiting != nil {
		r.follow(waiting, lateRuling)
	}
	return true
}
