package parts

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/consumer/xconsumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/xprocessor"

	"github.com/otelcol-datastreams/otelcol-datastreams/connector/datastreamrouterconnector"
)

func TestPanicsWhileTheFileExists(t *testing.T) {
	f := newPanicking().(xprocessor.Factory)
	t.Run("traces", func(t *testing.T) {
		sink := new(consumertest.TracesSink)
		testPanicking(t, f.CreateTraces, consumer.Traces(sink), func(c processor.Traces) error { return c.ConsumeTraces(t.Context(), ptrace.NewTraces()) })
		require.Len(t, sink.AllTraces(), 2)
	})
	t.Run("metrics", func(t *testing.T) {
		sink := new(consumertest.MetricsSink)
		testPanicking(t, f.CreateMetrics, consumer.Metrics(sink), func(c processor.Metrics) error { return c.ConsumeMetrics(t.Context(), pmetric.NewMetrics()) })
		require.Len(t, sink.AllMetrics(), 2)
	})
	t.Run("logs", func(t *testing.T) {
		sink := new(consumertest.LogsSink)
		testPanicking(t, f.CreateLogs, consumer.Logs(sink), func(c processor.Logs) error { return c.ConsumeLogs(t.Context(), plog.NewLogs()) })
		require.Len(t, sink.AllLogs(), 2)
	})
	t.Run("profiles", func(t *testing.T) {
		sink := new(consumertest.ProfilesSink)
		testPanicking(t, f.CreateProfiles, xconsumer.Profiles(sink), func(c xprocessor.Profiles) error {
			return c.ConsumeProfiles(t.Context(), pprofile.NewProfiles())
		})
		require.Len(t, sink.AllProfiles(), 2)
	})
}

// testPanicking consumes before, while and after the file exists: next gets the
// first payload and the last.
func testPanicking[C component.Component, N any](t *testing.T,
	create func(context.Context, processor.Settings, component.Config, N) (C, error), next N, consume func(C) error,
) {
	trigger := filepath.Join(t.TempDir(), "trigger")
	p, err := create(t.Context(), processor.Settings{ID: component.MustNewID("panicking")}, &panickingConfig{While: trigger}, next)
	require.NoError(t, err)
	require.NoError(t, p.Start(t.Context(), nil))
	defer func() { require.NoError(t, p.Shutdown(t.Context())) }()

	require.NoError(t, consume(p))
	require.NoError(t, os.WriteFile(trigger, nil, 0o600))
	require.PanicsWithValue(t, "injected: panics", func() { _ = consume(p) })
	require.NoError(t, os.Remove(trigger))
	require.NoError(t, consume(p))
}

func TestPanickingNeedsAFile(t *testing.T) {
	require.ErrorContains(t, new(panickingConfig).Validate(), "while:")
}

func TestFactories(t *testing.T) {
	f, err := factories(datastreamrouterconnector.NewFactory())
	require.NoError(t, err)
	require.Len(t, f.Processors, 2)
	require.Contains(t, f.Connectors, component.MustNewType("datastreamrouter"))
}
