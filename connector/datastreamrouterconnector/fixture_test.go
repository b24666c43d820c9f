package datastreamrouterconnector

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/connector/xconnector"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/consumer/consumererror/xconsumererror"
	"go.opentelemetry.io/collector/consumer/xconsumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pipeline"

	"github.com/otelcol-datastreams/otelcol-datastreams/connector/datastreamrouterconnector/internal/metadata"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/membership"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/signal"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/streamname"
)

// subject is what the tests need to know of a signal beyond its Kind.
type subject[D any, C signal.Consumer] struct {
	kind signal.Kind[D, C]
	// add appends a resource of this service with items of these names.
	add func(d D, service string, items []string)
	// read returns the names of all items, in order.
	read func(d D) []string
	// empty removes everything, as a pipeline that moves data out does.
	empty func(d D)
	new   func() D
	// failed returns the data that a partial error carries.
	failed   func(error) D
	consumer func(func(context.Context, D) error, ...consumer.Option) (C, error)
	router   func(map[pipeline.ID]C) pipelines[C]
}

var tracesSubject = subject[ptrace.Traces, consumer.Traces]{
	kind: signal.Traces,
	failed: func(err error) ptrace.Traces {
		var partial consumererror.Traces
		errors.As(err, &partial)
		return partial.Data()
	},
	new: ptrace.NewTraces,
	add: func(d ptrace.Traces, service string, items []string) {
		rs := d.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", service)
		for _, item := range items {
			rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty().SetName(item)
		}
	},
	read: func(d ptrace.Traces) (items []string) {
		for _, rs := range d.ResourceSpans().All() {
			for _, ss := range rs.ScopeSpans().All() {
				for _, span := range ss.Spans().All() {
					items = append(items, span.Name())
				}
			}
		}
		return items
	},
	empty: func(d ptrace.Traces) { d.ResourceSpans().RemoveIf(func(ptrace.ResourceSpans) bool { return true }) },
	consumer: func(f func(context.Context, ptrace.Traces) error, o ...consumer.Option) (consumer.Traces, error) {
		return consumer.NewTraces(f, o...)
	},
	router: func(m map[pipeline.ID]consumer.Traces) pipelines[consumer.Traces] {
		return connector.NewTracesRouter(m)
	},
}

var metricsSubject = subject[pmetric.Metrics, consumer.Metrics]{
	kind: signal.Metrics,
	failed: func(err error) pmetric.Metrics {
		var partial consumererror.Metrics
		errors.As(err, &partial)
		return partial.Data()
	},
	new: pmetric.NewMetrics,
	add: func(d pmetric.Metrics, service string, items []string) {
		rm := d.ResourceMetrics().AppendEmpty()
		rm.Resource().Attributes().PutStr("service.name", service)
		points := rm.ScopeMetrics().AppendEmpty().Metrics().AppendEmpty().SetEmptyGauge().DataPoints()
		for _, item := range items {
			points.AppendEmpty().Attributes().PutStr("name", item)
		}
	},
	read: func(d pmetric.Metrics) (items []string) {
		for _, rm := range d.ResourceMetrics().All() {
			for _, sm := range rm.ScopeMetrics().All() {
				for _, m := range sm.Metrics().All() {
					for _, p := range m.Gauge().DataPoints().All() {
						name, _ := p.Attributes().Get("name")
						items = append(items, name.Str())
					}
				}
			}
		}
		return items
	},
	empty: func(d pmetric.Metrics) {
		d.ResourceMetrics().RemoveIf(func(pmetric.ResourceMetrics) bool { return true })
	},
	consumer: func(f func(context.Context, pmetric.Metrics) error, o ...consumer.Option) (consumer.Metrics, error) {
		return consumer.NewMetrics(f, o...)
	},
	router: func(m map[pipeline.ID]consumer.Metrics) pipelines[consumer.Metrics] {
		return connector.NewMetricsRouter(m)
	},
}

var logsSubject = subject[plog.Logs, consumer.Logs]{
	kind: signal.Logs,
	failed: func(err error) plog.Logs {
		var partial consumererror.Logs
		errors.As(err, &partial)
		return partial.Data()
	},
	new: plog.NewLogs,
	add: func(d plog.Logs, service string, items []string) {
		rl := d.ResourceLogs().AppendEmpty()
		rl.Resource().Attributes().PutStr("service.name", service)
		for _, item := range items {
			rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Body().SetStr(item)
		}
	},
	read: func(d plog.Logs) (items []string) {
		for _, rl := range d.ResourceLogs().All() {
			for _, sl := range rl.ScopeLogs().All() {
				for _, record := range sl.LogRecords().All() {
					items = append(items, record.Body().Str())
				}
			}
		}
		return items
	},
	empty: func(d plog.Logs) { d.ResourceLogs().RemoveIf(func(plog.ResourceLogs) bool { return true }) },
	consumer: func(f func(context.Context, plog.Logs) error, o ...consumer.Option) (consumer.Logs, error) {
		return consumer.NewLogs(f, o...)
	},
	router: func(m map[pipeline.ID]consumer.Logs) pipelines[consumer.Logs] { return connector.NewLogsRouter(m) },
}

// Profile samples are named by the function on their stack, so that reading
// the names goes through the dictionary.
var profilesSubject = subject[pprofile.Profiles, xconsumer.Profiles]{
	kind: signal.Profiles,
	failed: func(err error) pprofile.Profiles {
		var partial xconsumererror.Profiles
		errors.As(err, &partial)
		return partial.Data()
	},
	new: pprofile.NewProfiles,
	add: func(d pprofile.Profiles, service string, items []string) {
		rp := d.ResourceProfiles().AppendEmpty()
		rp.Resource().Attributes().PutStr("service.name", service)
		samples := rp.ScopeProfiles().AppendEmpty().Profiles().AppendEmpty().Samples()
		dict := d.Dictionary()
		for _, item := range items {
			name := int32(dict.StringTable().Len())
			dict.StringTable().Append(item)
			function := int32(dict.FunctionTable().Len())
			dict.FunctionTable().AppendEmpty().SetNameStrindex(name)
			location := int32(dict.LocationTable().Len())
			dict.LocationTable().AppendEmpty().Lines().AppendEmpty().SetFunctionIndex(function)
			stack := int32(dict.StackTable().Len())
			dict.StackTable().AppendEmpty().LocationIndices().Append(location)
			samples.AppendEmpty().SetStackIndex(stack)
		}
	},
	read: func(d pprofile.Profiles) (items []string) {
		dict := d.Dictionary()
		for _, rp := range d.ResourceProfiles().All() {
			for _, sp := range rp.ScopeProfiles().All() {
				for _, p := range sp.Profiles().All() {
					for _, s := range p.Samples().All() {
						location := dict.StackTable().At(int(s.StackIndex())).LocationIndices().At(0)
						function := dict.LocationTable().At(int(location)).Lines().At(0).FunctionIndex()
						items = append(items, dict.StringTable().At(int(dict.FunctionTable().At(int(function)).NameStrindex())))
					}
				}
			}
		}
		return items
	},
	empty: func(d pprofile.Profiles) {
		d.ResourceProfiles().RemoveIf(func(pprofile.ResourceProfiles) bool { return true })
	},
	consumer: func(f func(context.Context, pprofile.Profiles) error, o ...consumer.Option) (xconsumer.Profiles, error) {
		return xconsumer.NewProfiles(f, o...)
	},
	router: func(m map[pipeline.ID]xconsumer.Profiles) pipelines[xconsumer.Profiles] {
		return xconnector.NewProfilesRouter(m)
	},
}

// payload builds one resource per word: "a2" is a resource of service a with
// the items a#0 and a#1, numbered on over the payload.
func (s subject[D, C]) payload(words string) D {
	d := s.new()
	numbers := make(map[string]int)
	for word := range strings.FieldsSeq(words) {
		service := word[:1]
		var items []string
		for range int(word[1] - '0') {
			items = append(items, fmt.Sprintf("%s#%d", service, numbers[service]))
			numbers[service]++
		}
		s.add(d, service, items)
	}
	return d
}

// pipe is the pipeline of a stream. It reads what it gets at once.
type pipe[D any] struct {
	name    string
	mutates bool
	// fail, if set, decides what the next call returns.
	fail func() error
	// before, if set, runs first, and spoil instead of taking the data.
	before func()
	spoil  func(D) error

	calls []D
	items []string
}

// bench is a router with its pipelines.
type bench[D any, C signal.Consumer] struct {
	subject[D, C]
	t         *testing.T
	telemetry *componenttest.Telemetry
	pipes     map[string]*pipe[D]
	mu        sync.Mutex
	order     []string // the streams in the order in which they were called
	consume   func(context.Context, D) error
	shutdown  func(context.Context) error
	members   map[string]*account
	member    interface {
		membership.Router
		start(context.Context, component.Host) error
	}
}

// newBench builds a router over the streams of cfg, with a pipeline for each
// pipe.
func newBench[D any, C signal.Consumer](t *testing.T, s subject[D, C], cfg *Config, pipes ...*pipe[D]) *bench[D, C] {
	b := &bench[D, C]{subject: s, t: t, telemetry: componenttest.NewTelemetry(), pipes: make(map[string]*pipe[D])}
	t.Cleanup(func() { require.NoError(t, b.telemetry.Shutdown(context.Background())) })
	consumers := make(map[pipeline.ID]C)
	for _, p := range pipes {
		b.pipes[p.name] = p
		c, err := s.consumer(b.receive(p), consumer.WithCapabilities(consumer.Capabilities{MutatesData: p.mutates}))
		require.NoError(t, err)
		consumers[pipeline.NewIDWithName(s.kind.Signal, p.name)] = c
	}
	set := connectortest.NewNopSettings(metadata.Type)
	set.TelemetrySettings = b.telemetry.NewTelemetrySettings()
	for i := range cfg.Streams {
		if s := &cfg.Streams[i]; s.WhenRefused == "" {
			s.WhenRefused, s.RetryFor = refusalPushBack, time.Minute
		}
	}
	if cfg.Traces == (TracesConfig{}) {
		cfg.Traces = NewDefaultTracesConfig()
	}
	if cfg.Dedupe == "" {
		cfg.Dedupe = dedupeNone
	}
	if cfg.MaxStreamLabels == 0 {
		cfg.MaxStreamLabels = 100
	}
	require.NoError(t, cfg.Validate())
	r, err := create(set, cfg, s.router(consumers), s.kind)
	require.NoError(t, err)
	b.consume, b.shutdown, b.member, b.members = r.consume, r.shutdown, r, r.accounts
	t.Cleanup(func() { _ = r.shutdown(context.Background()) })
	return b
}

func (b *bench[D, C]) receive(p *pipe[D]) func(context.Context, D) error {
	return func(ctx context.Context, d D) error {
		if got := streamname.FromContext(ctx); got != p.name {
			b.t.Errorf("pipeline %s got data of stream %q", p.name, got)
		}
		if p.before != nil {
			p.before()
		}
		if p.spoil != nil {
			return p.spoil(d)
		}
		if p.fail != nil {
			if err := p.fail(); err != nil {
				return err
			}
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		b.order = append(b.order, p.name)
		p.calls = append(p.calls, d)
		p.items = append(p.items, b.read(d)...)
		if p.mutates {
			b.empty(d)
		}
		return nil
	}
}

// send routes d and wants success.
func (b *bench[D, C]) send(d D) {
	b.t.Helper()
	require.NoError(b.t, b.consume(b.t.Context(), d))
}

// got wants the pipe of a stream to have received exactly these items.
func (b *bench[D, C]) got(stream string, items ...string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	require.Equal(b.t, items, b.pipes[stream].items, "stream %s", stream)
}

// counts returns the router's metric as "stream/outcome" to items.
func (b *bench[D, C]) counts() map[string]int64 {
	return itemCounts(b.t, b.telemetry, b.kind.Signal.String())
}

// services selects resources by service.name.
func services(names ...any) []map[string]any {
	return []map[string]any{{"service.name": names}}
}

func readOnlyCopy[D any, C signal.Consumer](kind signal.Kind[D, C], d D) D {
	c := kind.Clone(d)
	kind.MarkReadOnly(c)
	return c
}
