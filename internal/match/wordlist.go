package match

import (
	"hash/maphash"
	"math/bits"
)

// wordlist finds the patterns of the values that terms compare for equality. It
// is written once and read for every resource: a hash table with its slots side
// by side, at most half of them used, takes half the time of a map.
type wordlist struct {
	slots []word // a power of two; without any, nothing is found
}

type word struct {
	hash    uint64
	value   string
	pattern *pattern // nil for a free slot
}

func newWordlist(known map[string]*pattern) wordlist {
	if len(known) == 0 {
		return wordlist{}
	}
	l := wordlist{slots: make([]word, 1<<bits.Len(uint(2*len(known)-1)))}
	for value, p := range known {
		hash := maphash.String(seed, value)
		i := hash & uint64(len(l.slots)-1)
		for l.slots[i].pattern != nil {
			i = (i + 1) & uint64(len(l.slots)-1)
		}
		l.slots[i] = word{hash, value, p}
	}
	return l
}

// find returns the pattern of the value with this hash, nil if no term names it.
func (l wordlist) find(value string, hash uint64) *pattern {
	if len(l.slots) == 0 {
		return nil
	}
	last := uint64(len(l.slots) - 1)
	for i := hash & last; ; i = (i + 1) & last {
		s := &l.slots[i]
		if s.pattern == nil || s.hash == hash && s.value == value {
			return s.pattern
		}
	}
}
