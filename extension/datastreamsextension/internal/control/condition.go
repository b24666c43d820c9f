package control

import (
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/component/componentstatus"

	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/api"
	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/feed"
	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/health"
	"github.com/otelcol-datastreams/otelcol-datastreams/extension/datastreamsextension/internal/redact"
)

const (
	// recently is how old an error may be and still say something of now: exporters
	// that try again log one at least every half a minute.
	recently = 2 * time.Minute
	// maxError bounds a message that is shown, in bytes.
	maxError = 500
)

// Conditions implements api.Feed.
func (c *Control) Conditions() map[string]api.Condition {
	d, err := c.Document()
	if err != nil || c.collector.Health == nil {
		return nil
	}
	_, view := c.state()
	if view == nil {
		return nil
	}
	secrets := c.collector.Rules.Secrets(d.Applied.Data, redact.Lookup)
	numbers := c.taker.Destinations()
	all := make(map[string]api.Condition, len(view.Destinations))
	for _, e := range view.Destinations {
		state := c.collector.Health.State(e.ID)
		var now *feed.Destination
		if i := slices.IndexFunc(numbers, func(n feed.Destination) bool { return n.Name == e.Name }); i >= 0 {
			now = &numbers[i]
		}
		condition := api.Condition{Health: healthOf(state, now, time.Since(state.Failure.Time) < recently)}
		if !state.Failure.Time.IsZero() {
			message := redact.Message(state.Failure.Message, secrets)
			condition.LastError = &api.LastError{Time: state.Failure.Time.UTC(), Message: strings.ToValidUTF8(message[:min(len(message), maxError)], "")}
		}
		all[e.Name] = condition
	}
	return all
}

// healthOf judges a destination by what its exporter says and, if anybody looks,
// by its numbers: now is nil if nobody does.
func healthOf(state health.State, now *feed.Destination, fresh bool) api.Health {
	switch state.Status {
	case componentstatus.StatusNone:
		return api.HealthUnknown
	case componentstatus.StatusPermanentError, componentstatus.StatusFatalError:
		return api.HealthFailed
	}
	delivers := now != nil && now.Sent > 0
	failing := fresh || now != nil && now.Failed > 0 || state.Status == componentstatus.StatusRecoverableError
	switch {
	case failing && !delivers && (now != nil || state.Failure.Dropped):
		return api.HealthFailed
	case failing, now != nil && now.Health == "slow":
		return api.HealthDegraded
	default:
		return api.HealthOK
	}
}
