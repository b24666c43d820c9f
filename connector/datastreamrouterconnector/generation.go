package datastreamrouterconnector

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pipeline"
	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/match"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/membership"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/signal"
)

// generation is one version of the streams' definitions as one signal sees
// them. It is immutable; the router swaps the whole of it while data flows, and
// a payload is routed by one.
type generation[D any, C signal.Consumer] struct {
	// table matches against the streams that have a pipeline for this signal or
	// only observe; seats are those streams, in the same order.
	table *match.Table
	seats []seat[D, C]
	// seatOf finds a stream's seat.
	seatOf map[*account]int

	// absent matches against the streams that have none, to tell why data has
	// nowhere to go; dropped counts it, in the same order.
	absent  *match.Table
	dropped []*account

	// overlap says that some pipelines have an exporter in common, and dedupe
	// that it is to get an item once.
	overlap, dedupe bool
	logger          *zap.Logger

	rules       []match.Stream // of all streams
	mode        match.Mode
	replaced    int64 // condition errors of the generations before
	definitions *Config
}

// seat is a stream's place in a generation.
type seat[D any, C signal.Consumer] struct {
	*account
	lane   *lane[D, C] // nil if the stream only observes
	paused bool
	reach  reach
}

// compile builds a generation from a valid configuration.
func (r *router[D, C]) compile(cfg *Config) (*generation[D, C], error) {
	g := &generation[D, C]{definitions: cfg, logger: r.settings.Logger, seatOf: make(map[*account]int, len(cfg.Streams))}
	if cfg.Match == matchFirst {
		g.mode = match.FirstStream
	}
	reach := reaches(cfg.Pipelines[r.kind.Signal.String()])
	g.overlap, g.dedupe = overlaps(slices.Collect(maps.Values(reach))), cfg.Dedupe == dedupePerDestination
	var seated, absent []match.Stream
	for i := range cfg.Streams {
		s := &cfg.Streams[i]
		rules, problems := s.compile(r.settings)
		if len(problems) > 0 {
			return nil, fmt.Errorf("streams::%d::%w", i, problems[0])
		}
		g.rules = append(g.rules, rules)
		lane := r.lanes[s.Name]
		if lane == nil && !s.Observe {
			absent = append(absent, rules)
			g.dropped = append(g.dropped, r.accounts[s.Name])
			continue
		}
		seated = append(seated, rules)
		g.seatOf[r.accounts[s.Name]] = len(g.seats)
		g.seats = append(g.seats, seat[D, C]{account: r.accounts[s.Name], lane: lane, paused: s.Paused, reach: reach[s.Name]})
	}
	g.table = match.Compile(seated, g.mode)
	g.absent = match.Compile(absent, match.FirstStream)
	return g, nil
}

var _ membership.Router = (*router[int, signal.Consumer])(nil)

// ID implements membership.Router.
func (r *router[D, C]) ID() component.ID { return r.id }

// Signal implements membership.Router.
func (r *router[D, C]) Signal() pipeline.Signal { return r.kind.Signal }

// Apply implements membership.Router.
func (r *router[D, C]) Apply(conf *confmap.Conf) error {
	next := createDefaultConfig().(*Config)
	if err := next.Unmarshal(conf); err != nil {
		return err
	}
	r.applying.Lock()
	defer r.applying.Unlock()
	current := r.generation.Load()
	next.Pipelines, next.fed = current.definitions.Pipelines, current.definitions.fed
	if err := errors.Join(next.Validate(), r.sameButMembership(current.definitions, next)); err != nil {
		return err
	}
	g, err := r.compile(next)
	if err != nil {
		return err
	}
	g.replaced = current.conditionErrors()
	r.generation.Store(g)
	return nil
}

// sameButMembership reports what of next takes more than new selectors: streams
// that the router does not have, and policies.
func (r *router[D, C]) sameButMembership(current, next *Config) error {
	var errs []error
	if next.Dedupe != current.Dedupe {
		errs = append(errs, errors.New("dedupe changes with a reload only"))
	}
	if next.HoldBytes != current.HoldBytes || next.MaxStreamLabels != current.MaxStreamLabels {
		errs = append(errs, errors.New("hold_bytes and max_stream_labels change with a reload only"))
	}
	if next.Traces != current.Traces {
		errs = append(errs, errors.New("traces changes with a reload only"))
	}
	before := make(map[string]*StreamConfig, len(current.Streams))
	for i := range current.Streams {
		before[current.Streams[i].Name] = &current.Streams[i]
	}
	for i := range next.Streams {
		s := &next.Streams[i]
		if r.accounts[s.Name] == nil {
			errs = append(errs, fmt.Errorf("streams::%d: the router has no stream %q and no pipeline for it; a new stream takes a reload", i, s.Name))
			continue
		}
		old := before[s.Name]
		if old == nil {
			old = new(StreamConfig) // It was left out by a change before.
		}
		if old.Observe && !s.Observe && !next.fed[s.Name] {
			errs = append(errs, fmt.Errorf("streams::%d: stream %q has no pipeline to deliver to; it takes one, and a reload, to end observe", i, s.Name))
		}
		if !sameKeep(old.Keep, s.Keep) {
			errs = append(errs, fmt.Errorf("streams::%d: keep of stream %q changes with a reload only", i, s.Name))
		}
		if lane := r.lanes[s.Name]; lane != nil && lane.policy != r.policyOf(s) {
			errs = append(errs, fmt.Errorf("streams::%d: when_refused, retry_for and timeout of stream %q change with a reload only", i, s.Name))
		}
	}
	return errors.Join(errs...)
}

// Explain implements membership.Router. It answers for all streams, also those
// without a pipeline for the signal.
func (r *router[D, C]) Explain(resource pcommon.Resource) string {
	g := r.generation.Load()
	table := match.Compile(g.rules, g.mode)
	return table.Explain(resource).Text(func(stream int) string { return g.definitions.Streams[stream].Name })
}

// conditionErrors counts the conditions that failed with an error, which counts
// as not holding.
func (g *generation[D, C]) conditionErrors() int64 {
	return g.replaced + int64(g.table.ConditionErrors()+g.absent.ConditionErrors())
}
