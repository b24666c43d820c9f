package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pipeline"
)

// copyingRouter routes as Odigos does, whose connector cannot be built without
// its Kubernetes extension: it formats a key from three attributes, looks the
// streams up under a lock, looks each stream's consumer up per resource, and
// copies the resource, also where it has one destination only.
type copyingRouter struct {
	next connector.TracesRouterAndConsumer

	mu      sync.RWMutex
	streams map[string][]string // by the key of the source
}

var _ consumer.Traces = (*copyingRouter)(nil)

func newCopying(r routing, p *pool) (consumer.Traces, error) {
	c := &copyingRouter{next: r.pipelines(p), streams: make(map[string][]string)}
	for i := range r.services {
		key := sourceKey("shop", serviceName(i), serviceName(i))
		for d := range r.destinations {
			c.streams[key] = append(c.streams[key], streamName(i, d))
		}
	}
	return c, nil
}

func sourceKey(namespace, deployment, service string) string {
	return fmt.Sprintf("%s/%s/%s", namespace, deployment, service)
}

// Capabilities implements consumer.Traces.
func (*copyingRouter) Capabilities() consumer.Capabilities { return consumer.Capabilities{} }

// ConsumeTraces implements consumer.Traces.
func (c *copyingRouter) ConsumeTraces(ctx context.Context, td ptrace.Traces) error {
	batches := make(map[consumer.Traces]ptrace.Traces)
	for i := range td.ResourceSpans().Len() {
		rs := td.ResourceSpans().At(i)
		for _, stream := range c.streamsOf(rs.Resource().Attributes()) {
			next, err := c.next.Consumer(pipeline.NewIDWithName(pipeline.SignalTraces, stream))
			if err != nil {
				return err
			}
			batch, ok := batches[next]
			if !ok {
				batch = ptrace.NewTraces()
				batches[next] = batch
			}
			rs.CopyTo(batch.ResourceSpans().AppendEmpty())
		}
	}
	var errs error
	for next, batch := range batches {
		errs = errors.Join(errs, next.ConsumeTraces(ctx, batch))
	}
	return errs
}

func (c *copyingRouter) streamsOf(attrs pcommon.Map) []string {
	key := sourceKey(text(attrs, "k8s.namespace.name"), text(attrs, "k8s.deployment.name"), text(attrs, "service.name"))
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.streams[key]
}

func text(attrs pcommon.Map, key string) string {
	if v, ok := attrs.Get(key); ok {
		return v.Str()
	}
	return ""
}
