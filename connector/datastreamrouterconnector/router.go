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
		room:    space,
		wake:    make(chan struct{}),
	}
	return nil
}

// verdict is where a resource goes: to the seats of set, or nowhere, and then
// absent holds the streams that would have taken it, had they a pipeline.
type verdict struct{ set, absent *match.Set }

func (g *generation[D, C]) decide(resource pcommon.Resource) verdict {
	v := verdict{set: g.table.MatchResource(resource)}
	if len(v.set.Streams) == 0 {
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
	first := gen.decide(r.kind.Resource(data, 0))
	for i := 1; i < n; i++ {
		if v := gen.decide(r.kind.Resource(data, i)); v != first {
			return r.split(ctx, gen, data, i, first, v)
		}
	}
	return r.forward(ctx, gen, data, first)
}

// forward delivers data whose resources all have one verdict: the payload
// itself, whole.
func (r *router[D, C]) forward(ctx context.Context, gen *generation[D, C], data D, v verdict) error {
	t := r.turn()
	defer t.release()
	t.addGroup(v, data)
	r.plan(gen, t)
	err := t.run(ctx)
	if !retryable(err) {
		t.remember(false)
		return err
	}
	t.remember(true)
	return r.kind.Partial(err, data)
}

// split delivers data whose resources differ: those before the i-th have the
// verdict first, the i-th has v. Each distinct verdict gets a payload.
func (r *router[D, C]) split(ctx context.Context, gen *generation[D, C], data D, i int, first, v verdict) error {
	t := r.turn()
	defer t.release()
	for range i {
		t.grouping.add(first)
	}
	t.grouping.add(v)
	for j := i + 1; j < r.kind.Len(data); j++ {
		t.grouping.add(gen.decide(r.kind.Resource(data, j)))
	}
	r.divide(t, data)
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
	r.kind.Keep(failed) // This call returns, and the data is offered again.
	return r.kind.Partial(err, failed)
}

// divide makes the turn's groups of data. A read-only payload is copied, any
// other is emptied.
func (r *router[D, C]) divide(t *turn[D, C], data D) {
	most, copied := t.grouping.most(), r.kind.IsReadOnly(data)
	for j, v := range t.grouping.verdicts {
		payload := r.kind.NewLike(data)
		if size := int(t.grouping.sizes[j]); size > 1 && (copied || int32(j) != most) {
			r.kind.Grow(payload, size)
		}
		t.payloads = append(t.payloads, payload)
		t.addGroup(v, payload)
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
