package sampling

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Target keeps a number of items per second, whatever comes. It is told what is
// due, all of a round at once, and shares the round's budget among the keys (of
// whatever the caller wants to see a bit of each): every key gets what it needs
// up to a common level, so that the small ones are whole and the large ones are
// thinned. Nothing is predicted, so that a burst cannot overshoot.
//
// What a key gets is a probability and not a cut: many keys with less than one
// trace's share each would round to nothing. The round's luck is settled in the
// next ones, up to one second's budget either way.
type Target struct {
	rate  float64
	share Share
	last  time.Duration
	begun bool
	carry float64 // budget that is left, or owed
}

// Share says how a budget is divided among keys that all want more.
type Share int

const (
	// ShareSqrt gives a key in proportion to the square root of what it has: the
	// adjusted counts of all are then about equally exact.
	ShareSqrt Share = iota
	// ShareEqual gives every key the same: best for those that are rare.
	ShareEqual
)

// NewTarget returns a Target of rate items per second.
func NewTarget(rate float64, share Share) *Target { return &Target{rate: rate, share: share} }

// Thresholds returns one threshold for each of the keys, of which counts says
// how many items are due. Now is any clock's time that only runs forward.
func (t *Target) Thresholds(now time.Duration, counts []int64) []Threshold {
	if !t.begun {
		t.begun, t.last = true, now-time.Second
	}
	// One second is saved up at most, beside the time since the latest round.
	t.carry = min(t.carry, t.rate) + t.rate*min((now-t.last).Seconds(), 1)
	t.last = now
	thresholds := make([]Threshold, len(counts))
	level := t.level(counts, max(t.carry, 0))
	for i, n := range counts {
		thresholds[i] = OfProbability(level * t.weight(n) / float64(n))
	}
	return thresholds
}

// Kept settles what was kept of the latest round.
func (t *Target) Kept(items int64) {
	t.carry = max(t.carry-float64(items), -t.rate)
}

func (t *Target) weight(n int64) float64 {
	if t.share == ShareEqual {
		return 1
	}
	return math.Sqrt(float64(n))
}

// level returns c such that the sum of min(n, c*weight(n)) is the budget, +Inf
// if all fits.
func (t *Target) level(counts []int64, budget float64) float64 {
	order := slices.Clone(counts)
	// The key that is satisfied first has the lowest n/weight(n), and that grows with n.
	slices.SortFunc(order, func(a, b int64) int { return cmp.Compare(a, b) })
	var weights float64
	for _, n := range order {
		weights += t.weight(n)
	}
	for _, n := range order {
		w := t.weight(n)
		if w == 0 {
			continue
		}
		if level := budget / weights; level*w < float64(n) {
			return level
		}
		budget -= float64(n)
		weights -= w
	}
	return math.Inf(1)
}
