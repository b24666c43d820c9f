package datastreamrouterconnector

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/otelcol-datastreams/otelcol-datastreams/connector/datastreamrouterconnector/internal/metadata"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/tracehold"
)

var causeNames = [tracehold.Causes]string{
	tracehold.Complete: "complete",
	tracehold.Expired:  "expired",
	tracehold.Pressure: "pressure",
	tracehold.Full:     "full",
	tracehold.Closing:  "closing",
	tracehold.Loose:    "loose",
}

var lateNames = [lateOutcomes]string{lateFollowed: "verdict", lateRouted: "route", lateDropped: "drop"}

// publish registers the callbacks that report what the holder does.
func (h *holder) publish(builder *metadata.TelemetryBuilder) error {
	number := func(value func() int64) metric.Int64Callback {
		return func(_ context.Context, o metric.Int64Observer) error {
			o.Observe(value())
			return nil
		}
	}
	return errors.Join(
		builder.RegisterConnectorDatastreamrouterHeldTracesCallback(number(h.store.Traces)),
		builder.RegisterConnectorDatastreamrouterHeldTraceItemsCallback(number(h.store.Items)),
		builder.RegisterConnectorDatastreamrouterHeldTraceBytesCallback(number(h.store.Bytes)),
		builder.RegisterConnectorDatastreamrouterForgottenVerdictsCallback(number(h.store.Forgotten)),
		builder.RegisterConnectorDatastreamrouterDecidedTracesCallback(func(_ context.Context, o metric.Int64Observer) error {
			for cause, name := range causeNames {
				observeSome(o, h.counts.causes[cause].Load(), attribute.String("cause", name))
			}
			return nil
		}),
		builder.RegisterConnectorDatastreamrouterLateItemsCallback(func(_ context.Context, o metric.Int64Observer) error {
			for outcome, name := range lateNames {
				observeSome(o, h.counts.late[outcome].Load(), attribute.String("followed", name))
			}
			return nil
		}),
		builder.RegisterConnectorDatastreamrouterKeptTracesCallback(h.observeRules),
	)
}

// ruleKey is a rule's decision. That of all beyond the bound has no account.
type ruleKey struct {
	account        *account
	rule, decision int
}

// observeRules reports the decisions of each stream's rules. Those beyond what
// an instrument can have are published together.
func (h *holder) observeRules(_ context.Context, o metric.Int64Observer) error {
	var others [2]int64
	for a, k := range h.keepers {
		for i := range k.decisions {
			name := noRule
			if i < len(k.rules) {
				name = k.rules[i].name
			}
			for kept, decision := range decisionNames {
				n := k.decisions[i][kept].Load()
				if n == 0 {
					continue
				}
				if !h.series.has(ruleKey{a, i, kept}) {
					others[kept] += n
					continue
				}
				observeSome(o, n, attribute.String("stream", a.name), attribute.String("rule", name), attribute.String("decision", decision))
			}
		}
	}
	for kept, n := range others {
		observeSome(o, n, attribute.String("stream", otherStreams), attribute.String("decision", decisionNames[kept]))
	}
	return nil
}

var decisionNames = [...]string{"dropped", "kept"}

// observeSome reports a counter that has counted something.
func observeSome(o metric.Int64Observer, n int64, attrs ...attribute.KeyValue) {
	if n > 0 {
		o.Observe(n, metric.WithAttributeSet(attribute.NewSet(attrs...)))
	}
}
