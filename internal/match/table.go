package match

import (
	"math/bits"
	"sync/atomic"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Table is the compiled, immutable form of a list of streams. All methods are
// safe for concurrent use.
type Table struct {
	streams  []Stream
	mode     Mode
	clauses  []owner
	words    int
	keys     []*key
	fallback []int // The default streams, ascending.

	decisions *cache[[]*pattern, decision] // By the combination of the keys' patterns.
	outcomes  *cache[outcome, *Set]        // nil without conditions.
	sets      interner

	conditionErrors atomic.Uint64
}

// owner says what a satisfied clause means, and what else it depends on.
type owner struct {
	stream    int
	exclude   bool
	condition Condition // nil for none.
}

// Compile builds the table for the streams in their order of precedence. The
// table keeps the slice, which must not change any more.
func Compile(streams []Stream, mode Mode) *Table {
	t := &Table{streams: streams, mode: mode, decisions: new(cache[[]*pattern, decision])}
	byKey := make(map[string]*key)
	for i, s := range streams {
		if s.Default {
			t.fallback = append(t.fallback, i)
		} else {
			for _, c := range s.Select {
				t.addClause(byKey, c, owner{stream: i})
			}
		}
		for _, c := range s.Exclude {
			t.addClause(byKey, c, owner{stream: i, exclude: true})
		}
	}
	t.words = (len(t.clauses) + 63) / 64
	for _, k := range t.keys {
		k.compile(len(t.clauses))
	}
	return t
}

func (t *Table) addClause(byKey map[string]*key, c Clause, o owner) {
	id := len(t.clauses)
	o.condition = c.Condition
	t.clauses = append(t.clauses, o)
	if c.Condition != nil && t.outcomes == nil {
		t.outcomes = new(cache[outcome, *Set])
	}
	for _, term := range c.Terms {
		k := byKey[term.Key]
		if k == nil {
			k = &key{name: term.Key}
			byKey[term.Key] = k
			t.keys = append(t.keys, k)
		}
		k.require(id, term.Predicate)
	}
}

// maxKeys is the number of distinct attribute keys up to which combinations
// are memoised; tables over more keys evaluate bit sets for each resource.
const maxKeys = 16

// MatchResource returns the streams of a resource. It does not allocate once
// the memos are warm, unless a condition does.
func (t *Table) MatchResource(resource pcommon.Resource) *Set {
	d := t.lookup(resource.Attributes())
	if d.residual == nil {
		return d.set
	}
	return t.settle(d.residual, resource)
}

// Match is MatchResource for those who have no more of a resource than its
// attributes. Where streams have conditions it copies the attributes into a
// resource, to ask them.
func (t *Table) Match(attrs pcommon.Map) *Set {
	d := t.lookup(attrs)
	if d.residual == nil {
		return d.set
	}
	resource := pcommon.NewResource()
	attrs.CopyTo(resource.Attributes())
	return t.settle(d.residual, resource)
}

// ConditionErrors returns how many times a condition failed with an error, and
// so counted as one that does not hold.
func (t *Table) ConditionErrors() uint64 { return t.conditionErrors.Load() }

// lookup returns what the attributes decide.
func (t *Table) lookup(attrs pcommon.Map) decision {
	if len(t.keys) == 1 {
		return t.lookupOne(t.keys[0].of(attrs))
	}
	if len(t.keys) > maxKeys {
		many := make([]*pattern, len(t.keys))
		t.patterns(attrs, many)
		return t.decide(many)
	}
	var patterns [maxKeys]*pattern
	t.patterns(attrs, patterns[:len(t.keys)])
	return t.decided(patterns[:len(t.keys)])
}

// decided returns what the patterns of the keys, at most maxKeys, decide. It does
// not keep them.
func (t *Table) decided(patterns []*pattern) decision {
	if len(patterns) == 1 {
		return t.lookupOne(patterns[0])
	}
	hash := combine(patterns)
	if d, ok := t.decisions.get(hash, func(known []*pattern) bool { return samePatterns(known, patterns) }); ok {
		return d
	}
	own := append([]*pattern(nil), patterns...)
	d := t.decide(own)
	t.decisions.put(hash, own, d)
	return d
}

// lookupOne is lookup for a table over one key, with the pattern of its value.
func (t *Table) lookupOne(p *pattern) decision {
	if d := p.alone.Load(); d != nil {
		return *d
	}
	d := t.decide([]*pattern{p})
	p.alone.Store(&d)
	return d
}

// patterns finds each key's pattern.
func (t *Table) patterns(attrs pcommon.Map, patterns []*pattern) {
	for i, k := range t.keys {
		patterns[i] = k.of(attrs)
	}
}

// text is the form in which values compare.
func text(v pcommon.Value) string {
	if v.Type() == pcommon.ValueTypeStr {
		return v.Str()
	}
	return v.AsString()
}

// candidates intersects the patterns and yields the clauses that remain,
// ascending.
func (t *Table) candidates(patterns []*pattern, yield func(clause int)) {
	for w := range t.words {
		word := ^uint64(0)
		if rest := len(t.clauses) - w*64; rest < 64 {
			word = 1<<rest - 1
		}
		for _, p := range patterns {
			word &= p.clauses[w]
		}
		for ; word != 0; word &= word - 1 {
			yield(w*64 + bits.TrailingZeros64(word))
		}
	}
}
