// Package datastreamrouterconnector splits telemetry into named streams: it
// matches resource attributes against stream definitions and delivers each
// resource to the pipelines that are named like its streams.
//
// Delivery is in the order of the streams' definition, whatever the order of
// the data. See README.md for what the router promises.
package datastreamrouterconnector

//go:generate go tool -modfile=../../tools/go.mod mdatagen metadata.yaml

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/connector/xconnector"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/xconsumer"
	"go.opentelemetry.io/collector/pipeline"

	"github.com/otelcol-datastreams/otelcol-datastreams/connector/datastreamrouterconnector/internal/metadata"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/signal"
)

// NewFactory returns the connector's factory. It connects each signal to
// itself.
func NewFactory() connector.Factory {
	return xconnector.NewFactory(
		metadata.Type,
		createDefaultConfig,
		xconnector.WithTracesToTraces(createTraces, metadata.TracesToTracesStability),
		xconnector.WithMetricsToMetrics(createMetrics, metadata.MetricsToMetricsStability),
		xconnector.WithLogsToLogs(createLogs, metadata.LogsToLogsStability),
		xconnector.WithProfilesToProfiles(createProfiles, metadata.ProfilesToProfilesStability),
	)
}

// fanOutType is the component type of fan-outs.
var fanOutType = component.MustNewType("datastreamfanout")

// NewFanOutFactory returns the factory of the connector that stands between a
// stream and its destinations, if it has several: it gives each of them a lane
// of its own, as the router does to streams. It connects each signal to itself.
func NewFanOutFactory() connector.Factory {
	return xconnector.NewFactory(
		fanOutType,
		fanOutDefaults(),
		xconnector.WithTracesToTraces(createTraces, metadata.TracesToTracesStability),
		xconnector.WithMetricsToMetrics(createMetrics, metadata.MetricsToMetricsStability),
		xconnector.WithLogsToLogs(createLogs, metadata.LogsToLogsStability),
		xconnector.WithProfilesToProfiles(createProfiles, metadata.ProfilesToProfilesStability),
	)
}

func createTraces(_ context.Context, set connector.Settings, cfg component.Config, next consumer.Traces) (connector.Traces, error) {
	r, err := create(set, cfg, next, signal.Traces)
	if err != nil {
		return nil, err
	}
	return struct {
		component.StartFunc
		component.ShutdownFunc
		consumer.Traces
	}{StartFunc: r.start, ShutdownFunc: r.shutdown, Traces: consumerOf(r, consumer.NewTraces)}, nil
}

func createMetrics(_ context.Context, set connector.Settings, cfg component.Config, next consumer.Metrics) (connector.Metrics, error) {
	r, err := create(set, cfg, next, signal.Metrics)
	if err != nil {
		return nil, err
	}
	return struct {
		component.StartFunc
		component.ShutdownFunc
		consumer.Metrics
	}{StartFunc: r.start, ShutdownFunc: r.shutdown, Metrics: consumerOf(r, consumer.NewMetrics)}, nil
}

func createLogs(_ context.Context, set connector.Settings, cfg component.Config, next consumer.Logs) (connector.Logs, error) {
	r, err := create(set, cfg, next, signal.Logs)
	if err != nil {
		return nil, err
	}
	return struct {
		component.StartFunc
		component.ShutdownFunc
		consumer.Logs
	}{StartFunc: r.start, ShutdownFunc: r.shutdown, Logs: consumerOf(r, consumer.NewLogs)}, nil
}

func createProfiles(_ context.Context, set connector.Settings, cfg component.Config, next xconsumer.Profiles) (xconnector.Profiles, error) {
	r, err := create(set, cfg, next, signal.Profiles)
	if err != nil {
		return nil, err
	}
	return struct {
		component.StartFunc
		component.ShutdownFunc
		xconsumer.Profiles
	}{StartFunc: r.start, ShutdownFunc: r.shutdown, Profiles: consumerOf(r, xconsumer.NewProfiles)}, nil
}

// pipelines is the part of the Collector's connector routers that the four
// signals have in common.
type pipelines[C any] interface {
	Consumer(...pipeline.ID) (C, error)
	PipelineIDs() []pipeline.ID
}

// create makes a router or, of its configuration, a fan-out.
func create[D any, C signal.Consumer](set connector.Settings, cfg component.Config, next any, kind signal.Kind[D, C]) (*router[D, C], error) {
	pipes, ok := next.(pipelines[C])
	if !ok {
		return nil, fmt.Errorf("%s needs pipelines to deliver to: list it as their receiver", set.ID.Type())
	}
	var r *router[D, C]
	var err error
	if fanOut, ok := cfg.(*FanOutConfig); ok {
		r, err = newFanOut(kind, fanOut, pipes, set)
	} else {
		r, err = newRouter(kind, cfg.(*Config), pipes, set)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", kind.Signal, err)
	}
	return r, nil
}

// consumerOf wraps r in the consumer type of its signal. The router mutates:
// it moves resources out of a batch that belongs to several streams. A fan-out
// does not: the Collector looks at the pipelines behind it.
func consumerOf[D any, C signal.Consumer, F ~func(context.Context, D) error](
	r *router[D, C], wrap func(F, ...consumer.Option) (C, error),
) C {
	c, err := wrap(r.consume, consumer.WithCapabilities(consumer.Capabilities{MutatesData: r.role == streamRole}))
	if err != nil {
		panic(err) // Only for a nil function.
	}
	return c
}
