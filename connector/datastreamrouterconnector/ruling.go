package datastreamrouterconnector

import (
	"encoding/binary"
	"slices"
	"time"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/sampling"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/tracehold"
)

// targets collects what the rules with a target rate are about, in one round.
type targets struct {
	byRule map[*rule]*target
	order  []*target
}

type target struct {
	rule       *rule
	index      map[targetKey]int
	counts     []int64
	thresholds []sampling.Threshold
	kept       int64
}

// targetKey is what a target is divided among: the source and the name of the
// root span, as numbers.
type targetKey struct{ source, name uint64 }

func newTargets() *targets { return &targets{byRule: make(map[*rule]*target)} }

// note adds items that are due.
func (t *targets) note(r *rule, key targetKey, items int) {
	of := t.byRule[r]
	if of == nil {
		of = &target{rule: r, index: make(map[targetKey]int)}
		t.byRule[r] = of
		t.order = append(t.order, of)
	}
	i, ok := of.index[key]
	if !ok {
		i = len(of.counts)
		of.index[key] = i
		of.counts = append(of.counts, 0)
	}
	of.counts[i] += int64(items)
}

// divide turns what is due into thresholds.
func (t *targets) divide(now time.Duration) {
	for _, of := range t.order {
		of.thresholds = of.rule.target.Thresholds(now, of.counts)
	}
}

// threshold is the one of a rule: its own, or that of the key in this round.
func (t *targets) threshold(r *rule, key targetKey) sampling.Threshold {
	if r.target == nil {
		return r.threshold
	}
	of := t.byRule[r]
	return of.thresholds[of.index[key]]
}

// keep notes what was kept.
func (t *targets) keep(r *rule, items int) {
	if r.target != nil {
		t.byRule[r].kept += int64(items)
	}
}

// settle tells the targets what was kept of the round.
func (t *targets) settle() {
	for _, of := range t.order {
		of.rule.target.Kept(of.kept)
	}
}

// judge finds, for each stream of a trace, the rule that is about it.
func (r *round) judge(c *claim, t *targets) {
	c.rules = make([]int, len(c.set.Streams))
	for i, stream := range c.set.Streams {
		k := r.keepers[r.gen.seats[stream].account]
		if k == nil {
			continue
		}
		c.rules[i] = k.find(&c.trace.Features)
		if c.rules[i] < len(k.rules) && k.rules[c.rules[i]].target != nil {
			t.note(&k.rules[c.rules[i]], r.keyOf(c.trace), c.itemsOf(stream))
		}
	}
}

// itemsOf returns how many of the trace's spans a stream gets if it keeps it.
func (c *claim) itemsOf(stream int) int {
	n := 0
	for i := range c.parts {
		if slices.Contains(c.parts[i].set.Streams, stream) {
			n += c.parts[i].items
		}
	}
	return n
}

func (r *round) keyOf(t *tracehold.Trace) targetKey {
	if !t.Features.HasRoot {
		return targetKey{}
	}
	return targetKey{r.memoOf(t.Features.Root).source, t.Features.RootName}
}

// rule returns the ruling over a trace whose streams' rules and targets are
// known.
func (r *round) rule(c *claim, t *targets) *ruling {
	v := &ruling{whole: c.whole, streams: make([]share, len(c.set.Streams))}
	for i, stream := range c.set.Streams {
		s := &v.streams[i]
		s.account, s.kept = r.gen.seats[stream].account, true
		k := r.keepers[s.account]
		if k == nil {
			continue
		}
		s.kept = false
		n := c.rules[i]
		if n < len(k.rules) {
			of := &k.rules[n]
			s.threshold = t.threshold(of, r.keyOf(c.trace))
			if s.kept = s.threshold.Keeps(c.randomness); s.kept {
				t.keep(of, c.itemsOf(stream))
			}
		}
		k.count(n, s.kept)
	}
	return r.intern(v)
}

// intern returns the one ruling of this round that says the same.
func (r *round) intern(v *ruling) *ruling {
	name := make([]byte, 1, 1+17*len(v.streams))
	if v.whole {
		name[0] = 1
	}
	for i := range v.streams {
		s := &v.streams[i]
		kept := byte(0)
		if s.kept {
			kept = 1
		}
		name = append(name, kept)
		name = binary.LittleEndian.AppendUint64(name, uint64(s.threshold))
		name = binary.LittleEndian.AppendUint64(name, uint64(r.gen.seatOf[s.account]))
	}
	if known := r.rulings[string(name)]; known != nil {
		return known
	}
	r.rulings[string(name)] = v
	return v
}

// count notes a decision of a rule.
func (k *keeper) count(rule int, kept bool) {
	if kept {
		k.decisions[rule][1].Add(1)
	} else {
		k.decisions[rule][0].Add(1)
	}
}

// shareOf returns a stream's share in a ruling over a trace of which a piece has
// come late, with a resource that the ruling has not seen.
func (r *round) shareOf(t *tracehold.Trace, stream int) share {
	s := share{account: r.gen.seats[stream].account, kept: true}
	k := r.keepers[s.account]
	if k == nil {
		return s
	}
	n := k.find(&t.Features)
	s.kept = n < len(k.rules)
	if s.kept && k.rules[n].target == nil {
		s.threshold = k.rules[n].threshold
		s.kept = s.threshold.Keeps(randomnessOf(t))
	}
	k.count(n, s.kept)
	return s
}
