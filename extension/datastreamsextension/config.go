package datastreamsextension

import (
	"errors"
	"time"

	"go.opentelemetry.io/collector/component"
)

// Config is the configuration of the extension.
type Config struct {
	// Document is the path of the document that the collector runs by. The
	// datastreams provider fills it in; users leave it out.
	Document string `mapstructure:"document"`

	// PollInterval is the time between two looks at the document. Default: 1s.
	PollInterval time.Duration `mapstructure:"poll_interval"`

	// SettleTime is how long a changed document must stay the same before it is
	// applied, so that what is half written is not. Default: 300ms.
	SettleTime time.Duration `mapstructure:"settle_time"`

	HTTPConfig `mapstructure:",squash"`
}

func createDefaultConfig() component.Config {
	return &Config{PollInterval: time.Second, SettleTime: 300 * time.Millisecond, HTTPConfig: defaultHTTP()}
}

// Validate reports every problem of the configuration.
func (c *Config) Validate() error {
	var errs []error
	if c.PollInterval <= 0 {
		errs = append(errs, errors.New("poll_interval: must be greater than 0"))
	}
	if c.SettleTime < 0 {
		errs = append(errs, errors.New("settle_time: must not be negative"))
	}
	return errors.Join(errs...)
}
