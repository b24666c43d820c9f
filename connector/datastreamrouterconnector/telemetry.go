package datastreamrouterconnector

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/otelcol-datastreams/otelcol-datastreams/connector/datastreamrouterconnector/internal/metadata"
)

// Outcomes of an item, as metadata.yaml lists them.
const (
	outcomeDelivered  = "delivered"
	outcomeNoPipeline = "no_pipeline"
	outcomeRefused    = "refused"
	outcomeRejected   = "rejected"
	outcomeUnmatched  = "unmatched"
)

// tally counts the items of one outcome. Its attributes are resolved at
// construction; the zero value is not usable.
type tally struct {
	counter metric.Int64Counter
	options []metric.AddOption
}

func newTally(b *metadata.TelemetryBuilder, signal, stream, outcome string) tally {
	attrs := []attribute.KeyValue{
		attribute.String("signal", signal),
		attribute.String("outcome", outcome),
	}
	if stream != "" {
		attrs = append(attrs, attribute.String("stream", stream))
	}
	return tally{
		counter: b.ConnectorDatastreamrouterItems,
		options: []metric.AddOption{metric.WithAttributeSet(attribute.NewSet(attrs...))},
	}
}

func (t tally) add(ctx context.Context, items int) {
	if items > 0 {
		t.counter.Add(ctx, int64(items), t.options...)
	}
}
