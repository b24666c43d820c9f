package maskingprocessor

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/processor"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/signal"
	"github.com/otelcol-datastreams/otelcol-datastreams/processor/maskingprocessor/internal/metadata"
)

// maskingProcessor masks payloads D on their way to the consumer C. It has no
// goroutines.
type maskingProcessor[D any, C signal.Consumer] struct {
	kind      signal.Kind[D, C]
	mask      func(*masking.Masker, D)
	masker    *masking.Masker
	next      C
	telemetry *metadata.TelemetryBuilder
}

func newProcessor[D any, C signal.Consumer](
	set processor.Settings, cfg component.Config, next C, kind signal.Kind[D, C], mask func(*masking.Masker, D),
) (*maskingProcessor[D, C], error) {
	policy, err := cfg.(*Config).policy()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", kind.Signal, err)
	}
	builder, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	p := &maskingProcessor[D, C]{kind: kind, mask: mask, masker: masking.NewMasker(policy), next: next, telemetry: builder}
	if err := publish(builder, kind.Signal.String(), p.masker.Tally()); err != nil {
		builder.Shutdown()
		return nil, err
	}
	return p, nil
}

// consume masks d and hands it on. The Collector gives a processor that mutates
// data a payload of its own; one that is read-only all the same is refused, for
// handing it on would leak.
func (p *maskingProcessor[D, C]) consume(ctx context.Context, d D) error {
	if p.kind.IsReadOnly(d) {
		return consumererror.NewPermanent(fmt.Errorf("masking: the payload is read-only; %s cannot be masked", p.kind.Signal))
	}
	p.mask(p.masker, d)
	return p.kind.Consume(p.next, ctx, d)
}

func (p *maskingProcessor[D, C]) shutdown(context.Context) error {
	p.telemetry.Shutdown()
	return nil
}
