package datastreamrouterconnector

import (
	"context"
	"errors"

	"go.opentelemetry.io/collector/pipeline"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// publish publishes the router's accounts and numbers.
func (r *router[D, C]) publish(accounts []*account, labels int) error {
	of := attribute.String("signal", r.kind.Signal.String())
	l := newLedger(accounts, &r.missing, labels, newBudget(), streamLabels(of), of)
	if r.kind.Signal == pipeline.SignalTraces {
		l.held = r.holder // It counts the log records, too.
	}
	b := r.builder
	return errors.Join(
		l.publish(instruments{
			items:       b.RegisterConnectorDatastreamrouterItemsCallback,
			pending:     b.RegisterConnectorDatastreamrouterPendingItemsCallback,
			held:        b.RegisterConnectorDatastreamrouterHeldBytesCallback,
			unaccounted: b.RegisterConnectorDatastreamrouterUnaccountedItemsCallback,
		}),
		b.RegisterConnectorDatastreamrouterDoubleDeliveriesCallback(l.observeEach(func(a *account) int64 { return a.doubled.Load() })),
		b.RegisterConnectorDatastreamrouterConditionErrorsCallback(observe(r.conditionErrors, of)),
		b.RegisterConnectorDatastreamrouterForgottenGroupsCallback(observe(r.forgotten, of)),
	)
}

// streamLabels returns what tells a stream's series from others of a signal.
func streamLabels(of attribute.KeyValue) func(string) []attribute.KeyValue {
	return func(stream string) []attribute.KeyValue {
		if stream == "" {
			return []attribute.KeyValue{of}
		}
		return []attribute.KeyValue{of, attribute.String("stream", stream)}
	}
}

// observe reports a number with attributes.
func observe(value func() int64, attrs ...attribute.KeyValue) metric.Int64Callback {
	of := metric.WithAttributeSet(attribute.NewSet(attrs...))
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
