package main

import (
	"context"
	"fmt"
	"runtime"

	"github.com/open-telemetry/opentelemetry-collector-contrib/connector/routingconnector"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pipeline"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"

	"github.com/otelcol-datastreams/otelcol-datastreams/connector/datastreamrouterconnector"
)

// routing says what to route where: services 0, 1, ... each go to so many
// pipelines of their own.
type routing struct {
	services     int
	destinations int // pipelines per service
	mutating     bool
}

// serviceName returns the name of a service, as its resources carry it.
func serviceName(i int) string { return fmt.Sprintf("service-%04d", i) }

// streamName returns the name of the d-th pipeline and stream of a service.
func streamName(service, d int) string { return fmt.Sprintf("stream-%04d-%d", service, d) }

// maker builds a router for payloads of the pool.
type maker func(routing, *pool) (consumer.Traces, error)

// pipelines returns a sink for each pipeline, by its ID, behind the type by
// which the Collector's graph hands pipelines to a connector.
func (r routing) pipelines(p *pool) connector.TracesRouterAndConsumer {
	sinks := make(map[pipeline.ID]consumer.Traces)
	for i := range r.services {
		for d := range r.destinations {
			sinks[pipeline.NewIDWithName(pipeline.SignalTraces, streamName(i, d))] = newSink(p, r.mutating)
		}
	}
	return connector.NewTracesRouter(sinks)
}

// newOurs builds the datastreamrouter, with its metrics switched on, but for
// the estimate of divided traces: it begins with half a minute in which it
// looks at every span, and the pool's few traces come again and again.
func newOurs(r routing, p *pool) (consumer.Traces, error) {
	factory := datastreamrouterconnector.NewFactory()
	cfg := factory.CreateDefaultConfig().(*datastreamrouterconnector.Config)
	cfg.Traces.EstimateSplits = false
	for i := range r.services {
		for d := range r.destinations {
			stream := datastreamrouterconnector.NewDefaultStreamConfig()
			stream.Name = streamName(i, d)
			stream.Select = []map[string]any{{"service.name": serviceName(i)}}
			cfg.Streams = append(cfg.Streams, stream)
		}
	}
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	return start(factory, cfg, r.pipelines(p))
}

// newContrib builds contrib's routing connector in the form that does the least
// work: one route per service by a condition on the resource, which moves it
// and names all pipelines of the service.
func newContrib(r routing, p *pool) (consumer.Traces, error) {
	factory := routingconnector.NewFactory()
	cfg := factory.CreateDefaultConfig().(*routingconnector.Config)
	for i := range r.services {
		route := routingconnector.RoutingTableItem{
			Context:   "resource",
			Condition: fmt.Sprintf("attributes[%q] == %q", "service.name", serviceName(i)),
			Action:    routingconnector.Move,
		}
		for d := range r.destinations {
			route.Pipelines = append(route.Pipelines, pipeline.NewIDWithName(pipeline.SignalTraces, streamName(i, d)))
		}
		cfg.Table = append(cfg.Table, route)
	}
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	return start(factory, cfg, r.pipelines(p))
}

// start creates and starts a connector with a metrics SDK that aggregates and
// never exports.
func start(factory connector.Factory, cfg component.Config, next consumer.Traces) (consumer.Traces, error) {
	set := connectortest.NewNopSettings(factory.Type())
	set.MeterProvider = sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewManualReader()))
	router, err := factory.CreateTracesToTraces(context.Background(), set, cfg, next)
	if err != nil {
		return nil, err
	}
	return router, router.Start(context.Background(), componenttest.NewNopHost())
}

// withExtraCopy is the positive control: next behind one clone of the payload.
func withExtraCopy(next consumer.Traces) consumer.Traces {
	return before(next, func(td ptrace.Traces) ptrace.Traces {
		clone := ptrace.NewTraces()
		td.CopyTo(clone)
		return clone
	})
}

// withExtraLookup is a control for small costs: next behind one more lookup of
// an attribute per resource.
func withExtraLookup(next consumer.Traces) consumer.Traces {
	return before(next, func(td ptrace.Traces) ptrace.Traces {
		for i := range td.ResourceSpans().Len() {
			v, _ := td.ResourceSpans().At(i).Resource().Attributes().Get("service.version")
			runtime.KeepAlive(v)
		}
		return td
	})
}

func before(next consumer.Traces, f func(ptrace.Traces) ptrace.Traces) consumer.Traces {
	c, err := consumer.NewTraces(func(ctx context.Context, td ptrace.Traces) error {
		return next.ConsumeTraces(ctx, f(td))
	}, consumer.WithCapabilities(next.Capabilities()))
	if err != nil {
		panic(err) // Only for a nil function.
	}
	return c
}

// enter makes an entrant of a router.
func enter(name string, p *pool, router consumer.Traces) entrant {
	ctx := context.Background()
	return entrant{name, p, func(k int) {
		if err := router.ConsumeTraces(ctx, p.payloads[k]); err != nil {
			panic(fmt.Sprintf("%s: %v", name, err)) // No sink returns an error.
		}
	}}
}

// makers of the routers that are compared, in the order of the tables.
var makers = []struct {
	name string
	make maker
}{
	{ours, newOurs},
	{contrib, newContrib},
	{copying, newCopying},
}

// moving is the name of the lower bound, which does not count as a router.
const moving = "moving"

// Names of the routers.
const (
	ours    = "ours"
	contrib = "contrib"
	copying = "copying"
)

// enterAll builds each of the routers over the pool and makes entrants of
// them, under their names followed by suffix.
func enterAll(r routing, p *pool, suffix string) ([]entrant, error) {
	var entrants []entrant
	for _, m := range makers {
		router, err := m.make(r, p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.name, err)
		}
		entrants = append(entrants, enter(m.name+suffix, p, router))
	}
	return entrants, nil
}
