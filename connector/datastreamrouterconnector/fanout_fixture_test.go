package datastreamrouterconnector

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pipeline"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/signal"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/streamname"
)

// faults decides, by destination, over each call: an error refuses it.
type faults map[string]func() error

// fan is a fan-out of the stream shop, to the destinations lake, tape (which
// mutates what it gets) and vendor, in this order.
type fan[D any, C signal.Consumer] struct {
	subject[D, C]
	t         *testing.T
	telemetry *componenttest.Telemetry
	router    *router[D, C]

	mu    sync.Mutex
	items map[string][]string // by destination
}

func newFan[D any, C signal.Consumer](t *testing.T, s subject[D, C], refusal string, by faults) *fan[D, C] {
	t.Helper()
	f := &fan[D, C]{subject: s, t: t, telemetry: componenttest.NewTelemetry(), items: make(map[string][]string)}
	t.Cleanup(func() { require.NoError(t, f.telemetry.Shutdown(context.Background())) })
	consumers := make(map[pipeline.ID]C)
	for _, name := range []string{"vendor", "lake", "tape"} {
		mutates := name == "tape"
		c, err := s.consumer(func(ctx context.Context, d D) error {
			return f.receive(ctx, name, d, mutates, by[name])
		}, consumer.WithCapabilities(consumer.Capabilities{MutatesData: mutates}))
		require.NoError(t, err)
		consumers[pipeline.NewIDWithName(s.kind.Signal, "_shop/"+name)] = c
	}
	cfg := NewFanOutFactory().CreateDefaultConfig().(*FanOutConfig)
	cfg.Stream, cfg.WhenRefused, cfg.RetryFor, cfg.Timeout, cfg.HoldBytes = "shop", refusal, time.Minute, time.Second, 1<<20
	require.NoError(t, cfg.Validate())
	set := connectortest.NewNopSettings(fanOutType)
	set.TelemetrySettings = f.telemetry.NewTelemetrySettings()
	r, err := create(set, cfg, s.router(consumers), s.kind)
	require.NoError(t, err)
	require.NoError(t, r.start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { _ = r.shutdown(context.Background()) })
	f.router = r
	return f
}

// receive is a destination: it reads what it takes at once.
func (f *fan[D, C]) receive(ctx context.Context, name string, d D, mutates bool, fault func() error) error {
	if got := streamname.FromContext(ctx); got != "shop" {
		f.t.Errorf("destination %s got data of stream %q", name, got)
	}
	if fault != nil {
		if err := fault(); err != nil {
			return err
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.items[name] = append(f.items[name], f.read(d)...)
	if mutates && !f.kind.IsReadOnly(d) {
		f.empty(d)
	}
	return nil
}

// got wants the destinations to have received exactly these items, in any order.
func (f *fan[D, C]) got(want []string, destinations ...string) {
	f.t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, name := range destinations {
		require.Equal(f.t, slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(f.items[name])), "destination %s", name)
	}
}

// counts returns the fan-out's metric as "destination/outcome" to items.
func (f *fan[D, C]) counts() map[string]int64 {
	f.t.Helper()
	m, err := f.telemetry.GetMetric("otelcol_connector_datastreamfanout_items")
	require.NoError(f.t, err)
	counts := make(map[string]int64)
	for _, p := range m.Data.(metricdata.Sum[int64]).DataPoints {
		text := func(key attribute.Key) string {
			v, _ := p.Attributes.Value(key)
			return v.AsString()
		}
		require.Equal(f.t, f.kind.Signal.String()+"/shop", text("signal")+"/"+text("stream"))
		counts[text("destination")+"/"+text("outcome")] = p.Value
	}
	return counts
}

// sum adds up one of the fan-out's gauges.
func (f *fan[D, C]) sum(name string) (sum int64) {
	f.t.Helper()
	m, err := f.telemetry.GetMetric("otelcol_connector_datastreamfanout_" + name)
	require.NoError(f.t, err)
	for _, p := range m.Data.(metricdata.Gauge[int64]).DataPoints {
		sum += p.Value
	}
	return sum
}
