package datastreamrouterconnector

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/pipeline"
	"go.opentelemetry.io/collector/pipeline/xpipeline"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/match"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/match/ottlcondition"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/streamname"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/suggest"
)

// Config is the configuration of the router.
type Config struct {
	// Match says which of the streams that match a resource get it: "all"
	// (default) or "first", the one that is listed first.
	Match string `mapstructure:"match"`

	// Streams in order of precedence and delivery. At least one.
	Streams []StreamConfig `mapstructure:"streams"`

	// HoldBytes bounds what the streams of one signal hold together after their
	// pipelines refused it, in bytes of OTLP; one stream may have half of it.
	// It takes about four times as much memory. Default: 64 MiB.
	HoldBytes int64 `mapstructure:"hold_bytes"`

	// MaxStreamLabels is the number of streams that have a label of their own
	// in the router's metrics; the others share one. Default: 500.
	MaxStreamLabels int `mapstructure:"max_stream_labels"`

	// Dedupe says whether a destination may get an item from several streams:
	// "none" (default), every stream delivers; "per_destination", a stream leaves
	// to the streams before it what they deliver to all of its exporters.
	Dedupe string `mapstructure:"dedupe"`

	// Traces says how whole traces are kept together.
	Traces TracesConfig `mapstructure:"traces"`

	// Pipelines names, by signal, the pipelines that list this router as a
	// receiver, and the exporters that each ends in. The datastreams converter
	// fills it in, so that `validate` can compare it with Streams; users leave it
	// out.
	Pipelines map[string]map[string][]string `mapstructure:"pipelines,omitempty"`

	// problems were found while decoding. Validate reports them together with
	// its own, so that one run shows everything.
	problems []error

	holder *holder         // that the connector's routers share
	fed    map[string]bool // the streams with a pipeline for any signal
}

// StreamConfig defines one stream. Its data goes to the pipelines of the same
// name (traces/payments, logs/payments, ...) that list the router as receiver.
type StreamConfig struct {
	// Name is the identity of the stream.
	Name string `mapstructure:"name"`

	// Select lists alternatives; each maps resource attributes to what their
	// values must be, and all attributes of one entry must match.
	Select []map[string]any `mapstructure:"select,omitempty"`

	// Exclude has the form of Select. What it matches is not of this stream.
	Exclude []map[string]any `mapstructure:"exclude,omitempty"`

	// Default makes this the stream of what no other stream takes. At most one
	// stream is the default, and it has no Select.
	Default bool `mapstructure:"default,omitempty"`

	// Observe makes the stream match and count, and deliver nothing: others take
	// the data as if the stream were not there. It needs no pipeline.
	Observe bool `mapstructure:"observe,omitempty"`

	// Paused drops and counts what the stream takes.
	Paused bool `mapstructure:"paused,omitempty"`

	// Keep lists rules which traces the stream keeps; without any it keeps all.
	// Traces are then held until they are complete.
	Keep []KeepRule `mapstructure:"keep,omitempty"`

	// WhenRefused says what happens to data that the stream's pipeline refuses
	// for now. "retry" (default): it is held in memory and offered again;
	// neither the sender nor another stream notices. "drop": it is dropped.
	// "push_back": the sender is told to send again, and waits for this stream.
	WhenRefused string `mapstructure:"when_refused"`

	// RetryFor bounds how long refused data is offered again, or a sender told
	// to send again; after that it is dropped. Default: 5m.
	RetryFor time.Duration `mapstructure:"retry_for"`

	// Timeout is how long a payload's sender and the streams behind this one
	// wait for the stream's pipeline, or up to an eighth longer (2 ms at least,
	// 100 ms at most). The call itself goes on. 0 waits for ever. Default: 250ms.
	Timeout time.Duration `mapstructure:"timeout"`
}

const (
	matchAll   = "all"
	matchFirst = "first"

	refusalRetry    = "retry"
	refusalDrop     = "drop"
	refusalPushBack = "push_back"

	dedupeNone           = "none"
	dedupePerDestination = "per_destination"

	defaultHoldBytes       = 64 << 20
	defaultMaxStreamLabels = 500
	defaultRetryFor        = 5 * time.Minute
	defaultTimeout         = 250 * time.Millisecond
)

var (
	_ confmap.Unmarshaler           = (*Config)(nil)
	_ interface{ Validate() error } = (*Config)(nil)
)

func createDefaultConfig() component.Config {
	return &Config{Match: matchAll, Dedupe: dedupeNone, HoldBytes: defaultHoldBytes, MaxStreamLabels: defaultMaxStreamLabels, Traces: NewDefaultTracesConfig()}
}

// NewDefaultStreamConfig returns a stream with the default policy, for programs
// that build a Config themselves.
func NewDefaultStreamConfig() StreamConfig {
	return StreamConfig{WhenRefused: refusalRetry, RetryFor: defaultRetryFor, Timeout: defaultTimeout}
}

// Unmarshal decodes over the defaults of a stream.
func (s *StreamConfig) Unmarshal(conf *confmap.Conf) error {
	*s = NewDefaultStreamConfig()
	return conf.Unmarshal(s)
}

var signals = []pipeline.Signal{pipeline.SignalTraces, pipeline.SignalMetrics, pipeline.SignalLogs, xpipeline.SignalProfiles}

// Unmarshal decodes strictly, but leaves the complaints to Validate: an error
// here would hide all other problems of the configuration.
func (c *Config) Unmarshal(conf *confmap.Conf) error {
	raw := conf.ToStringMap()
	c.problems = dropUnknown(raw, "", []string{"match", "streams", "hold_bytes", "max_stream_labels", "dedupe", "traces", "pipelines"})
	if list, ok := raw["streams"].([]any); ok {
		for i, item := range list {
			if stream, ok := item.(map[string]any); ok {
				c.problems = append(c.problems, dropUnknown(stream, fmt.Sprintf("streams::%d", i), []string{"name", "select", "exclude", "default", "observe", "paused", "keep", "when_refused", "retry_for", "timeout"})...)
			}
		}
	}
	c.problems = append(c.problems, unknownTraceKeys(raw)...)
	type plain Config // without this method
	if err := confmap.NewFromStringMap(raw).Unmarshal((*plain)(c), confmap.WithIgnoreUnused()); err != nil {
		c.problems = append(c.problems, err)
	}
	return nil
}

// dropUnknown removes the keys of m that are not known and reports each.
func dropUnknown(m map[string]any, path string, known []string) []error {
	var errs []error
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if slices.Contains(known, key) {
			continue
		}
		delete(m, key)
		where := key
		if path != "" {
			where = path + "::" + key
		}
		errs = append(errs, fmt.Errorf("%s: unknown key%s", where, suggest.Among(key, known)))
	}
	return errs
}

// Validate reports every problem of the configuration, each with its path.
func (c *Config) Validate() error {
	errs := slices.Clone(c.problems)
	if c.Match != matchAll && c.Match != matchFirst {
		errs = append(errs, fmt.Errorf("match: %q is neither %q nor %q", c.Match, matchAll, matchFirst))
	}
	if c.Dedupe != dedupeNone && c.Dedupe != dedupePerDestination {
		errs = append(errs, fmt.Errorf("dedupe: %q is neither %q nor %q", c.Dedupe, dedupeNone, dedupePerDestination))
	}
	if c.HoldBytes < 0 || c.MaxStreamLabels < 0 {
		errs = append(errs, errors.New("hold_bytes and max_stream_labels must not be negative"))
	}
	if len(c.Streams) == 0 {
		errs = append(errs, errors.New("streams: none is defined; add one, for example `- { name: default, default: true }`"))
	}
	defined := make(map[string]int)
	fallback := -1
	for i, s := range c.Streams {
		path := fmt.Sprintf("streams::%d", i)
		_, problems := s.compile(nopSettings)
		for _, err := range problems {
			errs = append(errs, fmt.Errorf("%s::%w", path, err))
		}
		if first, ok := defined[s.Name]; ok && s.Name != "" {
			errs = append(errs, fmt.Errorf("%s::name: stream %q is defined already, at streams::%d", path, s.Name, first))
		}
		defined[s.Name] = i
		if s.Default && fallback >= 0 {
			errs = append(errs, fmt.Errorf("%s::default: stream %q is the default already; one stream can be it", path, c.Streams[fallback].Name))
		} else if s.Default {
			fallback = i
		}
	}
	errs = append(errs, c.validateTraces()...)
	errs = append(errs, c.validatePipelines()...)
	return errors.Join(append(errs, c.validateDedupe()...)...)
}

// compile returns the matching rules of the stream and everything wrong with
// its definition.
func (s *StreamConfig) compile(settings component.TelemetrySettings) (match.Stream, []error) {
	var errs []error
	if err := streamname.Validate(s.Name); err != nil {
		errs = append(errs, fmt.Errorf("name: %w", err))
	}
	rules := match.Stream{Default: s.Default, Observe: s.Observe}
	switch {
	case s.Default && len(s.Select) > 0:
		errs = append(errs, errors.New("select: the default stream takes what no other stream takes and selects nothing; remove select, or default"))
	case !s.Default && len(s.Select) == 0:
		errs = append(errs, errors.New("select: the stream selects nothing; add an entry such as `- service.name: checkout`, or `default: true`"))
	}
	errs = append(errs, s.policy().validate()...)
	parser := match.Parser{Condition: func(text string) (match.Condition, error) { return ottlcondition.Parse(text, settings) }}
	rules.Select = parseClauses(parser, "select", s.Select, &errs)
	rules.Exclude = parseClauses(parser, "exclude", s.Exclude, &errs)
	return rules, errs
}

func parseClauses(parser match.Parser, path string, entries []map[string]any, errs *[]error) []match.Clause {
	clauses := make([]match.Clause, 0, len(entries))
	for i, entry := range entries {
		clause, err := parser.Clause(entry)
		for _, e := range match.Problems(err) {
			*errs = append(*errs, fmt.Errorf("%s::%d: %w", path, i, e))
		}
		clauses = append(clauses, clause)
	}
	return clauses
}

func (s *StreamConfig) policy() policy {
	return policy{refusal: s.WhenRefused, retryFor: s.RetryFor, timeout: s.Timeout}
}

// validatePipelines compares the streams with the pipelines, where known.
func (c *Config) validatePipelines() []error {
	if c.Pipelines == nil {
		return nil
	}
	var errs []error
	fed := make(map[string]bool)
	for _, sig := range signals {
		for _, name := range slices.Sorted(maps.Keys(c.Pipelines[sig.String()])) {
			fed[name] = true
			if err := c.checkPipeline(sig, name); err != nil {
				errs = append(errs, err)
			}
		}
	}
	for i, s := range c.Streams {
		if !fed[s.Name] && !s.Observe && streamname.Validate(s.Name) == nil {
			errs = append(errs, fmt.Errorf("streams::%d: no pipeline uses stream %q; add a pipeline such as traces/%s with this router as its receiver", i, s.Name, s.Name))
		}
	}
	return errs
}

// checkPipeline returns an error if no stream feeds the pipeline.
func (c *Config) checkPipeline(sig pipeline.Signal, name string) error {
	names := make([]string, len(c.Streams))
	for i, s := range c.Streams {
		if s.Name == name {
			return nil
		}
		names[i] = s.Name
	}
	if name == "" {
		return fmt.Errorf("service::pipelines::%s: no stream feeds it; name it after one, as %s/NAME", sig, sig)
	}
	return fmt.Errorf("service::pipelines::%s/%s: no stream feeds it%s", sig, name, suggest.Among(name, names))
}
