package masking

import (
	"sync/atomic"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/detect"
)

// Failure is why something could not be looked at, or not as a whole.
type Failure uint8

// The failures.
const (
	// Panicked: a detector panicked, and the value was replaced.
	Panicked Failure = iota
	// Unsettled: replacing findings made new ones too often, and the value was
	// replaced.
	Unsettled
	// TooLong: the value was longer than is scanned.
	TooLong
	// TooDeep: the value was nested too deep, and was replaced.
	TooDeep
	failures // their number
)

var failureNames = [failures]string{"panic", "unsettled", "too_long", "too_deep"}

// String returns the failure's name in metrics.
func (f Failure) String() string { return failureNames[f] }

// Tally counts what a Masker does. It is safe for concurrent use.
type Tally struct {
	policy *Policy
	// matches by detector, or rule, then action, then field.
	matches  [][kinds][fields]atomic.Int64
	rejected []atomic.Int64 // by detector
	failures [failures]atomic.Int64
	bytes    atomic.Int64
	dropped  atomic.Int64
}

func newTally(p *Policy) *Tally {
	return &Tally{policy: p, matches: make([][kinds][fields]atomic.Int64, len(p.names)), rejected: make([]atomic.Int64, len(p.names))}
}

// Matches calls f for each combination that has occurred, with the names of
// the detector, the action and the field.
func (t *Tally) Matches(f func(detector, action, field string, n int64)) {
	for id := range t.matches {
		for k := range kinds {
			for field := range fields {
				if n := t.matches[id][k][field].Load(); n > 0 {
					f(t.policy.names[id], k.String(), field.String(), n)
				}
			}
		}
	}
}

// Rejected calls f for each detector whose validator has turned down what
// looked like a match, with their number.
func (t *Tally) Rejected(f func(detector string, n int64)) {
	for id := range t.rejected {
		if n := t.rejected[id].Load(); n > 0 {
			f(t.policy.names[id], n)
		}
	}
}

// Failures calls f for each kind of failure, with the number.
func (t *Tally) Failures(f func(reason string, n int64)) {
	for i := range t.failures {
		f(failureNames[i], t.failures[i].Load())
	}
}

// Bytes is the length of all values that were scanned.
func (t *Tally) Bytes() int64 { return t.bytes.Load() }

// Dropped is the number of records that were dropped or reduced to skeletons.
func (t *Tally) Dropped() int64 { return t.dropped.Load() }

// KeyMisses is how often the verdict about a key was not in the policy's cache.
func (t *Tally) KeyMisses() int64 { return t.policy.cache.misses.Load() }

func (t *Tally) match(id detect.ID, k Kind, f Field) { t.matches[id][k][f].Add(1) }
