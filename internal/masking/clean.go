package masking

import (
	"strings"
	"sync/atomic"
)

// Values that came twice and hold nothing are remembered with their key, so
// that the third time costs one comparison. Telemetry repeats itself: routes,
// queries, user agents, function names.
const (
	cleanEntries = 1 << 12
	// leastClean and mostClean bound the length of values that are remembered:
	// shorter ones are quicker to look at, longer ones take too much memory.
	leastClean = 8
	mostClean  = 512
	// recentValues is how many values a worker can recognize as come before.
	recentValues = 1 << 10
	// patience is how many values ask for a place that is taken until one gets it.
	patience = 1 << 10
)

// clean is a value under a key in which nothing was found.
type clean struct {
	verdict *verdict
	text    string
}

// cleanValues remembers up to cleanEntries values, and compares them byte by
// byte: a hash alone could be of another value, which would be a leak. It is safe
// for concurrent use.
type cleanValues [cleanEntries]atomic.Pointer[clean]

// has reports whether nothing is in the value with this hash.
func (c *cleanValues) has(s string, h uint64, v *verdict) bool {
	e := c[h%cleanEntries].Load()
	return e != nil && e.verdict == v && e.text == s
}

// learn remembers that nothing is in the value with this hash, if the worker has
// met it before. A place that is taken rarely changes, so that values that share
// one do not cost a copy each time.
func (w *worker) learn(s string, h uint64, v *verdict) {
	seen := &w.recentValues[h>>32%recentValues]
	if *seen != h {
		*seen = h
		return
	}
	place := &w.policy.clean[h%cleanEntries]
	if w.learned++; w.learned%patience != 0 && place.Load() != nil {
		return
	}
	// The value belongs to a payload, which shall not live on because of it.
	place.Store(&clean{verdict: v, text: strings.Clone(s)})
}

// valueHash maps a value of at least eight bytes under a key to its place.
func valueHash(s string, salt uint64) uint64 {
	n := len(s)
	h := salt + uint64(n)*0x9e3779b97f4a7c15
	h = (h ^ load64(s)) * 0xff51afd7ed558ccd
	h = (h ^ h>>29 ^ load64(s[n-8:])) * 0xc4ceb9fe1a85ec53
	if n > 16 {
		h = (h ^ h>>31 ^ load64(s[n/2-4:])) * 0x9fb21c651e98df25
		h = (h ^ h>>30 ^ load64(s[n/4:])) * 0xff51afd7ed558ccd
		h = (h ^ h>>28 ^ load64(s[n*3/4-4:])) * 0xc4ceb9fe1a85ec53
	}
	return h ^ h>>32
}
