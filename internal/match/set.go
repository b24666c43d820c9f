package match

import (
	"slices"
	"sync"
)

// Set is the streams of a resource. Sets are immutable, and one Table returns
// one Set for the same streams (as long as its memo of sets is not full), so
// that resources can be grouped by pointer or by ID.
type Set struct {
	// ID numbers the sets of a Table from 0 without gaps, in order of their
	// appearance, so that it can index a slice. It is -1 once the memo of sets
	// is full: such a Set is not the only one of its streams.
	ID int
	// Streams are the streams that take the resource: indexes into the
	// compiled streams, ascending.
	Streams []int
	// Observed are the matching streams that only observe, ascending.
	Observed []int
}

// maxInterned bounds the distinct sets of a Table that are remembered.
const maxInterned = 4096

// interner makes equal sets one object. The zero value is empty.
type interner struct {
	mu   sync.Mutex
	sets map[string]*Set
}

// intern returns the one Set with the streams of s, to which it gives an ID.
func (n *interner) intern(s Set) *Set {
	// Nothing has to separate the lists: a stream is always in the same one.
	name := make([]byte, 0, 4*(len(s.Streams)+len(s.Observed)))
	name = appendInts(name, s.Streams)
	name = appendInts(name, s.Observed)
	n.mu.Lock()
	defer n.mu.Unlock()
	if set := n.sets[string(name)]; set != nil {
		return set
	}
	if len(n.sets) >= maxInterned {
		s.ID = -1
		return &s
	}
	if n.sets == nil {
		n.sets = make(map[string]*Set)
	}
	s.ID = len(n.sets)
	n.sets[string(name)] = &s
	return &s
}

func appendInts(b []byte, ints []int) []byte {
	for _, i := range ints {
		b = append(b, byte(i), byte(i>>8), byte(i>>16), byte(i>>24))
	}
	return b
}

// marks are the streams of which a select or an exclude clause holds, by index.
type marks struct{ selected, excluded []bool }

// choose decides which streams a resource belongs to.
func (t *Table) choose(m marks) Set {
	var set Set
	add := func(i int) {
		switch {
		case m.excluded[i]:
		case t.streams[i].Observe:
			set.Observed = append(set.Observed, i)
		default:
			set.Streams = append(set.Streams, i)
		}
	}
	for i := range t.streams {
		if m.selected[i] && !t.streams[i].Default {
			add(i)
		}
	}
	if len(set.Streams) == 0 {
		for _, i := range t.fallback {
			add(i)
		}
		slices.Sort(set.Observed)
	}
	if t.mode == FirstStream && len(set.Streams) > 1 {
		set.Streams = set.Streams[:1]
	}
	return set
}
