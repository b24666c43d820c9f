// Package maskingprocessor takes personal data and secrets out of telemetry:
// out of every field of traces, metrics, logs and profiles. See README.md for
// what it finds and what it does with it.
package maskingprocessor

//go:generate go tool -modfile=../../tools/go.mod mdatagen metadata.yaml

import (
	"context"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/xconsumer"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/xprocessor"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/signal"
	"github.com/otelcol-datastreams/otelcol-datastreams/processor/maskingprocessor/internal/metadata"
)

// NewFactory returns the processor's factory.
func NewFactory() processor.Factory {
	return xprocessor.NewFactory(
		metadata.Type,
		createDefaultConfig,
		xprocessor.WithTraces(createTraces, metadata.TracesStability),
		xprocessor.WithMetrics(createMetrics, metadata.MetricsStability),
		xprocessor.WithLogs(createLogs, metadata.LogsStability),
		xprocessor.WithProfiles(createProfiles, metadata.ProfilesStability),
	)
}

func createTraces(_ context.Context, set processor.Settings, cfg component.Config, next consumer.Traces) (processor.Traces, error) {
	p, err := newProcessor(set, cfg, next, signal.Traces, (*masking.Masker).Traces)
	if err != nil {
		return nil, err
	}
	c, err := consumer.NewTraces(p.consume, mutates)
	return struct {
		component.StartFunc
		component.ShutdownFunc
		consumer.Traces
	}{ShutdownFunc: p.shutdown, Traces: c}, err
}

func createMetrics(_ context.Context, set processor.Settings, cfg component.Config, next consumer.Metrics) (processor.Metrics, error) {
	p, err := newProcessor(set, cfg, next, signal.Metrics, (*masking.Masker).Metrics)
	if err != nil {
		return nil, err
	}
	c, err := consumer.NewMetrics(p.consume, mutates)
	return struct {
		component.StartFunc
		component.ShutdownFunc
		consumer.Metrics
	}{ShutdownFunc: p.shutdown, Metrics: c}, err
}

func createLogs(_ context.Context, set processor.Settings, cfg component.Config, next consumer.Logs) (processor.Logs, error) {
	p, err := newProcessor(set, cfg, next, signal.Logs, (*masking.Masker).Logs)
	if err != nil {
		return nil, err
	}
	c, err := consumer.NewLogs(p.consume, mutates)
	return struct {
		component.StartFunc
		component.ShutdownFunc
		consumer.Logs
	}{ShutdownFunc: p.shutdown, Logs: c}, err
}

func createProfiles(_ context.Context, set processor.Settings, cfg component.Config, next xconsumer.Profiles) (xprocessor.Profiles, error) {
	p, err := newProcessor(set, cfg, next, signal.Profiles, (*masking.Masker).Profiles)
	if err != nil {
		return nil, err
	}
	c, err := xconsumer.NewProfiles(p.consume, mutates)
	return struct {
		component.StartFunc
		component.ShutdownFunc
		xconsumer.Profiles
	}{ShutdownFunc: p.shutdown, Profiles: c}, err
}

var mutates = consumer.WithCapabilities(consumer.Capabilities{MutatesData: true})
