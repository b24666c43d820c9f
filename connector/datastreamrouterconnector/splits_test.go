package datastreamrouterconnector

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/sampling"
)

// The estimate finds the share of divided traces, and between which streams, in
// every mode; with more traces than it can follow it is close to the truth.
func TestEstimateOfDividedTraces(t *testing.T) {
	for _, integrity := range []string{integritySplit, integrityRoot} {
		for _, traces := range []int{200, 20_000} {
			t.Run(fmt.Sprint(integrity, traces), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { checkEstimate(t, integrity, traces) })
			})
		}
	}
}

func checkEstimate(t *testing.T, integrity string, traces int) {
	b := holdingBench(t, tracesConfig(integrity))
	_, err := b.telemetry.GetMetric("otelcol_connector_datastreamrouter_divided_traces")
	require.Error(t, err, "nothing is known yet")
	time.Sleep(watchInterval - watchEnd + time.Second)
	synctest.Wait()
	r := rand.New(rand.NewPCG(11, 11))
	// Of ten traces, one is divided between x and y, two between x and rest.
	var second []ptrace.Traces
	for i := range traces {
		words := []string{"ar b", "ar b", "ar a", "cr c", "zr", "zr q", "ar", "ar c", "br z", "zr a z"}[i%10]
		td := trace(0, words)
		var id pcommon.TraceID
		for j := range id {
			id[j] = byte(r.Uint32())
		}
		piece := ptrace.NewTraces()
		for _, rs := range td.ResourceSpans().All() {
			rs.ScopeSpans().At(0).Spans().At(0).SetTraceID(id)
		}
		if td.ResourceSpans().Len() > 1 {
			td.ResourceSpans().At(0).MoveTo(piece.ResourceSpans().AppendEmpty())
			td.ResourceSpans().RemoveIf(func(rs ptrace.ResourceSpans) bool { return rs.ScopeSpans().Len() == 0 })
			second = append(second, piece)
		}
		b.send(td)
	}
	time.Sleep(watchBegin)
	for _, td := range second {
		b.send(td)
	}
	b.send(trace(99, "ar c")) // It begins too late to be followed.
	time.Sleep(watchEnd - watchBegin)
	synctest.Wait()
	m, err := b.telemetry.GetMetric("otelcol_connector_datastreamrouter_divided_traces")
	require.NoError(t, err)
	tolerance := 0.0001
	if traces > maxWatched {
		tolerance = 0.03
	}
	require.InDelta(t, 0.3, m.Data.(metricdata.Gauge[float64]).DataPoints[0].Value, tolerance)
	m, err = b.telemetry.GetMetric("otelcol_connector_datastreamrouter_divided_pairs")
	require.NoError(t, err)
	got := make(map[string]float64)
	for _, p := range m.Data.(metricdata.Gauge[float64]).DataPoints {
		stream, _ := p.Attributes.Value("stream")
		other, _ := p.Attributes.Value("other")
		got[stream.AsString()+"/"+other.AsString()] = p.Value
	}
	require.Len(t, got, 2)
	require.InDelta(t, 0.1, got["x/y"], tolerance)
	require.InDelta(t, 0.2, got["x/rest"], tolerance)
}

// A watch that follows too many traces lets go of half, by their IDs.
func TestLooser(t *testing.T) {
	require.Equal(t, sampling.Always, looser(sampling.Always))
	require.Equal(t, sampling.Always, looser(sampling.OfProbability(0.6)))
	require.InDelta(t, 0.5, looser(sampling.OfProbability(0.25)).Probability(), 1e-4)
}

// BenchmarkLook is what a payload of 1,024 spans costs while somebody looks, and
// while nobody does.
func BenchmarkLook(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	td := ptrace.NewTraces()
	for range 8 {
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", "a")
		spans := rs.ScopeSpans().AppendEmpty().Spans()
		for range 128 {
			var id pcommon.TraceID
			for j := range id {
				id[j] = byte(r.Uint32())
			}
			spans.AppendEmpty().SetTraceID(id)
		}
	}
	w := &watch{gen: new(tracesGeneration), closed: true}
	w.threshold.Store(uint64(sampling.Never) - 1)
	b.Run("looking=true", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			w.look(td)
		}
	})
	s := new(splits)
	b.Run("looking=false", func(b *testing.B) {
		for b.Loop() {
			if w := s.watch.Load(); w != nil {
				w.look(td)
			}
		}
	})
}
