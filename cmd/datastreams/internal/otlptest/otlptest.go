// Package otlptest runs the collector's own OTLP receiver inside a test, so
// that what speaks OTLP is tested against the real thing.
package otlptest

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/consumer/xconsumer"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
	"go.opentelemetry.io/collector/receiver/receivertest"
	"go.opentelemetry.io/collector/receiver/xreceiver"
)

// Collector is a running OTLP receiver and what it took. Its methods and sinks
// are safe for concurrent use.
type Collector struct {
	// GRPC and HTTP are its addresses on loopback.
	GRPC, HTTP string

	Traces   consumertest.TracesSink
	Logs     consumertest.LogsSink
	Metrics  consumertest.MetricsSink
	Profiles consumertest.ProfilesSink

	mu      sync.Mutex
	refusal func() error
}

// Refuse makes the Collector ask decide before it takes a payload: an error
// refuses the payload, nil takes it.
func (c *Collector) Refuse(decide func() error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refusal = decide
}

func (c *Collector) decide() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refusal == nil {
		return nil
	}
	return c.refusal()
}

// Start runs a Collector for the named signals until the test ends.
func Start(t *testing.T, signals ...string) *Collector {
	t.Helper()
	c := &Collector{}
	core, logs := observer.New(zap.InfoLevel)
	factory := otlpreceiver.NewFactory().(xreceiver.Factory)
	cfg := factory.CreateDefaultConfig().(*otlpreceiver.Config)
	cfg.Protocols.GRPC.GetOrInsertDefault().NetAddr.Endpoint = "127.0.0.1:0"
	cfg.Protocols.HTTP.GetOrInsertDefault().ServerConfig.NetAddr.Endpoint = "127.0.0.1:0"
	set := receivertest.NewNopSettings(factory.Type())
	set.Logger = zap.New(core)
	var shared component.Component
	for _, signal := range signals {
		shared = c.create(t, factory, set, cfg, signal)
	}
	require.NoError(t, shared.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { require.NoError(t, shared.Shutdown(context.WithoutCancel(t.Context()))) })
	// The receiver tells the port that it was given in its log only.
	for _, entry := range logs.All() {
		address, _ := entry.ContextMap()["endpoint"].(string)
		switch entry.Message {
		case "Starting GRPC server":
			c.GRPC = address
		case "Starting HTTP server":
			c.HTTP = address
		}
	}
	require.NotEmpty(t, c.GRPC)
	require.NotEmpty(t, c.HTTP)
	return c
}

// create adds the named signal to the receiver that cfg stands for.
func (c *Collector) create(t *testing.T, f xreceiver.Factory, set receiver.Settings, cfg component.Config, signal string) component.Component {
	t.Helper()
	var made component.Component
	var err error
	switch signal {
	case "traces":
		made, err = f.CreateTraces(t.Context(), set, cfg, guard(consumer.NewTraces, c, c.Traces.ConsumeTraces))
	case "logs":
		made, err = f.CreateLogs(t.Context(), set, cfg, guard(consumer.NewLogs, c, c.Logs.ConsumeLogs))
	case "metrics":
		made, err = f.CreateMetrics(t.Context(), set, cfg, guard(consumer.NewMetrics, c, c.Metrics.ConsumeMetrics))
	case "profiles":
		made, err = f.CreateProfiles(t.Context(), set, cfg, guard(xconsumer.NewProfiles, c, c.Profiles.ConsumeProfiles))
	default:
		t.Fatalf("there is no signal %q", signal)
	}
	require.NoError(t, err)
	return made
}

// guard returns a consumer that asks c before it lets sink have a payload.
func guard[F ~func(context.Context, D) error, D, C any](
	make func(F, ...consumer.Option) (C, error), c *Collector, sink func(context.Context, D) error,
) C {
	made, err := make(func(ctx context.Context, payload D) error {
		if err := c.decide(); err != nil {
			return err
		}
		return sink(ctx, payload)
	})
	if err != nil {
		panic(err) // Unreachable: the function is not nil.
	}
	return made
}
