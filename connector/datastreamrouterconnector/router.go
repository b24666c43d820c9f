package datastreamrouterconnector

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pipeline"

	"github.com/otelcol-datastreams/otelcol-datastreams/connector/datastreamrouterconnector/internal/metadata"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/match"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/signal"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/sources"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/streamname"
)

// router serves one signal: payload D to consumers C. Its streams, lanes and
// accounts are fixed at construction; which resources belong to them can be
// replaced. It is safe for concurrent use.
type router[D any, C signal.Consumer] struct {
	role     role
	kind     signal.Kind[D, C]
	id       component.ID
	settings component.TelemetrySettings
	builder  *metadata.TelemetryBuilder

	lanes    map[string]*lane[D, C] // the streams with a pipeline for this signal
	accounts map[string]*account    // all streams
	nowhere  *account
	sources  *sources.Table // nil if no extension asks for it

	recycling bool // The Collector may reuse a payload's memory.

	generation atomic.Pointer[generation[D, C]]
	applying   sync.Mutex // one at a time replaces the generation

	stage    stage
	farewell *farewell // nil unless it is a fan-out

	// intake takes what comes instead of route: where traces are held, and holder
	// is who does, and in a fan-out. Otherwise both are nil.
	intake func(context.Context, D) error
	holder *holder
	owns   bool // It has told the senders that all is well.

	// look sees what comes, and splits what it finds. Both are nil where nobody
	// wants to know.
	look   func(D)
	splits *splits

	unregister []func()
	unpublish  func() // when it is published no longer
	missing    atomic.Int64
}

func newRouter[D any, C signal.Consumer](
	kind signal.Kind[D, C], cfg *Config, pipes pipelines[C], set connector.Settings,
) (*router[D, C], error) {
	builder, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	r := &router[D, C]{
		role: streamRole, kind: kind, id: set.ID, settings: set.TelemetrySettings, builder: builder,
		lanes: make(map[string]*lane[D, C]), accounts: make(map[string]*account), nowhere: new(account),
		recycling: recycles(), unpublish: func() {},
	}
	accounts, err := r.open(cfg, pipes)
	if err != nil {
		return nil, err
	}
	g, err := r.compile(cfg)
	if err != nil {
		return nil, err
	}
	r.generation.Store(g)
	if err := errors.Join(r.attach(cfg), r.estimateSplits(cfg)); err != nil {
		return nil, err
	}
	return r, r.publish(accounts, cfg.MaxStreamLabels)
}

// open makes the streams' accounts, and the lanes of those with a pipeline.
func (r *router[D, C]) open(cfg *Config, pipes pipelines[C]) ([]*account, error) {
	ids := make(map[string]pipeline.ID)
	for _, id := range pipes.PipelineIDs() {
		ids[id.Name()] = id
	}
	for _, name := range slices.Sorted(maps.Keys(ids)) {
		if err := cfg.checkPipeline(r.kind.Signal, name); err != nil {
			return nil, err
		}
	}
	r.owns = cfg.owns(r.kind.Signal)
	space := &room{limit: cfg.HoldBytes}
	accounts := []*account{r.nowhere}
	for i := range cfg.Streams {
		s := &cfg.Streams[i]
		a := &account{name: s.Name}
		r.accounts[s.Name] = a
		accounts = append(accounts, a)
		id, ok := ids[s.Name]
		if !ok {
			continue
		}
		cfg.feed(s.Name)
		if err := r.addLane(a, pipes, id, r.policyOf(s), streamname.NewStamp(s.Name), space); err != nil {
			return nil, fmt.Errorf("streams::%d: %w", i, err)
		}
	}
	return accounts, nil
}

// addLane makes the lane that delivers to a pipeline, the next one in order.
func (r *router[D, C]) addLane(a *account, pipes pipelines[C], to pipeline.ID, p policy, stamp *streamname.Stamp, space *room) error {
	// Resolved once: for a pipeline that mutates, each call returns another
	// consumer.
	next, err := pipes.Consumer(to)
	if err != nil {
		return err
	}
	r.stage.heed(p)
	r.lanes[a.name] = &lane[D, C]{
		account: a,
		role:    r.role,
		index:   len(r.lanes),
		kind:    &r.kind,
		next:    next,
		mutates: next.Capabilities().MutatesData,
		stamp:   stamp,
		policy:  p,
		timed:   p.timeout > 0,
		room:    space,
		wake:    make(chan struct{}),

		pushesBack: p.refusal == refusalPushBack,
	}
	return nil
}

// verdict is where a resource goes: to the seats of set, or nowhere, and then
// absent holds the streams that would have taken it, had they a pipeline.
type verdict struct{ set, absent *match.Set }

func (g *generation[D, C]) decide(resource pcommon.Resource) verdict {
	return g.verdict(g.table.MatchResource(resource), resource)
}

// verdict is the one over a resource that the table matches with set.
func (g *generation[D, C]) verdict(set *match.Set, resource pcommon.Resource) verdict {
	v := verdict{set: set}
	if len(set.Streams) == 0 {
		v.absent = g.absent.MatchResource(resource)
	}
	return v
}

// consume delivers each resource of data to the streams it belongs to. The
// error is permanent only if nothing should be sent again. Otherwise data holds
// what should (all of it, if it was read-only), and so does the error.
func (r *router[D, C]) consume(ctx context.Context, data D) error {
	if r.sources.Watched() {
		r.sources.Note(data)
	}
	if r.look != nil {
		r.look(data)
	}
	if r.intake != nil {
		return r.intake(ctx, data)
	}
	return r.route(ctx, data)
}

// route is consume where nothing is held: each resource goes its own way.
func (r *router[D, C]) route(ctx context.Context, data D) error {
	n := r.kind.Len(data)
	if n == 0 {
		return nil
	}
	gen := r.generation.Load()
	t := r.turn()
	defer t.release()
	if v, ok := r.common(gen, t, data, n); ok {
		return r.whole(ctx, gen, t, data, v)
	}
	r.group(gen, t, data)
	if len(t.grouping.verdicts) == 1 {
		return r.whole(ctx, gen, t, data, t.grouping.verdicts[0])
	}
	return r.split(ctx, gen, t, data)
}

// common returns the verdict over all n resources of data, if it sees at a glance
// that they have one in common.
func (r *router[D, C]) common(gen *generation[D, C], t *turn[D, C], data D, n int) (verdict, bool) {
	if !match.Alike(&t.batch, gen.table, data, n, r.kind.Resource) {
		return verdict{}, false
	}
	v := gen.decide(r.kind.Resource(data, 0))
	return v, v.absent == nil || match.Alike(&t.batch, gen.absent, data, n, r.kind.Resource)
}

// group assigns the resources of data to the turn's groups.
func (r *router[D, C]) group(gen *generation[D, C], t *turn[D, C], data D) {
	for i, n := 0, r.kind.Len(data); i < n; {
		for _, set := range match.Sets(&t.batch, gen.table, data, i, min(i+match.BatchSize, n), r.kind.Resource) {
			t.grouping.add(gen.verdict(set, r.kind.Resource(data, i)))
			i++
		}
	}
}

// forward delivers data whose resources all have one verdict.
func (r *router[D, C]) forward(ctx context.Context, gen *generation[D, C], data D, v verdict) error {
	t := r.turn()
	defer t.release()
	return r.whole(ctx, gen, t, data, v)
}

// whole delivers data of one verdict: the payload itself.
func (r *router[D, C]) whole(ctx context.Context, gen *generation[D, C], t *turn[D, C], data D, v verdict) error {
	r.admit(gen, t, v, data)
	r.plan(gen, t)
	err := t.run(ctx)
	if !retryable(err) {
		t.remember(false)
		return err
	}
	t.remember(true)
	return r.kind.Partial(err, data)
}

// split delivers data in groups: each verdict gets a payload.
func (r *router[D, C]) split(ctx context.Context, gen *generation[D, C], t *turn[D, C], data D) error {
	items := r.kind.Items(data)
	r.divide(t, data)
	for j, v := range t.grouping.verdicts {
		r.admit(gen, t, v, t.payloads[j])
	}
	r.missed(items - t.items())
	r.plan(gen, t)
	err := t.run(ctx)
	if !retryable(err) {
		t.remember(false)
		return err
	}
	t.remember(true)
	failed := data
	if r.kind.IsReadOnly(data) {
		failed = r.kind.NewLike(data)
	}
	t.restore(&r.kind, failed)
	r.keep(failed) // This call returns, and the data is offered again.
	return r.kind.Partial(err, failed)
}

// divide makes the payloads of the turn's groups of data. A read-only payload is
// copied, any other is emptied.
func (r *router[D, C]) divide(t *turn[D, C], data D) {
	most, copied := t.grouping.most(), r.kind.IsReadOnly(data)
	for j, size := range t.grouping.sizes {
		payload := r.kind.NewLike(data)
		if copied || int32(j) != most { // To grow by need costs more, even for one.
			r.kind.Grow(payload, int(size))
		}
		t.payloads = append(t.payloads, payload)
	}
	if !copied {
		r.kind.Divide(data, t.grouping.of, t.payloads, most)
		return
	}
	for j, group := range t.grouping.of {
		r.kind.Append(data, j, t.payloads[group])
	}
}

func retryable(err error) bool { return err != nil && !consumererror.IsPermanent(err) }
