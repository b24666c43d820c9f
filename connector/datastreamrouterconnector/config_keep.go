package datastreamrouterconnector

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/sampling"
)

// KeepRule says which traces a stream keeps. A stream's rules are asked in
// order about a whole trace, all of its spans, and the first whose conditions
// all hold decides. A stream without rules keeps everything; one with rules
// drops what none of them is about.
type KeepRule struct {
	// Name is what the rule is called in metrics. Required, unique in its stream.
	Name string `mapstructure:"name"`

	// Errors holds if a span has the status error.
	Errors bool `mapstructure:"errors,omitempty"`

	// SlowerThan holds if the trace took longer, from the first start of a span
	// to the last end.
	SlowerThan time.Duration `mapstructure:"slower_than,omitempty"`

	// MinSpans holds if the trace has at least as many spans.
	MinSpans int `mapstructure:"min_spans,omitempty"`

	// Attributes holds if any span has all of these attributes: keys to what
	// their values must be, as in select.
	Attributes map[string]any `mapstructure:"attributes,omitempty"`

	// Condition holds if this OTTL condition does for any span.
	Condition string `mapstructure:"condition,omitempty"`

	// Sources holds if any span's resource is one of these, in the form of select.
	Sources []map[string]any `mapstructure:"sources,omitempty"`

	// Never drops the traces that the rule is about.
	Never bool `mapstructure:"never,omitempty"`

	// Percent keeps this share of them, by consistent probability: 0 to 100.
	Percent *float64 `mapstructure:"percent,omitempty"`

	// SpansPerSecond keeps about as many spans per second, fairly divided among
	// what the root spans' sources and names tell apart.
	SpansPerSecond *float64 `mapstructure:"spans_per_second,omitempty"`

	// Share says what is fair for SpansPerSecond: "sqrt" (default) gives more to
	// what there is more of, so that all counts are about equally exact; "equal"
	// the same to all, best for what is rare.
	Share string `mapstructure:"share,omitempty"`
}

const (
	shareSqrt  = "sqrt"
	shareEqual = "equal"
)

var keepKeys = []string{
	"name", "errors", "slower_than", "min_spans", "attributes", "condition", "sources",
	"never", "percent", "spans_per_second", "share",
}

var tracesKeys = []string{
	"integrity", "hold", "quiet", "remember", "max_verdicts", "late", "max_bytes", "logs", "estimate_splits",
}

var nopSettings = component.TelemetrySettings{Logger: zap.NewNop()}

// Unmarshal decodes over the defaults.
func (c *TracesConfig) Unmarshal(conf *confmap.Conf) error {
	*c = NewDefaultTracesConfig()
	return conf.Unmarshal(c)
}

// unknownTraceKeys removes unknown keys from the traces block and the rules of a
// raw configuration and reports each.
func unknownTraceKeys(raw map[string]any) []error {
	var errs []error
	if traces, ok := raw["traces"].(map[string]any); ok {
		errs = dropUnknown(traces, "traces", tracesKeys)
	}
	streams, _ := raw["streams"].([]any)
	for i, item := range streams {
		stream, _ := item.(map[string]any)
		rules, _ := stream["keep"].([]any)
		for j, rule := range rules {
			if m, ok := rule.(map[string]any); ok {
				errs = append(errs, dropUnknown(m, fmt.Sprintf("streams::%d::keep::%d", i, j), keepKeys)...)
			}
		}
	}
	return errs
}

// isUnconditional reports whether the rule is about every trace.
func (k *KeepRule) isUnconditional() bool {
	return !k.Errors && k.SlowerThan == 0 && k.MinSpans == 0 && len(k.Attributes) == 0 && k.Condition == "" && len(k.Sources) == 0
}

// problems returns everything wrong with the rule but for its conditions'
// syntax.
func (k *KeepRule) problems() []error {
	var errs []error
	if k.Name == "" {
		errs = append(errs, errors.New("name: a rule needs a name, for the metrics"))
	}
	if k.actions() > 1 {
		errs = append(errs, errors.New("never, percent and spans_per_second exclude each other; without any of them the rule keeps all"))
	}
	if k.Percent != nil && !(*k.Percent >= 0 && *k.Percent <= 100) {
		errs = append(errs, fmt.Errorf("percent: %v is not from 0 to 100", *k.Percent))
	}
	if k.SlowerThan < 0 || k.MinSpans < 0 {
		errs = append(errs, errors.New("slower_than and min_spans must not be negative"))
	}
	return append(errs, k.rateProblems()...)
}

// rateProblems returns what is wrong with a target rate.
func (k *KeepRule) rateProblems() []error {
	var errs []error
	if v := k.SpansPerSecond; v != nil && (!(*v > 0) || math.IsInf(*v, 1)) {
		errs = append(errs, fmt.Errorf("spans_per_second: %v is no rate; write one, or never: true", *v))
	}
	if k.Share != "" && k.Share != shareSqrt && k.Share != shareEqual {
		errs = append(errs, fmt.Errorf("share: %q is neither %q nor %q", k.Share, shareSqrt, shareEqual))
	}
	if k.Share != "" && k.SpansPerSecond == nil {
		errs = append(errs, errors.New("share: it is about spans_per_second, which is not set"))
	}
	return errs
}

// actions counts what the rule says to do.
func (k *KeepRule) actions() int {
	n := 0
	for _, given := range []bool{k.Never, k.Percent != nil, k.SpansPerSecond != nil} {
		if given {
			n++
		}
	}
	return n
}

// share is what SpansPerSecond divides by.
func (k *KeepRule) share() sampling.Share {
	if k.Share == shareEqual {
		return sampling.ShareEqual
	}
	return sampling.ShareSqrt
}

// compileKeep compiles the rules of all streams, by name, and returns everything
// wrong with them.
func (c *Config) compileKeep(settings component.TelemetrySettings) (*keepRules, []error) {
	var errs []error
	rules := &keepRules{streams: make(map[string]*keeper), settings: settings}
	for i := range c.Streams {
		s := &c.Streams[i]
		if len(s.Keep) == 0 {
			continue
		}
		k, problems := rules.compile(s.Keep)
		for _, err := range problems {
			errs = append(errs, fmt.Errorf("streams::%d::keep::%w", i, err))
		}
		rules.streams[s.Name] = k
	}
	if len(rules.facts) > maxFacts {
		errs = append(errs, fmt.Errorf("the keep rules have %d different conditions over spans and sources; the limit is %d", len(rules.facts), maxFacts))
	}
	return rules, errs
}

// sameKeep reports whether both have the same rules.
func sameKeep(a, b []KeepRule) bool {
	return slices.EqualFunc(a, b, func(a, b KeepRule) bool {
		return fmt.Sprint(a.plain()) == fmt.Sprint(b.plain())
	})
}

// plain is the rule as text, with its maps in order and no pointers.
func (k *KeepRule) plain() []any {
	percent, rate := -1.0, -1.0
	if k.Percent != nil {
		percent = *k.Percent
	}
	if k.SpansPerSecond != nil {
		rate = *k.SpansPerSecond
	}
	var sources []string
	for _, s := range k.Sources {
		sources = append(sources, plainMap(s))
	}
	return []any{
		k.Name, k.Errors, k.SlowerThan, k.MinSpans, plainMap(k.Attributes), k.Condition, sources,
		k.Never, percent, rate, k.Share,
	}
}

func plainMap(m map[string]any) string {
	var text strings.Builder
	for _, key := range slices.Sorted(maps.Keys(m)) {
		fmt.Fprintf(&text, "%q=%v;", key, m[key]) // fmt prints maps in the order of their keys.
	}
	return text.String()
}
