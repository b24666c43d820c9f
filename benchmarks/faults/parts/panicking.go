package parts

import (
	"context"
	"errors"
	"os"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/xconsumer"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/xprocessor"
)

// panickingConfig is the configuration of the processor that panics.
type panickingConfig struct {
	// While is the path of a file. The processor panics over each payload while
	// the file exists, and forwards it otherwise. Required.
	While string `mapstructure:"while"`
}

// Validate finds a path that is missing.
func (c *panickingConfig) Validate() error {
	if c.While == "" {
		return errors.New("while: name the file that makes the processor panic")
	}
	return nil
}

// newPanicking returns the factory of a processor that panics while a file
// exists, in the goroutine of its caller: as a defect of a processor does.
func newPanicking() processor.Factory {
	const level = component.StabilityLevelDevelopment
	return xprocessor.NewFactory(
		component.MustNewType("panicking"),
		func() component.Config { return new(panickingConfig) },
		xprocessor.WithTraces(panickingTraces, level),
		xprocessor.WithMetrics(panickingMetrics, level),
		xprocessor.WithLogs(panickingLogs, level),
		xprocessor.WithProfiles(panickingProfiles, level),
	)
}

// panicking panics instead of calling next while the configured file exists.
func panicking[D any](cfg component.Config, next func(context.Context, D) error) func(context.Context, D) error {
	path := cfg.(*panickingConfig).While
	return func(ctx context.Context, d D) error {
		if _, err := os.Stat(path); err == nil {
			panic("injected: panics")
		}
		return next(ctx, d)
	}
}

// stateless is the lifecycle of a processor that has nothing to start or stop.
type stateless struct {
	component.StartFunc
	component.ShutdownFunc
}

func panickingTraces(_ context.Context, _ processor.Settings, cfg component.Config, next consumer.Traces) (processor.Traces, error) {
	c, err := consumer.NewTraces(panicking(cfg, next.ConsumeTraces))
	return struct {
		stateless
		consumer.Traces
	}{Traces: c}, err
}

func panickingMetrics(_ context.Context, _ processor.Settings, cfg component.Config, next consumer.Metrics) (processor.Metrics, error) {
	c, err := consumer.NewMetrics(panicking(cfg, next.ConsumeMetrics))
	return struct {
		stateless
		consumer.Metrics
	}{Metrics: c}, err
}

func panickingLogs(_ context.Context, _ processor.Settings, cfg component.Config, next consumer.Logs) (processor.Logs, error) {
	c, err := consumer.NewLogs(panicking(cfg, next.ConsumeLogs))
	return struct {
		stateless
		consumer.Logs
	}{Logs: c}, err
}

func panickingProfiles(_ context.Context, _ processor.Settings, cfg component.Config, next xconsumer.Profiles) (xprocessor.Profiles, error) {
	c, err := xconsumer.NewProfiles(panicking(cfg, next.ConsumeProfiles))
	return struct {
		stateless
		xconsumer.Profiles
	}{Profiles: c}, err
}
