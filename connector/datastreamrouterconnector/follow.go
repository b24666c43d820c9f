package datastreamrouterconnector

import (
	"slices"

	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/tracehold"
)

type logsGeneration = generation[plog.Logs, consumer.Logs]

var recordsCargo = cargo[plog.Logs]{
	load:   func(p *tracehold.Payload, e entry) { p.AddRecords(e.trace, e.only) },
	unpack: func(p *tracehold.Payload, _ []entry) (plog.Logs, error) { return p.Logs() },
}

// recordRound is the log records of a round.
type recordRound struct {
	outgoing
	gen *logsGeneration
}

// sendRecords makes the log records of a trace outgoing by its ruling.
func (r *round) sendRecords(t *tracehold.Trace, v *ruling) {
	if v == lateRuling {
		r.logs.nowhere.note(late, t.Features.Records)
		return
	}
	gen := r.records.gen
	parts := collect(t.CountRecords, func(resource *tracehold.Resource) verdict { return r.memoOf(resource).records })
	for i := range parts {
		p := &parts[i]
		var streams []int
		if v.whole {
			streams = r.recordsOfWhole(p, v)
		} else {
			r.logs.account(gen, &group[plog.Logs]{verdict: p.verdict, items: p.items})
			streams = r.recordsOfParts(p, v)
		}
		var only func(*tracehold.Resource) bool
		if !p.all {
			of := p.verdict
			only = func(resource *tracehold.Resource) bool { return r.memoOf(resource).records == of }
		}
		r.records.add(streams, entry{trace: t, only: only})
	}
}

// recordsOfWhole returns the streams that get records of a trace which goes to
// its streams as a whole: these, and the records' own streams that take no
// traces, so that there is no verdict to follow.
func (r *round) recordsOfWhole(p *portion, v *ruling) []int {
	gen := r.records.gen
	var streams []int
	followed := false
	for i := range v.streams {
		s := &v.streams[i]
		stream, ok := gen.seatOf[r.logs.accounts[s.name]]
		switch {
		case !ok || gen.seats[stream].lane == nil:
		case s.kept:
			streams = append(streams, stream)
		default:
			followed = true
			gen.seats[stream].note(sampled, p.items)
		}
	}
	for _, stream := range p.set.Streams {
		if r.traces.lanes[gen.seats[stream].name] == nil {
			streams = append(streams, stream)
		}
	}
	if len(streams) == 0 && !followed {
		r.logs.accounts[v.streams[0].name].note(noPipeline, p.items)
	}
	slices.Sort(streams)
	return slices.Compact(streams)
}

// recordsOfParts returns the streams that get records by their own resource, but
// for those that have dropped the trace.
func (r *round) recordsOfParts(p *portion, v *ruling) []int {
	gen := r.records.gen
	var streams []int
	for _, stream := range p.set.Streams {
		if s := v.of(r.traces.accounts[gen.seats[stream].name]); s != nil && !s.kept {
			gen.seats[stream].note(sampled, p.items)
			continue
		}
		streams = append(streams, stream)
	}
	return streams
}
