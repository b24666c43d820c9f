package datastreamrouterconnector

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/membership"
)

// shutdownGrace is how long Shutdown waits for the streams to take what is
// under way or held.
const shutdownGrace = 10 * time.Second

// start introduces the router to the extensions that drive routers.
func (r *router[D, C]) start(_ context.Context, host component.Host) error {
	if r.farewell != nil {
		r.farewell.start() // A fan-out has nothing that can be driven.
		return nil
	}
	extensions := host.GetExtensions()
	for _, id := range slices.SortedFunc(maps.Keys(extensions), func(a, b component.ID) int { return cmp.Compare(a.String(), b.String()) }) {
		if registry, ok := extensions[id].(membership.Registry); ok {
			r.unregister = append(r.unregister, registry.Register(r))
		}
		if o, ok := extensions[id].(membership.Observatory); ok {
			r.sources = o.Sources()
		}
	}
	if r.holder != nil {
		r.holder.start()
	}
	if r.splits != nil {
		r.splits.start()
	}
	return nil
}

// shutdown offers what is held once more and waits for what is under way, but
// not for ever.
func (r *router[D, C]) shutdown(ctx context.Context) error {
	for _, unregister := range r.unregister {
		unregister()
	}
	if r.splits != nil {
		r.splits.end()
	}
	if r.holder != nil {
		r.holder.close()
	}
	grace := shutdownGrace
	if r.farewell != nil {
		grace = r.farewell.end()
	}
	ctx, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	defer r.unpublish()
	defer r.builder.Shutdown()
	var closing sync.WaitGroup
	closing.Go(func() { r.stage.wait(ctx) })
	for _, l := range r.lanes {
		closing.Go(func() { l.close(ctx) })
	}
	closing.Wait()
	var left int64
	for _, l := range r.lanes {
		left += l.pending.Load() + l.out[shutdown].Load()
	}
	if left > 0 {
		r.settings.Logger.Error("Dropped what had been refused, and is refused still.", zap.Int64("items", left))
	}
	return nil
}
