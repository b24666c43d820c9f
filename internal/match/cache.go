package match

import "sync/atomic"

// cache is a hash table of fixed size that forgets: a new entry takes a free
// slot of its probe window or replaces one there. Readers take no lock and
// write nothing, so that it scales with the cores. The zero value is empty.
type cache[K, V any] struct {
	slots [cacheSlots]atomic.Pointer[entry[K, V]]
}

const (
	// cacheSlots bounds the entries of a cache; a power of two.
	cacheSlots = 1 << 12
	probes     = 8
)

// entry is immutable once stored. The hash alone does not identify it.
type entry[K, V any] struct {
	hash  uint64
	key   K
	value V
}

// get returns the value stored under the hash and a key that same accepts.
func (c *cache[K, V]) get(hash uint64, same func(K) bool) (V, bool) {
	for i := range uint64(probes) {
		e := c.slots[(hash+i)%cacheSlots].Load()
		if e == nil {
			break
		}
		if e.hash == hash && same(e.key) {
			return e.value, true
		}
	}
	var none V
	return none, false
}

// put stores a value. Two goroutines that put the same key at once may store
// it twice, which costs a slot and nothing else.
func (c *cache[K, V]) put(hash uint64, key K, value V) {
	e := &entry[K, V]{hash: hash, key: key, value: value}
	for i := range uint64(probes) {
		if c.slots[(hash+i)%cacheSlots].CompareAndSwap(nil, e) {
			return
		}
	}
	// The high bits choose the victim: the low ones are equal within a window.
	c.slots[(hash+hash>>32%probes)%cacheSlots].Store(e)
}
