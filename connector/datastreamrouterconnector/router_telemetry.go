package datastreamrouterconnector

import (
	"context"

	"go.opentelemetry.io/collector/pipeline"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// observe reports a number of the whole router.
func (r *router[D, C]) observe(value func() int64) metric.Int64Callback {
	of := metric.WithAttributeSet(attribute.NewSet(attribute.String("signal", r.kind.Signal.String())))
	return func(_ context.Context, o metric.Int64Observer) error {
		o.Observe(value(), of)
		return nil
	}
}

func (r *router[D, C]) conditionErrors() int64 {
	n := r.generation.Load().conditionErrors()
	if r.holder != nil && r.kind.Signal == pipeline.SignalTraces {
		n += r.holder.rules.errors.Load()
	}
	return n
}

func (r *router[D, C]) forgotten() int64 {
	if r.stage.repeats == nil {
		return 0
	}
	return r.stage.repeats.lost()
}
