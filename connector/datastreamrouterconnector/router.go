package datastreamrouterconnector

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pipeline"

	"github.com/otelcol-datastreams/otelcol-datastreams/connector/datastreamrouterconnector/internal/metadata"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/match"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/signal"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/streamname"
)

// router serves one signal: payload D to consumers C. Its streams are fixed at
// construction; it is safe for concurrent use.
type router[D any, C signal.Consumer] struct {
	kind signal.Kind[D, C]

	// table matches against the streams that have a pipeline for this signal,
	// and lanes are those streams, in the same order.
	table *match.Table
	lanes []*lane[D, C]

	// absent matches against the streams that have none, to tell why data has
	// nowhere to go; dropped counts it, in the same order.
	absent   *match.Table
	dropped  []*account
	nowhere  *account
	builder  *metadata.TelemetryBuilder
	stage    stage
	shutting time.Duration
}

// shutdownGrace is how long Shutdown waits for the streams to take what is
// under way or held.
const shutdownGrace = 10 * time.Second

func newRouter[D any, C signal.Consumer](
	kind signal.Kind[D, C], cfg *Config, pipes pipelines[C], builder *metadata.TelemetryBuilder,
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
	r := &router[D, C]{kind: kind, nowhere: new(account), builder: builder, shutting: shutdownGrace}
	space := &room{limit: cfg.HoldBytes}
	accounts := []*account{r.nowhere}
	var present, absent []match.Stream
	for i := range cfg.Streams {
		s := &cfg.Streams[i]
		rules, problems := s.compile()
		if len(problems) > 0 {
			return nil, fmt.Errorf("streams::%d::%w", i, problems[0])
		}
		account := &account{name: s.Name}
		accounts = append(accounts, account)
		id, ok := ids[s.Name]
		if !ok {
			absent = append(absent, rules)
			r.dropped = append(r.dropped, account)
			continue
		}
		// Resolved once: for a pipeline that mutates, each call returns another
		// consumer.
		next, err := pipes.Consumer(id)
		if err != nil {
			return nil, fmt.Errorf("streams::%d: %w", i, err)
		}
		if s.WhenRefused == refusalPushBack && r.stage.repeats == nil {
			r.stage.repeats = newRepeats()
		}
		present = append(present, rules)
		r.lanes = append(r.lanes, &lane[D, C]{
			account: account,
			index:   len(r.lanes),
			kind:    &r.kind,
			next:    next,
			mutates: next.Capabilities().MutatesData,
			stamp:   streamname.NewStamp(s.Name),
			policy:  policy{refusal: s.WhenRefused, retryFor: s.RetryFor, timeout: s.Timeout},
			room:    space,
			wake:    make(chan struct{}),
		})
	}
	mode := match.AllStreams
	if cfg.Match == matchFirst {
		mode = match.FirstStream
	}
	r.table = match.Compile(present, mode)
	r.absent = match.Compile(absent, match.FirstStream)
	return r, newLedger(builder, kind.Signal.String(), accounts, cfg.MaxStreamLabels).publish()
}

// shutdown offers what is held once more and waits for what is under way, but
// not for ever.
func (r *router[D, C]) shutdown(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, r.shutting)
	defer cancel()
	defer r.builder.Shutdown()
	idle := make(chan struct{})
	go func() {
		r.stage.turns.Wait()
		close(idle)
	}()
	select {
	case <-idle:
	case <-ctx.Done():
	}
	var closing sync.WaitGroup
	for _, l := range r.lanes {
		closing.Go(func() { l.close(ctx) })
	}
	closing.Wait()
	var left int64
	for _, l := range r.lanes {
		left += l.pending.Load() + l.out[shutdown].Load()
	}
	if left > 0 {
		return fmt.Errorf("%d items that streams had refused could not be delivered before the end", left)
	}
	return nil
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
		r.drop(data, v)
		return nil
	}
	t := &whole[D, C]{group: [1]group[D]{{verdict: v, payload: data}}}
	t.stage = &r.stage
	t.tasks = r.tasksFor(t.group[:], t.task[:0])
	err := t.run(ctx)
	t.remember(retryable(err))
	return err
}

// whole is the turn of a payload with one verdict, in one piece of memory if
// that is one stream.
type whole[D any, C signal.Consumer] struct {
	turn[D, C]
	group [1]group[D]
	task  [1]task[D, C]
}

// split delivers data whose resources differ: those before the i-th have the
// verdict first, the i-th has v. Each distinct verdict gets a payload.
func (r *router[D, C]) split(ctx context.Context, data D, i int, first, v verdict) error {
	n := r.kind.Len(data)
	g := newGrouping[D](n)
	for range i {
		g.add(first)
	}
	g.add(v)
	for j := i + 1; j < n; j++ {
		g.add(r.decide(data, j))
	}
	for j := range g.groups {
		g.groups[j].payload = r.kind.NewLike(data)
	}
	readOnly := r.kind.IsReadOnly(data)
	if readOnly {
		for j := range n {
			r.kind.Append(data, j, g.payload(j))
		}
	} else {
		r.kind.Drain(data, g.payload)
	}
	taken := g.groups[:0]
	for _, group := range g.groups {
		if group.dropped {
			r.drop(group.payload, group.verdict)
			continue
		}
		taken = append(taken, group)
	}
	t := &turn[D, C]{stage: &r.stage, tasks: r.tasksFor(taken, nil)}
	err := t.run(ctx)
	t.remember(retryable(err))
	if err != nil && !readOnly {
		t.restore(&r.kind, data)
	}
	return err
}

func retryable(err error) bool { return err != nil && !consumererror.IsPermanent(err) }

// drop counts data that no stream of this signal takes: under the first stream
// that would have taken it, had it a pipeline, or as unmatched.
func (r *router[D, C]) drop(data D, v verdict) {
	items := r.kind.Items(data)
	if len(v.set.Streams) > 0 {
		r.dropped[v.set.Streams[0]].note(noPipeline, items)
		return
	}
	r.nowhere.note(unmatched, items)
}
