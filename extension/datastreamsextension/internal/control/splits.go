package control

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/confmap"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/feed"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/live"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/membership"
)

// estimator returns the router that knows how traces are divided, or nil.
func (c *Control) estimator() membership.SplitEstimator {
	if c.collector.Document == nil || c.collector.Routers == nil {
		return nil
	}
	current, _ := c.collector.Document.Current()
	if current == nil {
		return nil
	}
	for _, r := range c.collector.Routers() {
		e, ok := r.(membership.SplitEstimator)
		if !ok || r.ID().String() != current.Compiled.Router {
			continue
		}
		if _, sampled := e.Splits(); sampled {
			return e
		}
	}
	return nil
}

// Splits implements api.Feed.
func (c *Control) Splits() (membership.Splits, bool) {
	e := c.estimator()
	if e == nil {
		return membership.Splits{}, false
	}
	return e.Splits()
}

// Predict implements api.Backend.
func (c *Control) Predict(ctx context.Context, candidate *live.Revision) (membership.Splits, error) {
	e := c.estimator()
	if e == nil {
		return membership.Splits{}, membership.ErrNoSample
	}
	whole, err := c.collector.Resolve(ctx, candidate)
	if err != nil {
		return membership.Splits{}, err
	}
	router, err := whole.Sub("connectors" + confmap.KeyDelimiter + candidate.Compiled.Router)
	if err != nil {
		return membership.Splits{}, err
	}
	return e.PredictSplits(router)
}

// splitsAge is how old the share in a snapshot may be: a sample is thousands of
// traces, and lasts for minutes.
const splitsAge = 5 * time.Second

// share tells a snapshot how many traces are divided.
func (c *Control) share() *feed.SplitShare {
	c.mu.Lock()
	if time.Since(c.sharedAt) < splitsAge {
		defer c.mu.Unlock()
		return c.shared
	}
	c.mu.Unlock()
	var share *feed.SplitShare
	if s, ok := c.Splits(); ok {
		share = &feed.SplitShare{Share: s.Share}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shared, c.sharedAt = share, time.Now()
	return share
}
