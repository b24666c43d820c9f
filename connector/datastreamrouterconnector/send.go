package datastreamrouterconnector

import (
	"slices"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/match"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/sampling"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/tracehold"
)

// send accounts for a trace by its ruling and makes it outgoing.
func (r *round) send(t *tracehold.Trace, v *ruling, parts []portion) {
	r.released = append(r.released, t)
	if t.Features.Spans > 0 {
		for i := range parts {
			p := &parts[i]
			r.traces.account(r.gen, &group[ptrace.Traces]{verdict: p.verdict, items: p.items})
			r.dispatch(t, p, func(stream int) share {
				if s := v.of(r.gen.seats[stream].account); s != nil {
					return *s
				}
				return r.shareOf(t, stream)
			})
		}
	}
	if t.Features.Records > 0 {
		r.sendRecords(t, v)
	}
}

// follow sends what has come of a trace after its ruling.
func (r *round) follow(t *tracehold.Trace, v *ruling) {
	r.counts.late[lateFollowed].Add(int64(t.Features.Spans + t.Features.Records))
	switch {
	case v == lateRuling:
		r.traces.nowhere.note(late, t.Features.Spans)
		r.send(t, v, nil)
	case v.whole:
		r.send(t, v, []portion{{verdict: verdict{set: r.seated(v)}, items: t.Features.Spans, all: true}})
	default:
		r.send(t, v, r.portions(t))
	}
}

// seated returns the streams of a ruling that have their place still.
func (r *round) seated(v *ruling) *match.Set {
	set := &match.Set{ID: -1}
	for i := range v.streams {
		if stream, ok := r.gen.seatOf[v.streams[i].account]; ok {
			set.Streams = append(set.Streams, stream)
		}
	}
	slices.Sort(set.Streams) // Their order may have changed.
	return set
}

// dispatch makes a portion outgoing to the streams that keep it. Streams whose
// spans have passed the same threshold share a payload.
func (r *round) dispatch(t *tracehold.Trace, p *portion, shareOf func(stream int) share) {
	var only func(*tracehold.Resource) bool
	if !p.all {
		v := p.verdict
		only = func(resource *tracehold.Resource) bool { return r.verdictOf(resource) == v }
	}
	var thresholds []sampling.Threshold
	var streams [][]int
	for _, stream := range p.set.Streams {
		s := shareOf(stream)
		if !s.kept {
			s.note(sampled, p.items)
			continue
		}
		i := slices.Index(thresholds, s.threshold)
		if i < 0 {
			i = len(thresholds)
			thresholds, streams = append(thresholds, s.threshold), append(streams, nil)
		}
		streams[i] = append(streams[i], stream)
	}
	for i := range thresholds {
		r.spans.add(streams[i], entry{trace: t, only: only, threshold: thresholds[i]})
	}
}

// deliver delivers what is outgoing and frees what was held of it.
func (r *round) deliver() {
	ship(r.traces, r.gen, &r.spans, spansCargo)
	if r.logs != nil {
		ship(r.logs, r.records.gen, &r.records.outgoing, recordsCargo)
	}
	for _, t := range r.released {
		r.counts.decided.Add(int64(t.Features.Spans + t.Features.Records))
		r.store.Release(t)
	}
}
