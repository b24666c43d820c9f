package datastreamrouterconnector

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// TracesConfig says what the router does with a trace whose resources belong to
// different streams, and how it waits for whole traces.
type TracesConfig struct {
	// Integrity is "split" (default): every resource goes to its own streams,
	// whatever its trace; "root": the whole trace goes to the streams of its root
	// span's resource; "any": to every stream of any of its resources. Traces
	// are held until they are complete for root and any, and if any stream has
	// rules what to keep.
	Integrity string `mapstructure:"integrity"`

	// Hold is the longest time that a trace is held, from its first span on.
	// Default: 30s.
	Hold time.Duration `mapstructure:"hold"`

	// Quiet is how long after its latest span a trace that has its root is
	// complete. Default: 2s.
	Quiet time.Duration `mapstructure:"quiet"`

	// Remember is how long the verdict over a trace is remembered at least, for
	// spans that come late. Default: 5m.
	Remember time.Duration `mapstructure:"remember"`

	// MaxVerdicts bounds the verdicts that are remembered, of about 50 bytes
	// each. Default: 500000.
	MaxVerdicts int `mapstructure:"max_verdicts"`

	// Late says what happens to spans that come when the verdict over their trace
	// may be forgotten: they have no root, and started longer ago than Remember.
	// "route" (default): they go like a trace without a root; "drop": they are
	// dropped and counted.
	Late string `mapstructure:"late"`

	// MaxBytes bounds the memory of held traces, in bytes; one trace may have a
	// sixteenth. At the bound the oldest and largest are decided early, with
	// what is known of them. Default: 256 MiB.
	MaxBytes int64 `mapstructure:"max_bytes"`

	// Logs is "independent" (default): log records are routed by their resource;
	// "follow_trace": those with a trace ID go where their trace goes, and are
	// dropped where it is.
	Logs string `mapstructure:"logs"`

	// EstimateSplits measures, from a sample of 4,096 traces, how many are
	// divided between streams. Default: true.
	EstimateSplits bool `mapstructure:"estimate_splits"`
}

const (
	integritySplit = "split"
	integrityRoot  = "root"
	integrityAny   = "any"

	lateRoute = "route"
	lateDrop  = "drop"

	logsIndependent = "independent"
	logsFollow      = "follow_trace"

	defaultHold        = 30 * time.Second
	defaultQuiet       = 2 * time.Second
	defaultRemember    = 5 * time.Minute
	defaultMaxVerdicts = 500_000
	defaultMaxBytes    = 256 << 20
	minMaxBytes        = 1 << 20

	// traceShare is the part of MaxBytes that one trace may have.
	traceShare = 16
)

// NewDefaultTracesConfig returns the default, for programs that build a Config
// themselves.
func NewDefaultTracesConfig() TracesConfig {
	return TracesConfig{
		Integrity: integritySplit, Hold: defaultHold, Quiet: defaultQuiet,
		Remember: defaultRemember, MaxVerdicts: defaultMaxVerdicts, Late: lateRoute,
		MaxBytes: defaultMaxBytes, Logs: logsIndependent, EstimateSplits: true,
	}
}

// problems returns everything wrong with the block.
func (c *TracesConfig) problems() []error {
	var errs []error
	oneOf := func(key, value string, known ...string) {
		if !slices.Contains(known, value) {
			errs = append(errs, fmt.Errorf("%s: %q is none of %q", key, value, known))
		}
	}
	oneOf("integrity", c.Integrity, integritySplit, integrityRoot, integrityAny)
	oneOf("late", c.Late, lateRoute, lateDrop)
	oneOf("logs", c.Logs, logsIndependent, logsFollow)
	if c.Hold <= 0 || c.Quiet <= 0 || c.Remember <= 0 {
		errs = append(errs, errors.New("hold, quiet and remember must be positive"))
	} else if c.Quiet > c.Hold {
		errs = append(errs, fmt.Errorf("quiet: %s is longer than hold, %s, so that no trace would ever be complete", c.Quiet, c.Hold))
	}
	if c.MaxVerdicts <= 0 {
		errs = append(errs, errors.New("max_verdicts must be positive"))
	}
	if c.MaxBytes < minMaxBytes {
		errs = append(errs, fmt.Errorf("max_bytes: %d is less than %d", c.MaxBytes, minMaxBytes))
	}
	return errs
}

// holds reports whether traces are held until they are decided.
func (c *Config) holds() bool {
	return c.Traces.Integrity == integrityRoot || c.Traces.Integrity == integrityAny ||
		slices.ContainsFunc(c.Streams, func(s StreamConfig) bool { return len(s.Keep) > 0 })
}

// follows reports whether log records follow their traces.
func (c *Config) follows() bool { return c.Traces.Logs == logsFollow && c.holds() }

// validateTraces returns everything wrong with the traces block and the streams'
// rules.
func (c *Config) validateTraces() []error {
	var errs []error
	for _, err := range c.Traces.problems() {
		errs = append(errs, fmt.Errorf("traces::%w", err))
	}
	if c.Traces.Logs == logsFollow && !c.holds() {
		errs = append(errs, errors.New("traces::logs: there are no verdicts to follow; set integrity to root or any, or give a stream keep rules"))
	}
	_, problems := c.compileKeep(nopSettings)
	return append(errs, problems...)
}
