package match

import (
	"hash/maphash"
	"strings"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// key is one attribute that clauses refer to.
type key struct {
	name  string
	terms []keyTerm

	// known holds the pattern of every value that is compared for equality,
	// other that of all remaining values unless open, absent that of none.
	known  wordlist
	other  *pattern
	absent *pattern
	// open says that other values differ among each other: a glob or a regex
	// looks at them. Their patterns are evaluated once and remembered.
	open bool
	memo *cache[string, *pattern]

	free []uint64 // Clauses without a term on this key.

	mu       sync.Mutex
	patterns map[string]*pattern // By their bits, up to limit.
	limit    int
}

type keyTerm struct {
	clause    int
	predicate Predicate
}

// pattern is the clauses that a value satisfies as far as one key is
// concerned. Equal patterns of a key are one object.
type pattern struct {
	id      uint64
	clauses []uint64
	// alone is what the pattern decides in a table over one key, once that is
	// known.
	alone atomic.Pointer[decision]
}

// maxPatterns bounds the distinct patterns of a key that are shared. Clauses
// could combine to far more, but not for the values of real resources.
const maxPatterns = 4096

// maxMemoText is the longest value in bytes whose pattern is remembered.
const maxMemoText = 1024

var seed = maphash.MakeSeed()

// require adds a term of the clause that was added last. Several terms of one
// clause on one key must all hold.
func (k *key) require(clause int, p Predicate) {
	if n := len(k.terms); n > 0 && k.terms[n-1].clause == clause {
		k.terms[n-1].predicate = All{k.terms[n-1].predicate, p}
		return
	}
	k.terms = append(k.terms, keyTerm{clause: clause, predicate: p})
}

func (k *key) compile(clauses int) {
	k.patterns = make(map[string]*pattern)
	k.free = make([]uint64, (clauses+63)/64)
	for c := range clauses {
		k.free[c/64] |= 1 << (c % 64)
	}
	for _, t := range k.terms {
		k.free[t.clause/64] &^= 1 << (t.clause % 64)
	}
	known := k.compileKnown()
	k.known = newWordlist(known)
	k.absent = k.evaluate("", false)
	k.other = k.evaluate(unknownValue(known), true)
}

// compileKnown evaluates the values that terms compare for equality. A value
// concerns few terms, so that the work is not the product of both counts.
func (k *key) compileKnown() map[string]*pattern {
	var closed []keyTerm // Terms that look at no value, or at all of them.
	byValue := make(map[string][]keyTerm)
	for _, t := range k.terms {
		seen := make(map[string]bool)
		open := literals(t.predicate, func(v string) {
			if !seen[v] {
				seen[v] = true
				byValue[v] = append(byValue[v], t)
			}
		})
		k.open = k.open || open
		if open || !onlyIfEqual(t.predicate) {
			closed = append(closed, t)
		}
	}
	if k.open {
		k.memo = new(cache[string, *pattern])
	}
	k.limit = maxPatterns + len(byValue)
	known := make(map[string]*pattern, len(byValue))
	for v, terms := range byValue {
		known[v] = k.share(k.bits(v, true, terms, closed))
	}
	return known
}

// onlyIfEqual reports whether p fails for all values that it does not name.
func onlyIfEqual(p Predicate) bool {
	_, ok := p.(Exact)
	return ok
}

// unknownValue returns a value that no term compares with.
func unknownValue(known map[string]*pattern) string {
	v := "\x00"
	for known[v] != nil {
		v += "\x00"
	}
	return v
}

func (k *key) evaluate(value string, present bool) *pattern {
	return k.share(k.bits(value, present, k.terms))
}

func (k *key) bits(value string, present bool, terms ...[]keyTerm) []uint64 {
	set := append([]uint64(nil), k.free...)
	for _, list := range terms {
		for _, t := range list {
			if t.predicate.Holds(value, present) {
				set[t.clause/64] |= 1 << (t.clause % 64)
			}
		}
	}
	return set
}

// share returns the one pattern with these bits.
func (k *key) share(clauses []uint64) *pattern {
	name := make([]byte, 0, 8*len(clauses))
	for _, w := range clauses {
		for shift := 0; shift < 64; shift += 8 {
			name = append(name, byte(w>>shift))
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	p := k.patterns[string(name)]
	if p == nil {
		p = &pattern{id: maphash.Bytes(seed, name), clauses: clauses}
		if len(k.patterns) < k.limit {
			k.patterns[string(name)] = p
		}
	}
	return p
}

// pattern returns the pattern of an attribute's value.
func (k *key) pattern(value string) *pattern {
	return k.lookup(value, maphash.String(seed, value))
}

// lookup is pattern for a value with this hash.
func (k *key) lookup(value string, hash uint64) *pattern {
	if p := k.known.find(value, hash); p != nil {
		return p
	}
	if !k.open {
		return k.other
	}
	if p, ok := k.memo.get(hash, func(known string) bool { return known == value }); ok {
		return p
	}
	p := k.evaluate(value, true)
	if len(value) <= maxMemoText {
		// A copy, because the value may be part of a longer string.
		k.memo.put(hash, strings.Clone(value), p)
	}
	return p
}

// of returns the pattern of the value that attrs has for the key.
func (k *key) of(attrs pcommon.Map) *pattern {
	if v, ok := attrs.Get(k.name); ok {
		return k.pattern(text(v))
	}
	return k.absent
}

const hashStart = 14695981039346656037

func mix(hash, id uint64) uint64 {
	hash = (hash ^ id) * 0x9E3779B97F4A7C15
	return hash ^ hash>>29
}

// combine hashes a list of patterns in order.
func combine(patterns []*pattern) uint64 {
	hash := uint64(hashStart)
	for _, p := range patterns {
		hash = mix(hash, p.id)
	}
	return hash
}

// samePatterns reports whether both lists hold the same objects. Two objects
// with equal bits differ only once a key has too many patterns to share.
func samePatterns(a, b []*pattern) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
