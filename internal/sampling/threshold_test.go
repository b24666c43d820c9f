package sampling

import (
	"math"
	"math/rand/v2"
	"testing"

	contrib "github.com/open-telemetry/opentelemetry-collector-contrib/pkg/sampling"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Thresholds and randomness are spelled as the specification's examples are.
func TestEncoding(t *testing.T) {
	for text, p := range map[string]float64{"0": 1, "8": 0.5, "c": 0.25, "e": 0.125, "4": 0.75, "fff": 1.0 / 4096, "ffffffffffffff": 1.0 / never} {
		got, err := ParseThreshold(text)
		require.NoError(t, err)
		require.InDelta(t, p, got.Probability(), 0)
		require.Equal(t, text, got.String())
		require.InDelta(t, 1/p, got.AdjustedCount(), 0)
	}
	padded, err := ParseThreshold("c00")
	require.NoError(t, err)
	require.Equal(t, "c", padded.String())

	id := pcommon.TraceID{8: 0xff, 9: 0x6e, 0x6d, 0x1a, 0x75, 0x83, 0x2a, 0x2f}
	require.Equal(t, "6e6d1a75832a2f", RandomnessOf(id).String())
	r, err := ParseRandomness("6e6d1a75832a2f")
	require.NoError(t, err)
	require.Equal(t, RandomnessOf(id), r)

	for _, bad := range []string{"", "C", "0x8", "123456789012345", "g", "-1", " 8"} {
		_, err := ParseThreshold(bad)
		require.Error(t, err, bad)
	}
	for _, bad := range []string{"", "6e6d1a75832a2", "6E6d1a75832a2f", "6e6d1a75832a2f0"} {
		_, err := ParseRandomness(bad)
		require.Error(t, err, bad)
	}
}

// A trace is kept if its randomness is not below the threshold.
func TestKeeps(t *testing.T) {
	require.True(t, Threshold(5).Keeps(5))
	require.False(t, Threshold(5).Keeps(4))
	require.True(t, Always.Keeps(0))
	require.False(t, Never.Keeps(never-1))
	require.Empty(t, Never.String())
	require.Zero(t, Never.Probability())
}

// The threshold of a probability is within one part in 8,000 of it, and so
// short that contrib reads it; what is out of bounds is the bound.
func TestOfProbability(t *testing.T) {
	require.Equal(t, "e666", OfProbability(0.1).String())
	require.Equal(t, "8", OfProbability(0.5).String())
	require.Equal(t, Always, OfProbability(1))
	require.Equal(t, Always, OfProbability(math.Inf(1)))
	require.Equal(t, Never, OfProbability(0))
	require.Equal(t, Never, OfProbability(-1))
	require.Equal(t, Never, OfProbability(math.NaN()))
	r := rand.New(rand.NewPCG(1, 2))
	for range 10_000 {
		p := math.Pow(2, -40*r.Float64())
		got := OfProbability(p)
		require.InEpsilon(t, p, got.Probability(), 1.0/8_000, "%g", p)
		text, err := contrib.TValueToThreshold(got.String())
		require.NoError(t, err)
		require.InEpsilon(t, got.Probability(), text.Probability(), 1e-12)
	}
}

// A lower percentage keeps a part of what a higher one keeps, and each as many
// as it says; contrib's comparison says the same of every trace.
func TestSubsets(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	percents := []float64{0, 0.1, 1, 10, 25, 50, 99, 100}
	kept := make([]int, len(percents))
	const traces = 100_000
	for range traces {
		id := pcommon.TraceID{}
		for i := range id {
			id[i] = byte(r.Uint32())
		}
		before := false
		for i, percent := range percents {
			threshold := OfProbability(percent / 100)
			keeps := threshold.Keeps(RandomnessOf(id))
			require.False(t, before && !keeps, "kept at a lower percentage and not at %g", percent)
			if threshold != Never {
				theirs, err := contrib.TValueToThreshold(threshold.String())
				require.NoError(t, err)
				require.Equal(t, theirs.ShouldSample(contrib.TraceIDToRandomness(id)), keeps)
			}
			before = keeps
			if keeps {
				kept[i]++
			}
		}
	}
	for i, percent := range percents {
		p := percent / 100
		require.InDelta(t, p*traces, kept[i], 1+5*math.Sqrt(traces*p*(1-p)), "%g %%", percent)
	}
}
