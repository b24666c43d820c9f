package datastreamrouterconnector

import (
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/component"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/streamname"
)

// FanOutConfig is the configuration of a fan-out, which hands the data of one
// stream to several destinations. Each pipeline that lists it as a receiver is
// a destination, called like the pipeline, from the last slash on.
type FanOutConfig struct {
	// Stream is the name of the stream that the data is of.
	Stream string `mapstructure:"stream"`

	// WhenRefused says what happens to data that a destination refuses for now:
	// as in StreamConfig, for each destination by itself. Default: "retry".
	WhenRefused string `mapstructure:"when_refused"`

	// RetryFor bounds how long refused data is offered again, or a sender told
	// to send again; after that it is dropped. Default: 5m.
	RetryFor time.Duration `mapstructure:"retry_for"`

	// Timeout is how long the stream and the destinations behind this one wait
	// for a destination. 0 waits for ever. Default: 250ms.
	Timeout time.Duration `mapstructure:"timeout"`

	// HoldBytes bounds what is held of one signal for all destinations together,
	// in bytes of OTLP; one destination may have half of it. Default: 64 MiB.
	HoldBytes int64 `mapstructure:"hold_bytes"`

	shared *fanOuts
}

var _ interface{ Validate() error } = (*FanOutConfig)(nil)

// fanOutDefaults returns what makes a default configuration, for fan-outs that
// shut down together.
func fanOutDefaults() component.CreateDefaultConfigFunc {
	shared := new(fanOuts)
	return func() component.Config {
		return &FanOutConfig{
			WhenRefused: refusalRetry, RetryFor: defaultRetryFor, Timeout: defaultTimeout, HoldBytes: defaultHoldBytes, shared: shared,
		}
	}
}

// Validate reports every problem of the configuration, each with its key.
func (c *FanOutConfig) Validate() error {
	var errs []error
	if err := streamname.Validate(c.Stream); err != nil {
		errs = append(errs, fmt.Errorf("stream: %w", err))
	}
	if c.HoldBytes < 0 {
		errs = append(errs, errors.New("hold_bytes must not be negative"))
	}
	return errors.Join(append(errs, c.policy().validate()...)...)
}

func (c *FanOutConfig) policy() policy {
	return policy{refusal: c.WhenRefused, retryFor: c.RetryFor, timeout: c.Timeout}
}
