package datastreamrouterconnector

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/pipeline"
	"go.opentelemetry.io/otel/attribute"

	"github.com/otelcol-datastreams/otelcol-datastreams/connector/datastreamrouterconnector/internal/metadata"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/match"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/signal"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/streamname"
)

// newFanOut returns what hands the data of one stream to each of the stream's
// destinations: a router without definitions, in which all data has the same
// verdict, and each lane is a destination's. What one of them refuses is held
// for it alone.
func newFanOut[D any, C signal.Consumer](
	kind signal.Kind[D, C], cfg *FanOutConfig, pipes pipelines[C], set connector.Settings,
) (*router[D, C], error) {
	builder, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	r := &router[D, C]{
		role: destinationRole, kind: kind, id: set.ID, settings: set.TelemetrySettings, builder: builder,
		lanes: make(map[string]*lane[D, C]), accounts: make(map[string]*account), nowhere: new(account),
		farewell: &cfg.shared.farewell, recycling: recycles(),
	}
	ids := pipes.PipelineIDs()
	slices.SortFunc(ids, func(a, b pipeline.ID) int { return strings.Compare(a.Name(), b.Name()) })
	var (
		accounts []*account
		gen      generation[D, C]
		all      = verdict{set: &match.Set{ID: -1}}
		stamp    = streamname.NewStamp(cfg.Stream)
		space    = &room{limit: cfg.HoldBytes}
	)
	for i, id := range ids {
		a := &account{name: destinationOf(id)}
		if r.accounts[a.name] != nil {
			return nil, fmt.Errorf("%s: another pipeline leads to destination %q, too", id, a.name)
		}
		r.accounts[a.name] = a
		accounts = append(accounts, a)
		if err := r.addLane(a, pipes, id, cfg.policy(), stamp, space); err != nil {
			return nil, fmt.Errorf("%s: %w", id, err)
		}
		gen.seats = append(gen.seats, seat[D, C]{account: a, lane: r.lanes[a.name]})
		all.set.Streams = append(all.set.Streams, i)
	}
	r.intake = func(ctx context.Context, data D) error {
		if kind.Len(data) == 0 {
			return nil
		}
		return r.forward(ctx, &gen, data, all)
	}
	return r, r.publishFanOut(cfg, accounts)
}

// destinationOf is the name of the destination that a pipeline leads to.
func destinationOf(id pipeline.ID) string {
	name := id.Name()
	return name[strings.LastIndexByte(name, '/')+1:]
}

// publishFanOut publishes the accounts of the stream's destinations.
func (r *router[D, C]) publishFanOut(cfg *FanOutConfig, accounts []*account) error {
	of, stream := attribute.String("signal", r.kind.Signal.String()), attribute.String("stream", cfg.Stream)
	named := func(destination string) []attribute.KeyValue {
		if destination == otherStreams {
			return []attribute.KeyValue{of, attribute.String("stream", otherStreams)}
		}
		return []attribute.KeyValue{of, stream, attribute.String("destination", destination)}
	}
	series := cfg.shared.series(r.kind.Signal)
	r.unpublish = func() { series.free(accounts) }
	b := r.builder
	return errors.Join(
		newLedger(accounts, &r.missing, len(accounts), series, named, of, stream).publish(instruments{
			items:       b.RegisterConnectorDatastreamfanoutItemsCallback,
			pending:     b.RegisterConnectorDatastreamfanoutPendingItemsCallback,
			held:        b.RegisterConnectorDatastreamfanoutHeldBytesCallback,
			unaccounted: b.RegisterConnectorDatastreamfanoutUnaccountedItemsCallback,
		}),
		b.RegisterConnectorDatastreamfanoutForgottenGroupsCallback(observe(r.forgotten, of, stream)),
	)
}

// fanOuts is what the fan-outs of a collector share. It is safe for concurrent
// use.
type fanOuts struct {
	farewell farewell
	mu       sync.Mutex
	budgets  map[pipeline.Signal]*budget
}

// series returns the budget of a signal.
func (f *fanOuts) series(s pipeline.Signal) *budget {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.budgets == nil {
		f.budgets = make(map[pipeline.Signal]*budget)
	}
	if f.budgets[s] == nil {
		f.budgets[s] = newBudget()
	}
	return f.budgets[s]
}

// farewell is the time that the fan-outs of a collector have to shut down. The
// Collector shuts them down one after the other: a destination that hangs would
// cost shutdownGrace for each stream that has it.
type farewell struct {
	mu      sync.Mutex
	running int
	until   time.Time // zero until the first is shut down
}

// minFarewell is what a fan-out has when the time is up: enough for a
// destination that answers.
const minFarewell = 100 * time.Millisecond

func (f *farewell) start() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.running++
}

// end returns how long the next fan-out may take to shut down. After the last
// one that was started, others may start.
func (f *farewell) end() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.until.IsZero() {
		f.until = time.Now().Add(shutdownGrace)
	}
	left := max(time.Until(f.until), minFarewell)
	if f.running--; f.running <= 0 {
		f.running, f.until = 0, time.Time{}
	}
	return left
}
