package tracehold

import (
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Options are the bounds of a Store. All are positive.
type Options struct {
	// Hold is how long a trace is held at most, from its first span on.
	Hold time.Duration
	// Quiet is how long nothing of a trace must have come for it to be complete,
	// once its root has.
	Quiet time.Duration
	// Remember is how long a verdict is remembered at least, unless there are
	// too many; it is forgotten after twice that time.
	Remember time.Duration
	// MaxVerdicts bounds the verdicts that are remembered, of about 50 bytes each.
	MaxVerdicts int
	// MaxBytes bounds what is held, traces that are taken included, in bytes of
	// memory: encoded spans and all that goes with them.
	MaxBytes int64
	// MaxTraceBytes bounds what is held of one trace.
	MaxTraceBytes int64
}

// shards is the number of locks that traces are spread over; a power of two.
const shards = 32

// Store holds traces and remembers verdicts V of them. It is safe for concurrent
// use; callers bring the time of one clock that only runs forward.
type Store[V any] struct {
	options Options
	table   origins
	shards  [shards]shard[V]

	used      atomic.Int64 // bytes
	traces    atomic.Int64 // held or taken
	items     atomic.Int64 // spans and records, held or taken
	forgotten atomic.Int64
	hand      atomic.Uint32 // the shard that Evict visits next

	mu       sync.Mutex
	freed    sync.Cond // of mu: something was released
	releases uint64
}

// shard is one part of a store's traces.
type shard[V any] struct {
	mu      sync.Mutex
	traces  map[pcommon.TraceID]*Trace // held or taken
	lists   [lists]list
	young   map[pcommon.TraceID]V
	old     map[pcommon.TraceID]V
	rotated time.Duration
}

// New returns an empty Store.
func New[V any](options Options) *Store[V] {
	s := &Store[V]{options: options}
	s.freed.L = &s.mu
	for i := range s.shards {
		h := &s.shards[i]
		h.traces, h.young = make(map[pcommon.TraceID]*Trace), make(map[pcommon.TraceID]V)
		for which := range h.lists {
			h.lists[which].which = which
		}
	}
	return s
}

// shardOf spreads by bits that are random in IDs of all kinds.
func (s *Store[V]) shardOf(id pcommon.TraceID) *shard[V] {
	return &s.shards[(id[15]^id[7])%shards]
}

// Bytes is what is held and taken, in bytes; Traces and Items count it.
func (s *Store[V]) Bytes() int64 { return s.used.Load() }

// Traces is the number of traces that are held or taken.
func (s *Store[V]) Traces() int64 { return s.traces.Load() }

// Items is the number of spans and log records that are held or taken.
func (s *Store[V]) Items() int64 { return s.items.Load() }

// Forgotten is how many verdicts were forgotten early, because there were too
// many.
func (s *Store[V]) Forgotten() int64 { return s.forgotten.Load() }

// Reserve makes the room for a batch, and reports whether there is. What is
// reserved is for Add. A batch that is larger than the bound has room when
// nothing else is held.
func (s *Store[V]) Reserve(b *Batch) bool {
	n := b.size()
	for {
		used := s.used.Load()
		if used+n > s.options.MaxBytes && s.traces.Load() > 0 {
			return false
		}
		if s.used.CompareAndSwap(used, used+n) {
			return true
		}
	}
}

// Releases counts the calls of Release, for Await.
func (s *Store[V]) Releases() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.releases
}

// Await waits until more has been released than Releases has said, or nothing is
// held any more. Those who find no room and nothing to evict wait with it for
// those who have taken what there was.
func (s *Store[V]) Await(releases uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.releases == releases && s.traces.Load() > 0 {
		s.freed.Wait()
	}
}

// free gives room back.
func (s *Store[V]) free(bytes int) {
	s.used.Add(-int64(bytes))
	s.mu.Lock()
	s.releases++
	s.freed.Broadcast()
	s.mu.Unlock()
}

// Arrival is what Add has to say about a piece that it did not just hold.
type Arrival[V any] struct {
	// Trace is for the caller: to decide, settle and release; or only to release,
	// if Decided says that there is a verdict for it.
	Trace   *Trace
	Verdict V
	Decided bool
}

// Add moves the pieces of a batch, for which there is room, into the store, and
// yields those that are not just held. The batch must not be used after that.
func (s *Store[V]) Add(b *Batch, now time.Duration, yield func(Arrival[V])) {
	for i := range b.pieces {
		p := &b.pieces[i]
		s.items.Add(int64(p.features.Spans + p.features.Records))
		if a := s.add(p, now); a.Trace != nil {
			yield(a)
		}
	}
	s.Drop(b) // What is left of it.
}

func (s *Store[V]) add(p *piece, now time.Duration) Arrival[V] {
	if p.id.IsEmpty() {
		t := s.newTrace(p, now)
		t.taken, t.Cause = true, Loose
		return Arrival[V]{Trace: t}
	}
	h := s.shardOf(p.id)
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.traces[p.id]
	switch {
	case t == nil:
		if v, ok := s.recallLocked(h, p.id, now); ok {
			return Arrival[V]{Trace: s.newTrace(p, now), Verdict: v, Decided: true}
		}
		t = s.newTrace(p, now)
		h.traces[p.id] = t
		h.lists[byAge].push(t)
	case t.taken && t.waiting == nil:
		t.waiting = s.newTrace(p, now)
		return Arrival[V]{}
	case t.taken:
		s.used.Add(-traceOverhead)
		t.waiting.add(p, now)
		return Arrival[V]{}
	default:
		s.used.Add(-traceOverhead)
		t.add(p, now)
	}
	if int64(t.size()) > s.options.MaxTraceBytes {
		h.takeLocked(t, Full)
		return Arrival[V]{Trace: t}
	}
	if t.Features.HasRoot && !p.logs {
		h.lists[byQuiet].remove(t)
		h.lists[byQuiet].push(t)
	}
	return Arrival[V]{}
}

func (s *Store[V]) newTrace(p *piece, now time.Duration) *Trace {
	t := &Trace{ID: p.id, Since: now}
	t.add(p, now)
	s.traces.Add(1)
	return t
}

// takeLocked takes a trace out of the lists. It stays in the table, so that
// what comes waits for its verdict.
func (h *shard[V]) takeLocked(t *Trace, cause Cause) {
	h.lists[byAge].remove(t)
	h.lists[byQuiet].remove(t)
	t.taken, t.Cause = true, cause
}
