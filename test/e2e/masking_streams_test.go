package e2e

import (
	"bytes"
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/connector/xconnector"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/xconsumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pipeline"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.opentelemetry.io/collector/processor/xprocessor"

	"github.com/otelcol-datastreams/otelcol-datastreams/connector/datastreamrouterconnector"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/samples"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/signal"
	"github.com/otelcol-datastreams/otelcol-datastreams/processor/maskingprocessor"
)

var (
	routerFactory  = datastreamrouterconnector.NewFactory().(xconnector.Factory)
	maskingFactory = maskingprocessor.NewFactory().(xprocessor.Factory)
)

// wiring is how a signal's router and masking processor are put together.
type wiring[D any, C signal.Consumer] struct {
	kind   signal.Kind[D, C]
	sink   func(func(context.Context, D) error) (C, error)
	router func(map[pipeline.ID]C) C
	route  func(context.Context, connector.Settings, component.Config, C) (C, error)
	mask   func(context.Context, processor.Settings, component.Config, C) (C, error)
}

// What a stream masks for itself another stream gets as it came: the same bytes as
// without any masking, whichever of them is called first and whether or not it
// masks something else. Each payload has a secret in every text field.
func TestStreamsMaskForThemselves(t *testing.T) {
	all := everySignal()
	testMaskingStreams(t, all[0], wiring[ptrace.Traces, consumer.Traces]{
		signal.Traces, sinkOf(consumer.NewTraces),
		func(m map[pipeline.ID]consumer.Traces) consumer.Traces { return connector.NewTracesRouter(m) },
		as[consumer.Traces](routerFactory.CreateTracesToTraces), as[consumer.Traces](maskingFactory.CreateTraces),
	})
	testMaskingStreams(t, all[1], wiring[pmetric.Metrics, consumer.Metrics]{
		signal.Metrics, sinkOf(consumer.NewMetrics),
		func(m map[pipeline.ID]consumer.Metrics) consumer.Metrics { return connector.NewMetricsRouter(m) },
		as[consumer.Metrics](routerFactory.CreateMetricsToMetrics), as[consumer.Metrics](maskingFactory.CreateMetrics),
	})
	testMaskingStreams(t, all[2], wiring[plog.Logs, consumer.Logs]{
		signal.Logs, sinkOf(consumer.NewLogs),
		func(m map[pipeline.ID]consumer.Logs) consumer.Logs { return connector.NewLogsRouter(m) },
		as[consumer.Logs](routerFactory.CreateLogsToLogs), as[consumer.Logs](maskingFactory.CreateLogs),
	})
	testMaskingStreams(t, all[3], wiring[pprofile.Profiles, xconsumer.Profiles]{
		signal.Profiles, sinkOf(xconsumer.NewProfiles),
		func(m map[pipeline.ID]xconsumer.Profiles) xconsumer.Profiles { return xconnector.NewProfilesRouter(m) },
		as[xconsumer.Profiles](routerFactory.CreateProfilesToProfiles), as[xconsumer.Profiles](maskingFactory.CreateProfiles),
	})
}

// sinkOf returns a function that makes consumers of functions.
func sinkOf[D any, F ~func(context.Context, D) error, C any](create func(F, ...consumer.Option) (C, error)) func(func(context.Context, D) error) (C, error) {
	return func(f func(context.Context, D) error) (C, error) { return create(f) }
}

// as returns a factory's method for components as one for consumers of their
// signal.
func as[C, S, P any](create func(context.Context, S, component.Config, C) (P, error)) func(context.Context, S, component.Config, C) (C, error) {
	return func(ctx context.Context, set S, cfg component.Config, next C) (C, error) {
		p, err := create(ctx, set, cfg, next)
		if err != nil {
			var none C
			return none, err
		}
		return any(p).(C), nil
	}
}

func testMaskingStreams[D any, C signal.Consumer](t *testing.T, g grown, w wiring[D, C]) {
	t.Run(w.kind.Signal.String(), func(t *testing.T) {
		sample := samples.Sample{Secret: "jane.roe@mail.example", Text: "4111111111111111 of jane.roe@mail.example"}
		g.plant(sample, false)
		d := *g.payload.(*D)
		for i := range w.kind.Len(d) {
			w.kind.Resource(d, i).Attributes().PutStr("service.name", "shop")
		}
		const email, card = "jane.roe@mail.example", "4111111111111111"
		off := w.deliver(t, d, nil)
		require.Equal(t, off["first"], off["last"])
		for _, secret := range []string{email, card} {
			require.Contains(t, string(off["first"]), secret)
		}
		for _, masking := range []string{"first", "last"} {
			other := map[string]string{"first": "last", "last": "first"}[masking]
			on := w.deliver(t, d, map[string][]any{masking: {"email"}})
			require.NotContains(t, string(on[masking]), email)
			require.Contains(t, string(on[masking]), card)
			require.True(t, bytes.Equal(off[other], on[other]), "%s masks, and %s gets something else", masking, other)

			both := w.deliver(t, d, map[string][]any{masking: {"email"}, other: {"credit_card"}})
			require.True(t, bytes.Equal(on[masking], both[masking]), "%s gets something else, as %s masks too", masking, other)
			require.NotContains(t, string(both[other]), card)
			require.Contains(t, string(both[other]), email)
		}
	})
}

// deliver routes a copy of d to two streams of one source, which mask what these
// detectors find, and returns what each gets.
func (w wiring[D, C]) deliver(t *testing.T, d D, detectors map[string][]any) map[string][]byte {
	t.Helper()
	var mu sync.Mutex // of got
	got := make(map[string][]byte)
	consumers := make(map[pipeline.ID]C)
	for _, stream := range []string{"first", "last"} {
		c, err := w.sink(func(_ context.Context, d D) error {
			data, err := w.kind.Marshal(w.kind.Clone(d))
			mu.Lock()
			defer mu.Unlock()
			got[stream] = append(got[stream], data...)
			return err
		})
		require.NoError(t, err)
		if list, ok := detectors[stream]; ok {
			cfg := maskingFactory.CreateDefaultConfig()
			require.NoError(t, confmap.NewFromStringMap(map[string]any{"detectors": list, "fields": map[string]any{"metric_name": true}}).Unmarshal(cfg))
			c, err = w.mask(t.Context(), processortest.NewNopSettings(maskingFactory.Type()), cfg, c)
			require.NoError(t, err)
			require.True(t, c.Capabilities().MutatesData)
			run(t, c)
		}
		consumers[pipeline.NewIDWithName(w.kind.Signal, stream)] = c
	}
	cfg := routerFactory.CreateDefaultConfig()
	source := []any{map[string]any{"service.name": "shop"}}
	require.NoError(t, confmap.NewFromStringMap(map[string]any{"streams": []any{
		map[string]any{"name": "first", "select": source, "when_refused": "push_back", "timeout": "0s"},
		map[string]any{"name": "last", "select": source, "when_refused": "push_back", "timeout": "0s"},
	}}).Unmarshal(cfg))
	in, err := w.route(t.Context(), connectortest.NewNopSettings(routerFactory.Type()), cfg, w.router(consumers))
	require.NoError(t, err)
	run(t, in)
	require.NoError(t, w.kind.Consume(in, t.Context(), w.kind.Clone(d)))
	mu.Lock()
	defer mu.Unlock()
	return got
}

// run starts the component behind a consumer, until the test ends.
func run(t *testing.T, c any) {
	t.Helper()
	comp := c.(component.Component)
	require.NoError(t, comp.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { require.NoError(t, comp.Shutdown(context.WithoutCancel(t.Context()))) })
}
