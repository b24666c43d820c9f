package datastreamrouterconnector

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/zeebo/xxh3"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pipeline"

	"github.com/otelcol-datastreams/otelcol-datastreams/connector/datastreamrouterconnector/internal/metadata"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/signal"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/sources"
)

// A million distinct sources leave nothing behind. All that remembers any is in
// use: a regular expression's memo, the table of sources, which somebody
// watches, and the repeats, as one stream pushes each payload back. The heap is
// compared at moments when the repeats are equally full, and grows by less than
// 3 MiB. If they kept all, the repeats would take 44 MiB more, the memo 60, and in
// the short test 8 and 10.
func TestAMillionSources(t *testing.T) {
	const rotation = maxRepeats / groupsPerPayload * sourcesPerPayload // The repeats forget half of them.
	first, last := 100_000, 100_000+5*rotation
	if testing.Short() || raceEnabled {
		last = first + rotation // The detector makes it ten times as slow, and has seen all there is.
	}
	r := sickRouter(t)
	for i := range 2*maxRepeats - 1 {
		r.stage.repeats.remember(repeat{group: xxh3.Uint128{Lo: uint64(i), Hi: 1}})
	}
	send(t, r, 0, first)
	before := heapInUse()
	send(t, r, first, last)
	require.Less(t, heapInUse(), before+3<<20)
	known, _ := r.sources.List()
	require.Len(t, known, sources.Capacity)
	require.Positive(t, r.stage.repeats.lost())
	require.EqualValues(t, last, r.accounts["even"].in.Load()+r.accounts["odd"].in.Load()+r.accounts["sick"].in.Load())
	require.EqualValues(t, last/10, r.accounts["sick"].out[refused].Load())
}

// A payload has ten sources, of which one goes to the sick stream. It is divided
// into a group for each of three streams.
const (
	sourcesPerPayload = 10
	groupsPerPayload  = 3
)

// send sends one record of each source from first to last.
func send(t *testing.T, r *router[plog.Logs, consumer.Logs], first, last int) {
	for i := first; i < last; i += sourcesPerPayload {
		ld := plog.NewLogs()
		for j := range sourcesPerPayload {
			rl := ld.ResourceLogs().AppendEmpty()
			rl.Resource().Attributes().PutStr("service.name", fmt.Sprint("source-", i+j))
			rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
		}
		require.ErrorIs(t, r.consume(t.Context(), ld), errBusy)
	}
}

// sickRouter divides sources by the last digit of their names. One of its streams
// always refuses.
func sickRouter(t *testing.T) *router[plog.Logs, consumer.Logs] {
	cfg := configOf(t, `
streams:
  - { name: sick, select: [ { service.name: { regex: "9$" } } ], when_refused: push_back, retry_for: 1h }
  - { name: even, select: [ { service.name: { regex: "[02468]$" } } ] }
  - { name: odd, default: true }
`)
	require.NoError(t, cfg.Validate())
	next := make(map[pipeline.ID]consumer.Logs)
	for _, s := range cfg.Streams {
		var answer error
		if s.Name == "sick" {
			answer = errBusy
		}
		c, err := consumer.NewLogs(func(context.Context, plog.Logs) error { return answer })
		require.NoError(t, err)
		next[pipeline.NewIDWithName(pipeline.SignalLogs, s.Name)] = c
	}
	r, err := create(connectortest.NewNopSettings(metadata.Type), cfg, connector.NewLogsRouter(next), signal.Logs)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.shutdown(context.Background())) })
	r.sources = sources.New()
	t.Cleanup(r.sources.Watch())
	return r
}

// heapInUse returns the bytes that live objects take.
func heapInUse() uint64 {
	runtime.GC()
	runtime.GC() // What pools held is only gone after the second.
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
