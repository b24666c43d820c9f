package main

import (
	"context"
	"fmt"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pipeline"
	"go.opentelemetry.io/collector/processor"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"

	"github.com/otelcol-datastreams/otelcol-datastreams/connector/datastreamrouterconnector"
)

// Both keep errors, what takes longer than two seconds, and a tenth of the rest.
const (
	slowerThan    = 2 * time.Second
	keptOfTheRest = 10 // percent

	// neverDue is longer than any run: what is held is decided at the end.
	neverDue = time.Hour
)

// newNoSampler drops what comes: the cost of decoding.
func newNoSampler(int, consumer.Traces) (sampler, error) {
	drop, err := consumer.NewTraces(func(context.Context, ptrace.Traces) error { return nil })
	return sampler{drop, func() error { return nil }}, err
}

// newOurSampler is the datastreamrouter with streams of all services, each with
// its own rules.
func newOurSampler(streams int, sink consumer.Traces) (sampler, error) {
	factory := datastreamrouterconnector.NewFactory()
	cfg := factory.CreateDefaultConfig().(*datastreamrouterconnector.Config)
	cfg.Traces.Integrity = "any"
	cfg.Traces.Hold, cfg.Traces.Quiet, cfg.Traces.MaxBytes = neverDue, neverDue, 8<<30
	sinks := make(map[pipeline.ID]consumer.Traces)
	percent := float64(keptOfTheRest)
	for i := range streams {
		stream := datastreamrouterconnector.NewDefaultStreamConfig()
		stream.Name = fmt.Sprint("stream-", i)
		stream.Select = []map[string]any{{"service.namespace": "shop"}}
		stream.Keep = []datastreamrouterconnector.KeepRule{
			{Name: "errors", Errors: true},
			{Name: "slow", SlowerThan: slowerThan},
			{Name: "rest", Percent: &percent},
		}
		cfg.Streams = append(cfg.Streams, stream)
		sinks[pipeline.NewIDWithName(pipeline.SignalTraces, stream.Name)] = sink
	}
	if err := cfg.Validate(); err != nil {
		return sampler{}, err
	}
	set := connectortest.NewNopSettings(factory.Type())
	set.MeterProvider = sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewManualReader()))
	router, err := factory.CreateTracesToTraces(context.Background(), set, cfg, connector.NewTracesRouter(sinks))
	if err != nil {
		return sampler{}, err
	}
	return sampler{router, func() error { return router.Shutdown(context.Background()) }}, router.Start(context.Background(), componenttest.NewNopHost())
}

// newContribSampler is one tail_sampling processor for each stream, behind a
// fan-out like the Collector's: the processors do not mutate, so that several
// share a read-only payload.
func newContribSampler(streams int, sink consumer.Traces) (sampler, error) {
	var processors []processor.Traces
	for range streams {
		p, err := newTailSampling(sink)
		if err != nil {
			return sampler{}, err
		}
		processors = append(processors, p)
	}
	fanOut, err := consumer.NewTraces(func(ctx context.Context, td ptrace.Traces) error {
		if len(processors) > 1 {
			td.MarkReadOnly()
		}
		for _, p := range processors {
			if err := p.ConsumeTraces(ctx, td); err != nil {
				return err
			}
		}
		return nil
	})
	return sampler{fanOut, func() error {
		for _, p := range processors {
			if err := p.Shutdown(context.Background()); err != nil {
				return err
			}
		}
		return nil
	}}, err
}

func newTailSampling(sink consumer.Traces) (processor.Traces, error) {
	factory := tailsamplingprocessor.NewFactory()
	cfg := factory.CreateDefaultConfig().(*tailsamplingprocessor.Config)
	cfg.DecisionWait, cfg.NumTraces, cfg.SampleOnFirstMatch = neverDue, 1_000_000, true
	policies := []tailsamplingprocessor.PolicyCfg{{}, {}, {}}
	policies[0].Name, policies[0].Type = "errors", tailsamplingprocessor.StatusCode
	policies[0].StatusCodeCfg.StatusCodes = []string{"ERROR"}
	policies[1].Name, policies[1].Type = "slow", tailsamplingprocessor.Latency
	policies[1].LatencyCfg.ThresholdMs = slowerThan.Milliseconds()
	policies[2].Name, policies[2].Type = "rest", tailsamplingprocessor.Probabilistic
	policies[2].ProbabilisticCfg.SamplingPercentage = keptOfTheRest
	cfg.PolicyCfgs = policies
	set := processor.Settings{
		ID: component.NewID(factory.Type()), TelemetrySettings: componenttest.NewNopTelemetrySettings(),
	}
	set.MeterProvider = sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewManualReader()))
	p, err := factory.CreateTraces(context.Background(), set, cfg, sink)
	if err != nil {
		return nil, err
	}
	return p, p.Start(context.Background(), componenttest.NewNopHost())
}
