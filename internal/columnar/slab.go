package columnar

import (
	"math/bits"
	"sync"
	"unsafe"
)

// slabs lends the slices that columns grow in. A column gives everything back after a row group, and a table's writers
// fill their columns with each other's memory: a writer with few rows holds little, whatever the ones before it held.
// What grows with the rows is lent in blocks (see packed), since a slice that doubles leaves as much behind as it
// holds; dictionaries do double. It is safe for concurrent use.
type slabs struct {
	bytes  slab[byte]
	int32s slab[int32]
	int64s slab[int64]
}

// slab lends slices whose capacities are powers of two.
type slab[T any] struct {
	sizes [48]sync.Pool // of *T, the first element, by the logarithm of the capacity
}

// smallest is the logarithm of the smallest capacity that is lent; smaller slices come and go.
const smallest = 6

// push appends v to s, which is nil or came from the slab. The old memory may be lent again: only the result is
// valid.
func (p *slab[T]) push(s []T, v T) []T {
	if len(s) == cap(s) {
		s = p.grow(s, 1)
	}
	return append(s, v)
}

// grow returns s with room for n more elements.
func (p *slab[T]) grow(s []T, n int) []T {
	if cap(s)-len(s) >= n {
		return s
	}
	class := max(smallest, bits.Len(uint(max(len(s)+n, 2*cap(s))-1)))
	var grown []T
	if first, ok := p.sizes[class].Get().(*T); ok {
		grown = unsafe.Slice(first, 1<<class)[:len(s)] // See release.
	} else {
		grown = make([]T, len(s), 1<<class)
	}
	copy(grown, s)
	p.release(s)
	return grown
}

// recycle returns s[:0] for further use, or nothing when an unusual payload made it large.
func recycle[T any](s []T) []T {
	if cap(s) > 1<<12 {
		return nil
	}
	return s[:0]
}

// release takes s back. The pool gets the pointer to its memory: one to the slice would be allocated.
func (p *slab[T]) release(s []T) {
	if cap(s) < 1<<smallest {
		return
	}
	p.sizes[bits.Len(uint(cap(s)))-1].Put(unsafe.SliceData(s))
}
