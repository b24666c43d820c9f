package maskingprocessor

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking"
	"github.com/otelcol-datastreams/otelcol-datastreams/processor/maskingprocessor/internal/metadata"
)

// publish registers the callbacks that report what was counted of one signal.
// The names in their labels come from the configuration, never from data.
func publish(builder *metadata.TelemetryBuilder, signal string, t *masking.Tally) error {
	labels := func(more ...attribute.KeyValue) metric.MeasurementOption {
		return metric.WithAttributeSet(attribute.NewSet(append(more, attribute.String("signal", signal))...))
	}
	total := func(value func() int64) metric.Int64Callback {
		option := labels()
		return func(_ context.Context, o metric.Int64Observer) error {
			o.Observe(value(), option)
			return nil
		}
	}
	return errors.Join(
		builder.RegisterProcessorMaskingScannedCallback(total(t.Bytes)),
		builder.RegisterProcessorMaskingDroppedRecordsCallback(total(t.Dropped)),
		builder.RegisterProcessorMaskingKeyMissesCallback(total(t.KeyMisses)),
		builder.RegisterProcessorMaskingMatchesCallback(func(_ context.Context, o metric.Int64Observer) error {
			t.Matches(func(detector, action, field string, n int64) {
				o.Observe(n, labels(attribute.String("detector", detector), attribute.String("action", action), attribute.String("field", field)))
			})
			return nil
		}),
		builder.RegisterProcessorMaskingRejectedCallback(func(_ context.Context, o metric.Int64Observer) error {
			t.Rejected(func(detector string, n int64) { o.Observe(n, labels(attribute.String("detector", detector))) })
			return nil
		}),
		builder.RegisterProcessorMaskingErrorsCallback(func(_ context.Context, o metric.Int64Observer) error {
			t.Failures(func(reason string, n int64) { o.Observe(n, labels(attribute.String("reason", reason))) })
			return nil
		}),
	)
}
