package live

import (
	"maps"
	"time"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/change"
)

// Result is what became of a change.
type Result string

// The results.
const (
	Applied  Result = "applied"
	Rejected Result = "rejected"
)

// Outcome is a kind of change and what became of it. A change that was rejected
// before its kind was known has KindUnknown.
type Outcome struct {
	Kind   change.Kind
	Result Result
}

// KindUnknown is the kind of what does not compile.
const KindUnknown change.Kind = "unknown"

// Counts returns how often each outcome was, since the process started.
func (d *Document) Counts() map[Outcome]int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return maps.Clone(d.counts)
}

// LastMistake returns when a change was last rejected; the zero time for never.
func (d *Document) LastMistake() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.mistake
}

// Reloading reports whether the collector was asked to reload, and the new
// service is not up yet.
func (d *Document) Reloading() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return !d.beganAt.IsZero()
}

func (d *Document) count(kind change.Kind, result Result) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.counts[Outcome{kind, result}]++
	if result == Rejected {
		d.mistake = time.Now()
	}
}
