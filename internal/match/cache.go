package match

import "sync/atomic"

// cache is a hash table of fixed size that forgets: a new entry takes a free
// slot of its probe window or replaces one there. Readers take no lock and
// write nothing, so that it scales with the cores. The zero value is empty.
type cache[V any] struct {
	slots [cacheSlots]atomic.Pointer[entry[V]]
}

const (
	// cacheSlots bounds the entries of a cache; a power of two.
	cacheSlots = 1 << 12
	probes     = 8
)

// entry is immutable after put. Either text or patterns is its key; the hash
// alone does not identify it.
type entry[V any] struct {
	hash     uint64
	text     string
	patterns []*pattern
	value    V
}

func (c *cache[V]) get(hash uint64, same func(*entry[V]) bool) (V, bool) {
	for i := range uint64(probes) {
		e := c.slots[(hash+i)%cacheSlots].Load()
		if e == nil {
			break
		}
		if e.hash == hash && same(e) {
			return e.value, true
		}
	}
	var none V
	return none, false
}

// put stores e. Two goroutines that put the same key at once may store it
// twice, which costs a slot and nothing else.
func (c *cache[V]) put(hash uint64, e *entry[V]) {
	e.hash = hash
	for i := range uint64(probes) {
		if c.slots[(hash+i)%cacheSlots].CompareAndSwap(nil, e) {
			return
		}
	}
	// The high bits choose the victim: the low ones are equal within a window.
	c.slots[(hash+hash>>32%probes)%cacheSlots].Store(e)
}
