package masking

import (
	"hash/maphash"
	"strings"
	"sync/atomic"
)

// Values that came twice, were not cleared by the screen and hold nothing are
// remembered with their key, so that the third time costs one comparison.
// Telemetry repeats itself: queries, user agents, addresses of health checks.
// What the screen clears is not: reading it once is quicker than looking it up,
// in memory that the payload's texts keep pushing out of the processor's cache.
const (
	cleanEntries = 1 << 12
	// leastClean and mostClean bound the length of values that are remembered:
	// shorter ones are quicker to look at, longer ones take too much memory.
	leastClean = 8
	mostClean  = 512
	// recentValues is how many values a worker can recognize as come before.
	recentValues = 1 << 11
	// patience is how many others that ask for its place a value withstands before
	// it has to come again.
	patience = 64
)

// clean is a value under a key in which nothing was found.
type clean struct {
	verdict *verdict
	text    string
	left    atomic.Int32 // of its patience
}

// cleanValues remembers up to cleanEntries values, and compares them byte by
// byte: a hash alone could be of another value, which would be a leak. It is safe
// for concurrent use.
type cleanValues [cleanEntries]atomic.Pointer[clean]

// has reports whether nothing is in the value with this hash.
func (c *cleanValues) has(s string, h uint64, v *verdict) bool {
	e := c[h%cleanEntries].Load()
	if e == nil || e.verdict != v || e.text != s {
		return false
	}
	if e.left.Load() < patience {
		e.left.Store(patience)
	}
	return true
}

// learn remembers that nothing is in the value with this hash, if the worker has
// met it before. Values that share a place do not take it from each other all the
// time, which would cost a copy each.
func (w *worker) learn(s string, h uint64, v *verdict) {
	seen := &w.recentValues[h>>32%recentValues]
	if tag := uint32(h >> 12); *seen != tag {
		*seen = tag
		return
	}
	place := &w.policy.clean[h%cleanEntries]
	if e := place.Load(); e != nil && e.left.Add(-1) > 0 {
		return
	}
	// The value belongs to a payload, which shall not live on because of it.
	e := &clean{verdict: v, text: strings.Clone(s)}
	e.left.Store(patience)
	place.Store(e)
}

// valueHash maps a value under a key to its place. It reads all of the value:
// queries of one kind differ in a few letters somewhere.
func (p *Policy) valueHash(s string, v *verdict) uint64 {
	return maphash.String(p.seed, s) ^ v.salt
}
