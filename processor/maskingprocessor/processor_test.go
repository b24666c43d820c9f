package maskingprocessor

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/consumer/xconsumer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/xprocessor"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/signal"
	"github.com/otelcol-datastreams/otelcol-datastreams/processor/maskingprocessor/internal/metadata"
)

// subject is what the tests need to know of a signal beyond its Kind.
type subject[D any, C signal.Consumer] struct {
	kind   signal.Kind[D, C]
	new    func(fill func(pcommon.Resource)) D
	create func(processor.Settings, component.Config) (component.Component, C, error)
}

func runSubject[D any, C signal.Consumer](t *testing.T, s subject[D, C]) {
	t.Run(s.kind.Signal.String(), func(t *testing.T) {
		tel := componenttest.NewTelemetry()
		set := processor.Settings{ID: component.NewID(metadata.Type), TelemetrySettings: tel.NewTelemetrySettings()}
		comp, in, err := s.create(set, createDefaultConfig())
		require.NoError(t, err)
		require.NoError(t, comp.Start(t.Context(), componenttest.NewNopHost()))
		require.Equal(t, consumer.Capabilities{MutatesData: true}, in.Capabilities())

		d := s.new(func(r pcommon.Resource) {
			r.Attributes().PutStr("user", "write to jane@shop.example, 4111111111111112")
			r.Attributes().PutStr("db.password", "x")
		})
		require.NoError(t, s.kind.Consume(in, t.Context(), d))
		require.Equal(t, map[string]any{"user": "write to ***email***, 4111111111111112", "db.password": "***key_rule***"}, s.kind.Resource(d, 0).Attributes().AsRaw())

		read := s.new(func(pcommon.Resource) {})
		s.kind.MarkReadOnly(read)
		err = s.kind.Consume(in, t.Context(), read)
		require.True(t, consumererror.IsPermanent(err), "%v", err)

		for name, want := range map[string]int64{
			"otelcol_processor_masking_matches": 2, "otelcol_processor_masking_rejected": 1, "otelcol_processor_masking_key_misses": 2, "otelcol_processor_masking_errors": 0,
		} {
			m, err := tel.GetMetric(name)
			require.NoError(t, err)
			sum := int64(0)
			for _, p := range m.Data.(metricdata.Sum[int64]).DataPoints {
				sum += p.Value
				got, ok := p.Attributes.Value("signal")
				require.True(t, ok)
				require.Equal(t, s.kind.Signal.String(), got.AsString())
			}
			require.Equal(t, want, sum, name)
		}
		require.NoError(t, comp.Shutdown(t.Context()))
		require.NoError(t, tel.Shutdown(context.WithoutCancel(t.Context())))
	})
}

// Each signal is masked, counted under its name, and never handed on read-only.
func TestSignals(t *testing.T) {
	f := NewFactory().(xprocessor.Factory)
	nop := consumertest.NewNop()
	runSubject(t, subject[ptrace.Traces, consumer.Traces]{
		kind: signal.Traces,
		new: func(fill func(pcommon.Resource)) ptrace.Traces {
			d := ptrace.NewTraces()
			fill(d.ResourceSpans().AppendEmpty().Resource())
			return d
		},
		create: func(set processor.Settings, cfg component.Config) (component.Component, consumer.Traces, error) {
			p, err := f.CreateTraces(t.Context(), set, cfg, nop)
			return p, p, err
		},
	})
	runSubject(t, subject[pmetric.Metrics, consumer.Metrics]{
		kind: signal.Metrics,
		new: func(fill func(pcommon.Resource)) pmetric.Metrics {
			d := pmetric.NewMetrics()
			fill(d.ResourceMetrics().AppendEmpty().Resource())
			return d
		},
		create: func(set processor.Settings, cfg component.Config) (component.Component, consumer.Metrics, error) {
			p, err := f.CreateMetrics(t.Context(), set, cfg, nop)
			return p, p, err
		},
	})
	runSubject(t, subject[plog.Logs, consumer.Logs]{
		kind: signal.Logs,
		new: func(fill func(pcommon.Resource)) plog.Logs {
			d := plog.NewLogs()
			fill(d.ResourceLogs().AppendEmpty().Resource())
			return d
		},
		create: func(set processor.Settings, cfg component.Config) (component.Component, consumer.Logs, error) {
			p, err := f.CreateLogs(t.Context(), set, cfg, nop)
			return p, p, err
		},
	})
	runSubject(t, subject[pprofile.Profiles, xconsumer.Profiles]{
		kind: signal.Profiles,
		new: func(fill func(pcommon.Resource)) pprofile.Profiles {
			d := pprofile.NewProfiles()
			fill(d.ResourceProfiles().AppendEmpty().Resource())
			return d
		},
		create: func(set processor.Settings, cfg component.Config) (component.Component, xconsumer.Profiles, error) {
			p, err := f.CreateProfiles(t.Context(), set, cfg, nop)
			return p, p, err
		},
	})
}
