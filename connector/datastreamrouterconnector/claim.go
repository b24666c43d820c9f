package datastreamrouterconnector

import (
	"slices"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/match"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/sampling"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/tracehold"
)

// claim is what the streams want of one trace, before targets are known.
type claim struct {
	trace      *tracehold.Trace
	whole      bool
	set        *match.Set // of all parts together
	parts      []portion
	randomness sampling.Randomness
	rules      []int // by the streams of set: the rule that is about the trace
}

// portion is the spans of a trace that have one verdict.
type portion struct {
	verdict
	items int
	all   bool // of the trace's spans
}

// claim finds the streams that a trace belongs to.
func (r *round) claim(t *tracehold.Trace) claim {
	c := claim{trace: t, randomness: randomnessOf(t)}
	switch {
	case t.Features.Spans == 0, t.Cause == tracehold.Loose:
	case r.cfg.Integrity == integrityAny:
		c.whole = true
	case r.cfg.Integrity == integrityRoot:
		c.whole = t.Features.HasRoot
	}
	if c.whole {
		v := r.wholeVerdict(t)
		if len(v.set.Streams) > 0 {
			c.set, c.parts = v.set, []portion{{verdict: v, items: t.Features.Spans, all: true}}
			return c
		}
	}
	c.whole = false
	c.parts = r.portions(t)
	c.set = union(c.parts)
	return c
}

// wholeVerdict is where the whole trace goes.
func (r *round) wholeVerdict(t *tracehold.Trace) verdict {
	if r.cfg.Integrity == integrityRoot {
		return r.verdictOf(t.Features.Root)
	}
	var first verdict
	var set match.Set
	several := false
	for resource := range t.Resources() {
		v := r.verdictOf(resource)
		switch {
		case first.set == nil:
			first, set = v, *v.set
		case v != first:
			several = true
			set.Streams = mergeSorted(set.Streams, v.set.Streams)
			set.Observed = mergeSorted(set.Observed, v.set.Observed)
		}
	}
	if !several {
		return first
	}
	set.ID = -1
	return verdict{set: &set}
}

// portions divides a trace by the verdicts of its resources.
func (r *round) portions(t *tracehold.Trace) []portion { return collect(t.CountSpans, r.verdictOf) }

// collect divides items that are counted by resource by the verdicts of those.
func collect(count func(func(*tracehold.Resource, int)), verdictOf func(*tracehold.Resource) verdict) []portion {
	var parts []portion
	count(func(resource *tracehold.Resource, items int) {
		v := verdictOf(resource)
		i := slices.IndexFunc(parts, func(p portion) bool { return p.verdict == v })
		if i < 0 {
			i = len(parts)
			parts = append(parts, portion{verdict: v})
		}
		parts[i].items += items
	})
	if len(parts) == 1 {
		parts[0].all = true
	}
	return parts
}

func union(parts []portion) *match.Set {
	if len(parts) == 1 {
		return parts[0].set
	}
	set := &match.Set{ID: -1}
	for i := range parts {
		set.Streams = mergeSorted(set.Streams, parts[i].set.Streams)
	}
	return set
}

// mergeSorted returns the union of two ascending lists, both of which stay as
// they are.
func mergeSorted(a, b []int) []int {
	merged := append(slices.Clone(a), b...)
	slices.Sort(merged)
	return slices.Compact(merged)
}

func randomnessOf(t *tracehold.Trace) sampling.Randomness {
	if t.Features.HasRandomness {
		return t.Features.Randomness
	}
	return sampling.RandomnessOf(t.ID)
}
