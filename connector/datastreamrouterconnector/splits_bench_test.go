package datastreamrouterconnector

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/connector/connectortest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pipeline"

	"github.com/otelcol-datastreams/otelcol-datastreams/connector/datastreamrouterconnector/internal/metadata"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/sampling"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/signal"
)

// splitPayload is eight resources of these services with 128 spans each.
func splitPayload(services ...string) ptrace.Traces {
	r := rand.New(rand.NewPCG(1, 1))
	td := ptrace.NewTraces()
	for i := range 8 {
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", services[i%len(services)])
		spans := rs.ScopeSpans().AppendEmpty().Spans()
		for range 128 {
			var id pcommon.TraceID
			for j := range id {
				id[j] = byte(r.Uint32())
			}
			spans.AppendEmpty().SetTraceID(id)
		}
	}
	if len(services) > 1 {
		td.MarkReadOnly() // As behind a fan-out: what is divided stays, and can be sent again.
	}
	return td
}

// splitRouter is a router with integrity split whose streams have pipelines that
// do nothing.
func splitRouter(tb testing.TB, estimate bool) *tracesRouter {
	cfg := tracesConfig(integritySplit)
	cfg.Traces.EstimateSplits = estimate
	cfg.Dedupe, cfg.MaxStreamLabels, cfg.HoldBytes = dedupeNone, 100, 1<<20
	sinks := make(map[pipeline.ID]consumer.Traces)
	for i := range cfg.Streams {
		s := &cfg.Streams[i]
		s.WhenRefused, s.RetryFor, s.Timeout = refusalRetry, time.Minute, time.Second
		sinks[pipeline.NewIDWithName(pipeline.SignalTraces, s.Name)] = consumertest.NewNop()
	}
	require.NoError(tb, cfg.Validate())
	r, err := create(connectortest.NewNopSettings(metadata.Type), cfg, connector.NewTracesRouter(sinks), signal.Traces)
	require.NoError(tb, err)
	require.NoError(tb, r.start(context.Background(), componenttest.NewNopHost()))
	tb.Cleanup(func() { require.NoError(tb, r.shutdown(context.Background())) })
	return r
}

// splitStates are what a router with integrity split can be doing beside routing.
var splitStates = []struct {
	name     string
	estimate bool
	watched  *sample
}{
	{"estimate=off", false, nil},
	{"estimate=between", true, nil},
	// All traces have been looked at, and are not followed: a full sample.
	{"estimate=looking", true, newSample(sampling.Never - 1)},
}

func splitting(tb testing.TB, estimate bool, watched *sample) *tracesRouter {
	r := splitRouter(tb, estimate)
	if estimate {
		r.splits.end() // Nothing looks by itself from now on.
		r.splits.watched.Store(watched)
	}
	return r
}

// Without traces to hold, `split` allocates nothing for its estimate, neither
// while it looks nor in between.
func TestSplitAllocatesNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector empties pools at random")
	}
	td := splitPayload("a", "c")
	var allocs []float64
	for _, s := range splitStates {
		r := splitting(t, s.estimate, s.watched)
		allocs = append(allocs, testing.AllocsPerRun(200, func() { require.NoError(t, r.consume(context.Background(), td)) }))
	}
	for i, s := range splitStates {
		// The pools of the router may be emptied in between.
		require.InDelta(t, allocs[0], allocs[i], 2, s.name)
	}
}

// BenchmarkSplit is what a payload of 1,024 spans costs with the estimate of
// divided traces and without, forwarded whole or divided between two streams.
func BenchmarkSplit(b *testing.B) {
	for shape, td := range map[string]ptrace.Traces{"whole": splitPayload("a"), "divided": splitPayload("a", "c")} {
		for _, s := range splitStates {
			b.Run("shape="+shape+"/"+s.name, func(b *testing.B) {
				r := splitting(b, s.estimate, s.watched)
				b.ReportAllocs()
				for b.Loop() {
					if err := r.consume(context.Background(), td); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkLook is what looking at a payload of 1,024 spans costs, and what it
// costs to see that nobody looks.
func BenchmarkLook(b *testing.B) {
	td := splitPayload("a")
	w := newSample(sampling.Never - 1)
	b.Run("looking=true", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			w.look(td)
		}
	})
	s := new(splits)
	b.Run("looking=false", func(b *testing.B) {
		for b.Loop() {
			if w := s.watched.Load(); w != nil {
				w.look(td)
			}
		}
	})
}
