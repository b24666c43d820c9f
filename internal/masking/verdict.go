package masking

import (
	"strings"
	"sync/atomic"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/detect"
)

// verdict is what a key says about its value. It does not change.
type verdict struct {
	key   string
	salt  uint64 // tells its values from those of other keys
	want  detect.Set
	hints detect.Hints
	// rule replaces the whole value. It is nil for keys without one.
	rule *Action
	// quoted and arguments are the verdict for databases that put literals in
	// double quotes, and for those with a language of words. They are nil unless
	// the value is a query.
	quoted, arguments *verdict
	// name is the key as it stays, if keys are masked. It differs from key if
	// that holds what is to be masked.
	name    string
	renamed bool
	// isPlain says that detect.Clean can tell whether a text is to be left alone,
	// wantsMore that detect.CleanMore has to agree.
	isPlain, wantsMore bool
}

// newPlainVerdict is the verdict for texts without a key.
func newPlainVerdict(want detect.Set) *verdict {
	v := &verdict{want: want}
	v.setPlain()
	return v
}

// setPlain sets what isPlain and wantsMore say. All else is set.
func (v *verdict) setPlain() {
	v.isPlain = v.rule == nil && v.want != 0 && v.hints == 0 && v.quoted == nil && !v.renamed
	if v.isPlain {
		v.isPlain, v.wantsMore = detect.CleanTells(v.want)
	}
}

// idle reports whether the value need not be looked at.
func (v *verdict) idle() bool { return v.rule == nil && v.want == 0 }

const (
	cacheWays = 4
	cacheBits = 10
	cacheSets = 1 << cacheBits
)

// verdicts remembers the verdicts of up to cacheWays*cacheSets keys. Keys beyond
// that push out others, and cost a judgment each time. It is safe for
// concurrent use and takes no lock.
type verdicts struct {
	entries [cacheSets][cacheWays]atomic.Pointer[verdict]
	next    atomic.Uint32 // way to replace when a set is full
	misses  atomic.Int64
}

// cacheHash maps a key to a number. Keys differ mostly at their ends.
func cacheHash(key string) uint64 {
	h := uint64(len(key)) * 0x9e3779b97f4a7c15
	if n := len(key); n >= 8 {
		h ^= load64(key) * 0xff51afd7ed558ccd
		h ^= load64(key[n-8:]) * 0xc4ceb9fe1a85ec53
		h ^= load64(key[n/2-4:]) * 0x9fb21c651e98df25
	} else {
		for i := range n {
			h = (h ^ uint64(key[i])) * 0xff51afd7ed558ccd
		}
	}
	h ^= h >> 32
	return h * 0x9e3779b97f4a7c15
}

func load64(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// verdict returns the verdict of a key.
func (p *Policy) verdict(key string) *verdict {
	set := &p.cache.entries[cacheHash(key)>>(64-cacheBits)]
	for i := range set {
		v := set[i].Load()
		if v == nil {
			break
		}
		if v.key == key {
			return v
		}
	}
	return p.judge(key, set)
}

// judge decides about a key that is not in the cache, and puts it there.
func (p *Policy) judge(key string, set *[cacheWays]atomic.Pointer[verdict]) *verdict {
	p.cache.misses.Add(1)
	// The key belongs to a payload, which shall not live on because of it.
	v := p.newVerdict(strings.Clone(key))
	if len(key) > maxCachedKey {
		return v
	}
	for i := range set {
		if set[i].CompareAndSwap(nil, v) {
			return v
		}
	}
	set[p.cache.next.Add(1)%cacheWays].Store(v)
	return v
}

// maxCachedKey is the length up to which keys are remembered.
const maxCachedKey = 256

func (p *Policy) newVerdict(key string) *verdict {
	v := &verdict{key: key, name: key, salt: cacheHash(key)}
	lower := strings.ToLower(key)
	if p.fields.has(AttributeKeys) {
		v.name = p.maskedKey(key)
		v.renamed = v.name != key
	}
	for i := range p.rules {
		if r := &p.rules[i]; r.matches(lower) {
			v.rule = &r.action
			return v
		}
	}
	if p.skipped.matches(lower) {
		return v
	}
	if p.denied.matches(lower) && !exceptedKeys.matches(lower) {
		v.rule = &p.deniedAction
		return v
	}
	v.want = p.want &^ detect.Of(detect.SQLLiteral)
	if versionKeys.matches(lower) {
		v.want &^= detect.Of(detect.IPv4)
	}
	v.hints = hintsOf(lower)
	if p.want.Has(detect.SQLLiteral) && queryKeys.matches(lower) {
		v.want |= detect.Of(detect.SQLLiteral)
		quoted, arguments := *v, *v
		quoted.hints |= detect.HintDoubleQuotedSQL
		arguments.hints |= detect.HintKeyValueSQL
		v.quoted, v.arguments = &quoted, &arguments
	}
	v.setPlain()
	return v
}

// hintsOf returns what a key in lower case says about its value.
func hintsOf(lower string) detect.Hints {
	var hints detect.Hints
	if phoneKeys.matches(lower) {
		hints |= detect.HintPhone
	}
	if ssnKeys.matches(lower) {
		hints |= detect.HintSSN
	}
	if awsKeys.matches(lower) {
		hints |= detect.HintSecret
	}
	return hints
}
