package interop

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/otlprandom"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/shop"
)

// shopBegins is where the corpus starts, so that it lies in two hours. The queries of docs/queries name the day.
var shopBegins = time.Date(2026, 11, 22, 5, 52, 0, 0, time.UTC)

var streams = []string{"checkout", "default"}

// options are small row groups, so that every file has several, and user's columns of every type.
var options = columnar.Options{GroupRows: 512, Promote: []columnar.Promotion{
	{Key: "app.tenant", Scope: columnar.Item, Type: columnar.String},
	{Key: "shop.number", Scope: columnar.Item, Type: columnar.Int64},
	{Key: "shop.ratio", Scope: columnar.Item, Type: columnar.Double},
	{Key: "shop.flag", Scope: columnar.Resource, Type: columnar.Bool},
}}

// shopLake is what real services send: some thousand rows of each signal in two streams and two hours. It is
// the same in every run.
func shopLake(t *testing.T, root string) lake {
	w := newWriter(t, root)
	w.shop()
	w.statements()
	return w.lake
}

func (w *writer) shop() {
	traces, logs, metrics, profiles := tables(w.t)
	for _, p := range shopPayloads() {
		add(w, traces, p.stream, p.traces)
		add(w, logs, p.stream, p.logs)
		add(w, metrics, p.stream, p.metrics)
		add(w, profiles, p.stream, p.profiles)
	}
}

// payload is a minute of one stream.
type payload struct {
	stream   string
	traces   ptrace.Traces
	logs     plog.Logs
	metrics  pmetric.Metrics
	profiles pprofile.Profiles
}

// shopPayloads returns what shopLake holds, as it was received.
func shopPayloads() []payload {
	s := shop.New(1)
	all := make([]payload, 16)
	for i := range all {
		at := shopBegins.Add(time.Duration(i) * time.Minute)
		all[i] = payload{
			stream: streams[i%len(streams)],
			traces: s.Traces(700, at), logs: s.Logs(500, at), metrics: s.Metrics(500, at), profiles: s.Profiles(50, at),
		}
	}
	return all
}

// randomLake is what nobody sends but OTLP allows: any type, NaN, empty and odd values everywhere. There are no
// random profiles: few payloads would be valid.
func randomLake(t *testing.T, root string) lake {
	w := newWriter(t, root)
	w.random()
	w.statements()
	return w.lake
}

func (w *writer) random() {
	traces, logs, metrics, _ := tables(w.t)
	for seed := range uint64(40) {
		add(w, traces, "random", otlprandom.Traces(seed))
		add(w, logs, "random", otlprandom.Logs(seed))
		add(w, metrics, "random", otlprandom.Metrics(seed))
	}
}

func tables(t *testing.T) (
	*columnar.Table[ptrace.Traces], *columnar.Table[plog.Logs], *columnar.Table[pmetric.Metrics], *columnar.Table[pprofile.Profiles],
) {
	traces, err := columnar.NewTraces(options)
	require.NoError(t, err)
	logs, err := columnar.NewLogs(options)
	require.NoError(t, err)
	metrics, err := columnar.NewMetrics(options)
	require.NoError(t, err)
	profiles, err := columnar.NewProfiles(options)
	require.NoError(t, err)
	return traces, logs, metrics, profiles
}
