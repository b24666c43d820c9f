package tracehold

import (
	"strings"
	"sync"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// fragment is items of one trace and one origin that came together. It is
// immutable but for next.
type fragment struct {
	next   *fragment
	origin *origin
	data   string // each item with its tag and length
}

// fragmentOverhead is what a fragment costs beside its data, in bytes.
const fragmentOverhead = 32

// size is what the fragment costs, in bytes. The allocator rounds up by one
// sixteenth in the mean.
func (f *fragment) size() int { return len(f.data) + len(f.data)/16 + fragmentOverhead }

// items counts the items, by their tags and lengths.
func (f *fragment) items() int {
	n := 0
	for at := 0; at < len(f.data); n++ {
		at++ // The tag.
		size, shift := 0, 0
		for ; f.data[at] >= 1<<7; at++ {
			size |= int(f.data[at]&(1<<7-1)) << shift
			shift += 7
		}
		size |= int(f.data[at]) << shift
		at += 1 + size
	}
	return n
}

// fragments is a list, and what all of it costs.
type fragments struct {
	first, last *fragment
	size        int
}

func (l *fragments) add(f *fragment) {
	l.append(fragments{f, f, f.size()})
}

// append moves the fragments of more to the end of l.
func (l *fragments) append(more fragments) {
	switch {
	case more.first == nil:
		return
	case l.first == nil:
		l.first = more.first
	default:
		l.last.next = more.first
	}
	l.last = more.last
	l.size += more.size
}

// Batch is a payload cut into its traces. It is for one goroutine, which hands
// it to Store.Add, piece by piece.
type Batch struct {
	pieces  []piece
	origins []*origin                 // with a reference each
	index   map[pcommon.TraceID]int32 // pieces by trace
	scope   scopeCut
}

// piece is what a batch has of one trace.
type piece struct {
	id       pcommon.TraceID
	features Features
	logs     bool
	fragments
}

// scopeCut groups the items of one scope by trace: chains through the items.
type scopeCut struct {
	parts   []part
	next    []int32 // by item: the next one of the same trace, or -1
	touched []int32 // pieces that have items in this scope
	chains  []chain // by piece; all zero between scopes
}

// chain is the items of a piece in one scope: one more than the item's index.
type chain struct{ first, last, bytes int32 }

var batches = sync.Pool{New: func() any { return &Batch{index: make(map[pcommon.TraceID]int32)} }}

// Pieces is the number of traces in the batch.
func (b *Batch) Pieces() int { return len(b.pieces) }

// Items is the number of spans or log records in the batch.
func (b *Batch) Items() int {
	n := 0
	for i := range b.pieces {
		n += b.pieces[i].features.Spans + b.pieces[i].features.Records
	}
	return n
}

// size is what there must be room for, in bytes. Origins have theirs already.
func (b *Batch) size() int64 {
	n := len(b.pieces) * traceOverhead
	for i := range b.pieces {
		n += b.pieces[i].size
	}
	return int64(n)
}

// find returns the index of the trace's piece.
func (b *Batch) find(id pcommon.TraceID) int32 {
	if i, ok := b.index[id]; ok {
		return i
	}
	i := int32(len(b.pieces))
	b.pieces = append(b.pieces, piece{id: id})
	b.scope.chains = append(b.scope.chains, chain{})
	b.index[id] = i
	return i
}

// link adds an item of the current scope to a piece.
func (b *Batch) link(piece, item int32) {
	s := &b.scope
	c := &s.chains[piece]
	if c.first == 0 {
		c.first = item + 1
		s.touched = append(s.touched, piece)
	} else {
		s.next[c.last-1] = item
	}
	c.last = item + 1
	c.bytes += int32(len(s.parts[item].raw))
}

// finishScope makes fragments of the current scope's chains, and returns their
// number.
func (b *Batch) finishScope(o *origin) int {
	s := &b.scope
	n := len(s.touched)
	for _, p := range s.touched {
		c := &s.chains[p]
		var data strings.Builder
		data.Grow(int(c.bytes))
		for item := c.first - 1; item >= 0; item = s.next[item] {
			data.Write(s.parts[item].raw)
		}
		b.pieces[p].add(&fragment{origin: o, data: data.String()})
		*c = chain{}
	}
	s.touched = s.touched[:0]
	return n
}

// beginScope reads the items of a scope.
func (b *Batch) beginScope(message []byte, items int) (rest []byte, err error) {
	s := &b.scope
	s.parts, rest, err = parts(s.parts[:0], message, fieldParts)
	if err == nil && len(s.parts) != items {
		err = errWire
	}
	s.next = s.next[:0]
	for range items {
		s.next = append(s.next, -1)
	}
	return rest, err
}

// recycle gives the batch's memory back for the next one.
func (b *Batch) recycle() {
	clear(b.pieces)
	clear(b.origins)
	clear(b.index)
	clear(b.scope.parts[:cap(b.scope.parts)])
	b.pieces, b.origins = b.pieces[:0], b.origins[:0]
	b.scope.chains = b.scope.chains[:0]
	batches.Put(b)
}
