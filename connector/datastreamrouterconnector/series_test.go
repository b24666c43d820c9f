package datastreamrouterconnector

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/otelcol-datastreams/otelcol-datastreams/connector/datastreamrouterconnector/internal/metadata"
)

// The routers of all four signals share the instruments, of which the SDK takes
// so many series apart. Nothing may get into the one for what is beyond.
func TestSeriesOfAllSignalsAreBounded(t *testing.T) {
	const streams = 1200
	telemetry := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, telemetry.Shutdown(context.Background())) })
	b, err := metadata.NewTelemetryBuilder(telemetry.NewTelemetrySettings())
	require.NoError(t, err)
	t.Cleanup(b.Shutdown)
	labels := NewFactory().CreateDefaultConfig().(*Config).MaxStreamLabels
	everyone := make(map[string][]*account)
	for _, name := range []string{"logs", "metrics", "profiles", "traces"} {
		accounts := []*account{{}}
		for i := range streams {
			accounts = append(accounts, &account{name: fmt.Sprint("s", i)})
		}
		everyone[name] = accounts
		of := attribute.String("signal", name)
		require.NoError(t, newLedger(accounts, new(atomic.Int64), labels, newBudget(), streamLabels(of), of).publish(instruments{
			items:       b.RegisterConnectorDatastreamrouterItemsCallback,
			pending:     b.RegisterConnectorDatastreamrouterPendingItemsCallback,
			held:        b.RegisterConnectorDatastreamrouterHeldBytesCallback,
			unaccounted: b.RegisterConnectorDatastreamrouterUnaccountedItemsCallback,
		}))
	}
	// One outcome after the other turns up, so that series come and stay.
	last := make(map[attribute.Distinct]int64)
	for round := range outcomes {
		for _, accounts := range everyone {
			for _, a := range accounts {
				a.note(round, 2)
				a.pending.Store(3)
				a.heldBytes.Store(5)
			}
		}
		items := numbers(t, telemetry, "items")
		sums := make(map[string]int64)
		for _, p := range items {
			of, ok := p.Attributes.Value("signal")
			require.True(t, ok, "%v", p.Attributes.ToSlice())
			outcome, _ := p.Attributes.Value("outcome")
			sums[of.AsString()+"/"+outcome.AsString()] += p.Value
			require.GreaterOrEqual(t, p.Value, last[p.Attributes.Equivalent()], "a counter went down")
			last[p.Attributes.Equivalent()] = p.Value
		}
		require.Len(t, sums, len(everyone)*int(round+1))
		for key, n := range sums {
			require.Equal(t, int64(2*(streams+1)), n, key)
		}
		require.Len(t, items, len(last), "a series went away")
	}
	for name, each := range map[string]int64{"pending_items": 3, "held_bytes": 5} {
		sums := make(map[string]int64)
		for _, p := range numbers(t, telemetry, name) {
			of, _ := p.Attributes.Value("signal")
			sums[of.AsString()] += p.Value
		}
		require.Equal(t, map[string]int64{"logs": each * streams, "metrics": each * streams, "profiles": each * streams, "traces": each * streams}, sums, name)
	}
}

// numbers returns the points of one of the router's instruments.
func numbers(t *testing.T, telemetry *componenttest.Telemetry, name string) []metricdata.DataPoint[int64] {
	t.Helper()
	m, err := telemetry.GetMetric("otelcol_connector_datastreamrouter_" + name)
	require.NoError(t, err)
	if sum, ok := m.Data.(metricdata.Sum[int64]); ok {
		return sum.DataPoints
	}
	return m.Data.(metricdata.Gauge[int64]).DataPoints
}

// The variable of the SDK moves the bound.
func TestSeriesLimit(t *testing.T) {
	for value, want := range map[string]int{"": 1999, "x": 1999, "8000": 7999, "0": 1 << 30, "-1": 1 << 30} {
		t.Setenv(sdkSeriesVariable, value)
		require.Equal(t, want, seriesLimit(), value)
	}
}

// Fan-outs share what there is, and give it back.
func TestGrants(t *testing.T) {
	g := newGrants[int](2)
	require.True(t, g.has(1))
	require.True(t, g.has(2))
	require.False(t, g.has(3))
	require.True(t, g.has(1))
	g.free(1)
	require.True(t, g.has(3))
	require.False(t, g.has(1))
}
