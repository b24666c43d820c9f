package datastreamrouterconnector

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pipeline"

	"github.com/otelcol-datastreams/otelcol-datastreams/connector/datastreamrouterconnector/internal/metadata"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/match"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/signal"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/streamname"
)

// router serves one signal: payload D to consumers C. It is immutable after
// newRouter and safe for concurrent use.
type router[D any, C signal.Consumer] struct {
	kind signal.Kind[D, C]

	// table matches against the streams that have a pipeline for this signal,
	// and lanes are those streams, in the same order.
	table *match.Table
	lanes []lane[C]

	// absent matches against the streams that have none, to tell why data has
	// nowhere to go; dropped counts it, in the same order.
	absent    *match.Table
	dropped   []tally
	unmatched tally
}

// lane is a stream as one signal sees it.
type lane[C signal.Consumer] struct {
	name     string
	next     C
	mutates  bool
	stamp    streamname.Stamp
	outcomes outcomes
}

type outcomes struct{ delivered, refused, rejected tally }

func newRouter[D any, C signal.Consumer](
	kind signal.Kind[D, C], cfg *Config, pipes pipelines[C], telemetry *metadata.TelemetryBuilder,
) (*router[D, C], error) {
	ids := make(map[string]pipeline.ID)
	for _, id := range pipes.PipelineIDs() {
		ids[id.Name()] = id
	}
	for _, name := range slices.Sorted(maps.Keys(ids)) {
		if err := cfg.checkPipeline(kind.Signal, name); err != nil {
			return nil, err
		}
	}
	sig := kind.Signal.String()
	r := &router[D, C]{kind: kind, unmatched: newTally(telemetry, sig, "", outcomeUnmatched)}
	var present, absent []match.Stream
	for i := range cfg.Streams {
		s := &cfg.Streams[i]
		rules, problems := s.compile()
		if len(problems) > 0 {
			return nil, fmt.Errorf("streams::%d::%w", i, problems[0])
		}
		id, ok := ids[s.Name]
		if !ok {
			absent = append(absent, rules)
			r.dropped = append(r.dropped, newTally(telemetry, sig, s.Name, outcomeNoPipeline))
			continue
		}
		// Resolved once: for a pipeline that mutates, each call returns another
		// consumer.
		next, err := pipes.Consumer(id)
		if err != nil {
			return nil, fmt.Errorf("streams::%d: %w", i, err)
		}
		present = append(present, rules)
		r.lanes = append(r.lanes, lane[C]{
			name:    s.Name,
			next:    next,
			mutates: next.Capabilities().MutatesData,
			stamp:   streamname.NewStamp(s.Name),
			outcomes: outcomes{
				delivered: newTally(telemetry, sig, s.Name, outcomeDelivered),
				refused:   newTally(telemetry, sig, s.Name, outcomeRefused),
				rejected:  newTally(telemetry, sig, s.Name, outcomeRejected),
			},
		})
	}
	mode := match.AllStreams
	if cfg.Match == matchFirst {
		mode = match.FirstStream
	}
	r.table = match.Compile(present, mode)
	r.absent = match.Compile(absent, match.FirstStream)
	return r, nil
}

// verdict is where a resource goes: to the lanes of set, or nowhere, and then
// set holds the streams of the absent table that would have taken it.
type verdict struct {
	set     *match.Set
	dropped bool
}

func (r *router[D, C]) decide(data D, i int) verdict {
	attrs := r.kind.Resource(data, i).Attributes()
	if set := r.table.Match(attrs); len(set.Streams) > 0 {
		return verdict{set: set}
	}
	return verdict{set: r.absent.Match(attrs), dropped: true}
}

// consume delivers each resource of data to the streams it belongs to. When it
// returns an error, data holds what should be sent again (all of it, if it was
// read-only); the error is permanent only if nothing should.
func (r *router[D, C]) consume(ctx context.Context, data D) error {
	n := r.kind.Len(data)
	if n == 0 {
		return nil
	}
	first := r.decide(data, 0)
	for i := 1; i < n; i++ {
		if v := r.decide(data, i); v != first {
			return r.split(ctx, data, i, first, v)
		}
	}
	return r.forward(ctx, data, first)
}

// forward delivers data whose resources all have one verdict: the payload
// itself, whole.
func (r *router[D, C]) forward(ctx context.Context, data D, v verdict) error {
	if v.dropped {
		r.drop(ctx, data, v)
		return nil
	}
	var failed failures
	if len(v.set.Streams) == 1 {
		r.hand(ctx, &r.lanes[v.set.Streams[0]], data, &failed)
		return failed.err()
	}
	d := delivery[D, C]{router: r}
	d.add(&group[D]{verdict: v, payload: data})
	return d.run(ctx)
}

// split delivers data whose resources differ: those before the i-th have the
// verdict first, the i-th has v. Each distinct verdict gets a payload.
func (r *router[D, C]) split(ctx context.Context, data D, i int, first, v verdict) error {
	n := r.kind.Len(data)
	g := newGrouping(r.kind.NewLike, data, n)
	for range i {
		g.add(first)
	}
	g.add(v)
	for j := i + 1; j < n; j++ {
		g.add(r.decide(data, j))
	}
	readOnly := r.kind.IsReadOnly(data)
	if readOnly {
		for j := range n {
			r.kind.Append(data, j, g.payload(j))
		}
	} else {
		r.kind.Drain(data, g.payload)
	}
	d := delivery[D, C]{router: r}
	for _, group := range g.groups {
		if group.dropped {
			r.drop(ctx, group.payload, group.verdict)
			continue
		}
		d.add(group)
	}
	err := d.run(ctx)
	if err != nil && !readOnly {
		d.restore(data)
	}
	return err
}

// drop counts data that no stream of this signal takes: under the first stream
// that would have taken it, had it a pipeline, or as unmatched.
func (r *router[D, C]) drop(ctx context.Context, data D, v verdict) {
	why := r.unmatched
	if len(v.set.Streams) > 0 {
		why = r.dropped[v.set.Streams[0]]
	}
	why.add(ctx, r.kind.Items(data))
}

// hand gives a payload to one stream and counts what became of it. It reports
// whether the stream refused it for now.
func (r *router[D, C]) hand(ctx context.Context, l *lane[C], payload D, failed *failures) (refused bool) {
	items := r.kind.Items(payload) // Before it belongs to somebody else.
	err := r.kind.Consume(l.next, l.stamp.Context(ctx), payload)
	switch {
	case err == nil:
		l.outcomes.delivered.add(ctx, items)
	case consumererror.IsPermanent(err):
		l.outcomes.rejected.add(ctx, items)
		failed.rejected = append(failed.rejected, fmt.Errorf("stream %q: %w", l.name, err))
	default:
		l.outcomes.refused.add(ctx, items)
		failed.refused = append(failed.refused, fmt.Errorf("stream %q: %w", l.name, err))
		return true
	}
	return false
}
