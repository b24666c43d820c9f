package datastreamsextension

import (
	"context"
	"errors"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/metadata"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/live"
)

// publish reports the document's state. Its counters are of the process, not
// of the service: a reload does not set them back.
func publish(settings component.TelemetrySettings, document *live.Document) (*metadata.TelemetryBuilder, error) {
	builder, err := metadata.NewTelemetryBuilder(settings)
	if err != nil {
		return nil, err
	}
	return builder, errors.Join(
		builder.RegisterExtensionDatastreamsRevisionCallback(func(_ context.Context, o metric.Int64Observer) error {
			if _, number := document.Current(); number > 0 {
				o.Observe(int64(number))
			}
			return nil
		}),
		builder.RegisterExtensionDatastreamsLastRejectionCallback(func(_ context.Context, o metric.Int64Observer) error {
			if at := document.LastMistake(); !at.IsZero() {
				o.Observe(at.Unix())
			}
			return nil
		}),
		builder.RegisterExtensionDatastreamsChangesCallback(func(_ context.Context, o metric.Int64Observer) error {
			for outcome, n := range document.Counts() {
				o.Observe(n, metric.WithAttributeSet(attribute.NewSet(
					attribute.String("kind", string(outcome.Kind)), attribute.String("result", string(outcome.Result)),
				)))
			}
			return nil
		}),
	)
}
