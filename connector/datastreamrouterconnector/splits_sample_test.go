package datastreamrouterconnector

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/sampling"
)

// oneSpanEach returns a payload of n traces, whose IDs end in random(i).
func oneSpanEach(n int, random func(i int) uint64) ptrace.Traces {
	td := ptrace.NewTraces()
	spans := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	for i := range n {
		var id pcommon.TraceID
		binary.BigEndian.PutUint64(id[:], uint64(i+1))
		binary.BigEndian.PutUint64(id[8:], random(i))
		spans.AppendEmpty().SetTraceID(id)
	}
	return td
}

// Guarantees that a sample ends looking for a threshold, also if a sender makes
// traces that pass each one.
func TestSampleOfEqualRandomness(t *testing.T) {
	w := newSample(sampling.Always)
	w.look(oneSpanEach(2*maxWatched, func(int) uint64 { return 0x00ffffffffffffff }))
	require.LessOrEqual(t, len(w.traces), maxWatched)
	require.Equal(t, sampling.Always, looser(sampling.Threshold(w.threshold.Load())), "the next sample sees something")
}

// Guarantees that no trace is followed whose beginning was let go of.
func TestSampleKeepsItsThreshold(t *testing.T) {
	w := newSample(sampling.Always)
	w.look(oneSpanEach(5*maxWatched, func(int) uint64 { return rand.Uint64() }))
	threshold := sampling.Threshold(w.threshold.Load())
	require.NotEmpty(t, w.traces)
	for id := range w.traces {
		require.True(t, threshold.Keeps(sampling.RandomnessOf(id)))
	}
}

// Guarantees that a resource that is too large for the sample is read once, and
// not for each of its spans.
func TestSampleOfALargeResource(t *testing.T) {
	td := oneSpanEach(1000, func(i int) uint64 { return uint64(i) * 0x9E3779B97F4A7C15 })
	attributes := td.ResourceSpans().At(0).Resource().Attributes()
	attributes.PutStr("large", string(make([]byte, maxSourceBytes)))
	w := newSample(sampling.Always)
	allocations := testing.AllocsPerRun(1, func() { w.look(td) })
	require.Empty(t, w.traces)
	require.Less(t, allocations, 100.0)
}
