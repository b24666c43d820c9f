package datastreamrouterconnector

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/membership"
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
	synctest.Wait()
	_, err := b.telemetry.GetMetric("otelcol_connector_datastreamrouter_divided_traces")
	require.Error(t, err, "nothing is known yet")
	sendDivided(b, traces)
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

// sendDivided sends traces to a router that has just begun to look. Of ten, one
// is divided between x and y, two between x and rest.
func sendDivided(b *tracesBench, traces int) {
	r := rand.New(rand.NewPCG(11, 11))
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
	time.Sleep(watchBegin + time.Second)
	for _, td := range second {
		b.send(td)
	}
	b.send(trace(99, "ar c")) // It begins too late to be followed.
	time.Sleep(watchEnd - watchBegin)
	synctest.Wait()
}

// What is known of a sample is told with examples and sources, under the
// definitions in force and under others that are only planned.
func TestSplitsAndPredictions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := holdingBench(t, tracesConfig(integritySplit))
		estimator := b.member.(membership.SplitEstimator)
		synctest.Wait()
		_, ok := estimator.Splits()
		require.False(t, ok)
		_, err := estimator.PredictSplits(conf(t, twoStreams))
		require.ErrorIs(t, err, membership.ErrNoSample)
		sendDivided(b, 100)

		got, ok := estimator.Splits()
		require.True(t, ok)
		require.Equal(t, 100, got.Traces)
		require.InDelta(t, 0.3, got.Share, 1e-9)
		require.Len(t, got.Pairs, 2)
		rest := got.Pairs[0]
		require.Equal(t, []string{"x", "rest"}, []string{rest.A, rest.B})
		require.InDelta(t, 0.2, rest.Share, 1e-9)
		require.Len(t, rest.Examples, maxExamples)
		require.Len(t, rest.Examples[0], 32)
		require.Equal(t, []membership.SourcePair{{A: "a", B: "z", Share: 0.1}, {A: "b", B: "z", Share: 0.1}}, rest.Sources)

		// Not even a reader that changes what it got changes what the next one gets.
		got.Pairs[0].Sources[0].A = "changed"
		again, _ := estimator.Splits()
		require.Equal(t, "a", again.Pairs[0].Sources[0].A)

		predicted, err := estimator.PredictSplits(conf(t, `
streams:
  - { name: x, select: [ { service.name: [a, b, c] } ] }
  - { name: new, select: [ { service.name: b } ] }
  - { name: rest, default: true }
`))
		require.NoError(t, err)
		// x takes the whole of what was divided between x and y; new takes a part of
		// "ar b" twice and of "br z" once.
		require.InDelta(t, 0.4, predicted.Share, 1e-9)
		require.Equal(t, "new", predicted.Pairs[0].B)
		require.InDelta(t, 0.3, predicted.Pairs[0].Share, 1e-9)

		require.NoError(t, b.member.Apply(conf(t, `
streams:
  - { name: x, select: [ { service.name: [a, b, c, z, q] } ] }
  - { name: y, select: [ { service.name: none } ] }
  - { name: rest, default: true }
`)))
		got, ok = estimator.Splits()
		require.True(t, ok)
		require.Zero(t, got.Share, "the definitions in force count")
		require.Empty(t, got.Pairs)
		_, err = estimator.PredictSplits(conf(t, "streams: [ { name: x, select: [ {} ] } ]"))
		require.Error(t, err)
	})
}

// A sample is bounded in traces, in sources of a trace and in bytes, and what it
// lets go of it forgets.
func TestSampleIsBounded(t *testing.T) {
	w := newSample(sampling.Always)
	r := rand.New(rand.NewPCG(5, 5))
	fat := strings.Repeat("x", maxSourceBytes/2)
	for i := range 3 * maxWatched {
		td := ptrace.NewTraces()
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutInt("instance", int64(i/2))
		rs.Resource().Attributes().PutStr("fat", fat[:r.IntN(len(fat))])
		var id pcommon.TraceID
		binary.BigEndian.PutUint64(id[8:], r.Uint64())
		rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty().SetTraceID(id)
		w.look(td)
		require.LessOrEqual(t, w.bytes, maxSampleBytes)
	}
	require.Greater(t, w.bytes, maxSampleBytes/4, "it uses the room it has")
	total, referenced := 0, make(map[*source]int)
	for _, of := range w.traces {
		for _, s := range of {
			referenced[s]++
		}
	}
	for s, n := range referenced {
		require.Equal(t, n, s.traces)
		total += s.bytes
	}
	require.Len(t, w.sources, len(referenced))
	require.Equal(t, w.bytes, total)

	huge, id := pcommon.NewResource(), pcommon.TraceID{15: 1}
	huge.Attributes().PutStr("huge", strings.Repeat("x", maxSourceBytes))
	w = newSample(sampling.Always)
	w.note(id, 1, huge)
	require.Empty(t, w.traces)
	for i := range 2 * maxSources {
		w.note(id, uint64(i+2), pcommon.NewResource())
	}
	require.Len(t, w.traces[id], maxSources)
	w.seal()
	w.note(pcommon.TraceID{15: 2}, 2, pcommon.NewResource())
	require.Len(t, w.traces, 1)
}

// A watch that follows too many traces lets go of half, by their IDs.
func TestLooser(t *testing.T) {
	require.Equal(t, sampling.Always, looser(sampling.Always))
	require.Equal(t, sampling.Always, looser(sampling.OfProbability(0.6)))
	require.InDelta(t, 0.5, looser(sampling.OfProbability(0.25)).Probability(), 1e-4)
}
