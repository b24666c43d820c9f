package sampling

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Small keys are whole, large ones are thinned to what is left.
func TestWaterFilling(t *testing.T) {
	target := NewTarget(100, ShareEqual)
	got := target.Thresholds(0, []int64{1000, 10, 30, 1000})
	require.Equal(t, Always, got[1])
	require.Equal(t, Always, got[2])
	require.InEpsilon(t, 0.03, got[0].Probability(), 1e-3)
	require.Equal(t, got[0], got[3])

	root := NewTarget(100, ShareSqrt).Thresholds(0, []int64{100, 10_000})
	require.InEpsilon(t, 100.0/11/100, root[0].Probability(), 1e-3)
	require.InEpsilon(t, 1000.0/11/10_000, root[1].Probability(), 1e-3)

	all := NewTarget(100, ShareSqrt).Thresholds(0, []int64{40, 59})
	require.Equal(t, []Threshold{Always, Always}, all)
	require.Empty(t, NewTarget(1, ShareSqrt).Thresholds(0, nil))
}

// What is left of a budget lasts for one second, and so does what is owed.
func TestCarry(t *testing.T) {
	target := NewTarget(100, ShareEqual)
	target.Thresholds(0, nil)
	p := target.Thresholds(time.Hour, []int64{1000})[0].Probability()
	require.InEpsilon(t, 0.2, p, 1e-3, "an hour's silence does not save up an hour's budget")
	target.Kept(10_000)
	require.Equal(t, Never, target.Thresholds(time.Hour+time.Second/2, []int64{1000})[0])
	target.Kept(0)
	p = target.Thresholds(time.Hour+3*time.Second/2, []int64{1000})[0].Probability()
	require.InEpsilon(t, 0.05, p, 1e-3)
}

// Simulate is 20,000 spans per second over 200 unequal keys, with a burst of
// five times as much for a minute, and a target of 1,000.
func simulate(share Share, second func(second int, due, kept int64, weight float64)) {
	const tick = 200 * time.Millisecond
	r := rand.New(rand.NewPCG(1, 1))
	target := NewTarget(1000, share)
	weights := make([]float64, 200)
	var sum float64
	for i := range weights {
		weights[i] = 1 / float64(i+1)
		sum += weights[i]
	}
	var due, kept int64
	var weight float64
	for n := range 900 {
		now := time.Duration(n) * tick
		rate := 20_000.0
		if s := now / time.Second; s >= 60 && s < 120 {
			rate *= 5
		}
		counts := make([]int64, len(weights))
		for i := range counts {
			mean := rate * tick.Seconds() * weights[i] / sum
			counts[i] = int64(max(0, mean+math.Sqrt(mean)*r.NormFloat64()+r.Float64()))
		}
		var keptNow int64
		for i, threshold := range target.Thresholds(now, counts) {
			for range counts[i] {
				due++
				if threshold.Keeps(Randomness(r.Uint64() % never)) {
					keptNow++
					weight += threshold.AdjustedCount()
				}
			}
		}
		target.Kept(keptNow)
		kept += keptNow
		if n%5 == 4 {
			second(n/5, due, kept, weight)
			due, kept, weight = 0, 0, 0
		}
	}
}

// In no second, also not at the start of a burst or after it, is the target
// missed by more than a third; over all of it not by more than one part in a
// hundred. What is kept stands for what there was.
func TestTargetInBursts(t *testing.T) {
	for _, share := range []Share{ShareSqrt, ShareEqual} {
		var total, all int64
		var counted float64
		seconds := 0
		simulate(share, func(second int, due, kept int64, weight float64) {
			if second > 0 {
				require.InEpsilon(t, 1000, kept, 0.33, "second %d", second)
				total, seconds = total+kept, seconds+1
			}
			all += due
			counted += weight
		})
		require.InEpsilon(t, 1000*seconds, total, 0.01)
		require.InEpsilon(t, all, counted, 0.03)
	}
}
