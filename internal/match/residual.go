package match

import (
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// decision is what the patterns of a resource decide: its streams, or what its
// conditions have to settle. Exactly one of both is set.
type decision struct {
	set      *Set
	residual *residual
}

// residual is the clauses that hold as far as their terms are concerned.
type residual struct {
	certain []int // Without a condition.
	open    []int // With one that makes a difference.
}

// outcome identifies which open clauses of a residual hold, as a bit set.
type outcome struct {
	residual *residual
	held     []uint64
}

// outcomeWords is the size of an outcome that needs no allocation, in words.
const outcomeWords = 8

// decide evaluates the terms and returns what they leave to the conditions.
func (t *Table) decide(patterns []*pattern) decision {
	r := new(residual)
	t.candidates(patterns, func(clause int) {
		if t.clauses[clause].condition == nil {
			r.certain = append(r.certain, clause)
		} else {
			r.open = append(r.open, clause)
		}
	})
	m := t.mark(r.certain)
	t.prune(r, m)
	if len(r.open) > 0 {
		return decision{residual: r}
	}
	return decision{set: t.sets.intern(t.choose(m))}
}

// prune removes the open clauses that cannot change the streams: those of
// streams that are excluded for certain, or selected for certain, and excludes
// of streams that would not take the resource anyway.
func (t *Table) prune(r *residual, m marks) {
	possible := slices.Clone(m.selected)
	for _, i := range t.fallback {
		possible[i] = true
	}
	for _, c := range r.open {
		if o := &t.clauses[c]; !o.exclude {
			possible[o.stream] = true
		}
	}
	r.open = slices.DeleteFunc(r.open, func(c int) bool {
		o := &t.clauses[c]
		return m.excluded[o.stream] || !o.exclude && m.selected[o.stream] || o.exclude && !possible[o.stream]
	})
}

// mark notes whose clauses hold.
func (t *Table) mark(clauses []int) marks {
	m := marks{selected: make([]bool, len(t.streams)), excluded: make([]bool, len(t.streams))}
	for _, c := range clauses {
		if o := &t.clauses[c]; o.exclude {
			m.excluded[o.stream] = true
		} else {
			m.selected[o.stream] = true
		}
	}
	return m
}

// settle asks the open conditions about the resource.
func (t *Table) settle(r *residual, resource pcommon.Resource) *Set {
	var buffer [outcomeWords]uint64
	held := buffer[:]
	if words := (len(r.open) + 63) / 64; words > outcomeWords {
		held = make([]uint64, words)
	}
	for i, c := range r.open {
		if t.holds(t.clauses[c].condition, resource) {
			held[i/64] |= 1 << (i % 64)
		}
	}
	hash := uint64(hashStart)
	for _, w := range held {
		hash = mix(hash, w)
	}
	same := func(o outcome) bool { return o.residual == r && slices.Equal(o.held, held) }
	if set, ok := t.outcomes.get(hash, same); ok {
		return set
	}
	clauses := slices.Clone(r.certain)
	for i, c := range r.open {
		if held[i/64]&(1<<(i%64)) != 0 {
			clauses = append(clauses, c)
		}
	}
	set := t.sets.intern(t.choose(t.mark(clauses)))
	t.outcomes.put(hash, outcome{residual: r, held: slices.Clone(held)}, set)
	return set
}

func (t *Table) holds(c Condition, resource pcommon.Resource) bool {
	ok, err := c.Holds(resource)
	if err != nil {
		t.conditionErrors.Add(1)
		return false
	}
	return ok
}
