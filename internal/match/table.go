package match

import (
	"math/bits"
	"sync"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Set is the streams of a resource. Sets are immutable, and one Table returns
// one Set for the same streams (as long as its memo of sets is not full), so
// that resources can be grouped by pointer.
type Set struct {
	// Streams are indexes into the compiled streams, ascending.
	Streams []int
}

// Table is the compiled, immutable form of a list of streams. All methods are
// safe for concurrent use.
type Table struct {
	streams  []Stream
	mode     Mode
	clauses  []owner
	words    int
	keys     []*key
	fallback []int // the default streams, ascending

	sets cache[*Set] // by the combination of the keys' patterns

	mu       sync.Mutex
	interned map[string]*Set
}

// owner says what a satisfied clause means.
type owner struct {
	stream  int
	exclude bool
}

// maxInterned bounds the distinct sets that are remembered for grouping.
const maxInterned = 4096

// Compile builds the table for the streams in their order of precedence.
func Compile(streams []Stream, mode Mode) *Table {
	t := &Table{streams: streams, mode: mode, interned: make(map[string]*Set)}
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
	t.clauses = append(t.clauses, o)
	for _, term := range c {
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

// Match returns the streams that take a resource with these attributes. It
// does not allocate once the memos are warm.
func (t *Table) Match(attrs pcommon.Map) *Set {
	var patterns [maxKeys]*pattern
	if len(t.keys) > maxKeys {
		return t.intern(t.evaluate(attrs, make([]*pattern, len(t.keys))))
	}
	used := patterns[:len(t.keys)]
	t.lookup(attrs, used)
	hash := combine(used)
	if set, ok := t.sets.get(hash, func(e *entry[*Set]) bool { return samePatterns(e.patterns, used) }); ok {
		return set
	}
	set := t.intern(t.streamsOf(used))
	t.sets.put(hash, &entry[*Set]{patterns: append([]*pattern(nil), used...), value: set})
	return set
}

func (t *Table) evaluate(attrs pcommon.Map, patterns []*pattern) []int {
	t.lookup(attrs, patterns)
	return t.streamsOf(patterns)
}

// lookup finds each key's pattern.
func (t *Table) lookup(attrs pcommon.Map, patterns []*pattern) {
	for i, k := range t.keys {
		if v, ok := attrs.Get(k.name); ok {
			patterns[i] = k.pattern(v)
		} else {
			patterns[i] = k.absent
		}
	}
}

// streamsOf intersects the patterns and collects the streams of the clauses
// that remain.
func (t *Table) streamsOf(patterns []*pattern) []int {
	taken := make([]bool, len(t.streams))
	excluded := make([]bool, len(t.streams))
	for w := range t.words {
		word := ^uint64(0)
		if rest := len(t.clauses) - w*64; rest < 64 {
			word = 1<<rest - 1
		}
		for _, p := range patterns {
			word &= p.clauses[w]
		}
		for ; word != 0; word &= word - 1 {
			o := t.clauses[w*64+bits.TrailingZeros64(word)]
			if o.exclude {
				excluded[o.stream] = true
			} else {
				taken[o.stream] = true
			}
		}
	}
	return t.choose(taken, excluded)
}

func (t *Table) choose(taken, excluded []bool) []int {
	var streams []int
	for i := range t.streams {
		if taken[i] && !excluded[i] {
			streams = append(streams, i)
		}
	}
	if len(streams) == 0 {
		for _, i := range t.fallback {
			if !excluded[i] {
				streams = append(streams, i)
			}
		}
	}
	if t.mode == FirstStream && len(streams) > 1 {
		streams = streams[:1]
	}
	return streams
}

func (t *Table) intern(streams []int) *Set {
	name := make([]byte, 0, 4*len(streams))
	for _, s := range streams {
		name = append(name, byte(s), byte(s>>8), byte(s>>16), byte(s>>24))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	set := t.interned[string(name)]
	if set == nil {
		set = &Set{Streams: streams}
		if len(t.interned) < maxInterned {
			t.interned[string(name)] = set
		}
	}
	return set
}
