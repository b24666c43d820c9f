package tracehold

import (
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Due takes the traces that are complete or expired.
func (s *Store[V]) Due(now time.Duration) []*Trace {
	var due []*Trace
	for i := range s.shards {
		h := &s.shards[i]
		h.mu.Lock()
		for t := h.lists[byQuiet].first; t != nil && now-t.last >= s.options.Quiet; t = h.lists[byQuiet].first {
			h.takeLocked(t, Complete)
			due = append(due, t)
		}
		for t := h.lists[byAge].first; t != nil && now-t.Since >= s.options.Hold; t = h.lists[byAge].first {
			h.takeLocked(t, Expired)
			due = append(due, t)
		}
		s.rotateLocked(h, now)
		h.mu.Unlock()
	}
	return due
}

const (
	// candidates is the number of a shard's oldest traces of which Evict takes
	// the largest.
	candidates = 16
	// evicted is the share of the bound that Evict frees at once.
	evicted = 64
)

// Evict takes traces to make room for a batch, and some more, so that it is not
// called for every batch: of the oldest the largest. It returns none if all
// traces are taken already.
func (s *Store[V]) Evict(b *Batch) []*Trace {
	return s.evict(s.used.Load() + b.size() - s.options.MaxBytes + s.options.MaxBytes/evicted)
}

func (s *Store[V]) evict(want int64) []*Trace {
	var taken []*Trace
	for misses := 0; want > 0 && misses < shards; {
		h := &s.shards[s.hand.Add(1)%shards]
		h.mu.Lock()
		t := h.lists[byAge].first
		for n, c := 0, t; c != nil && n < candidates; n, c = n+1, c.links[byAge].next {
			if c.size() > t.size() {
				t = c
			}
		}
		if t != nil {
			h.takeLocked(t, Pressure)
		}
		h.mu.Unlock()
		if t == nil {
			misses++
			continue
		}
		misses = 0
		want -= int64(t.size())
		taken = append(taken, t)
	}
	return taken
}

// Flush takes all traces.
func (s *Store[V]) Flush() []*Trace {
	var taken []*Trace
	for i := range s.shards {
		h := &s.shards[i]
		h.mu.Lock()
		for t := h.lists[byAge].first; t != nil; t = h.lists[byAge].first {
			h.takeLocked(t, Closing)
			taken = append(taken, t)
		}
		h.mu.Unlock()
	}
	return taken
}

// Settle remembers the verdict of a trace that was taken, and returns what of
// it has come since then, or nil: to be released like the trace itself. What
// comes from now on Add will return with the verdict.
func (s *Store[V]) Settle(t *Trace, v V, now time.Duration) *Trace {
	if t.ID.IsEmpty() {
		return nil
	}
	h := s.shardOf(t.ID)
	h.mu.Lock()
	defer h.mu.Unlock()
	s.rotateLocked(h, now)
	if len(h.young) >= max(1, s.options.MaxVerdicts/2/shards) {
		s.forgotten.Add(int64(len(h.old)))
		h.turnLocked(now)
	}
	h.young[t.ID] = v
	delete(h.traces, t.ID)
	waiting := t.waiting
	t.waiting = nil
	return waiting
}

// Release frees what a trace holds.
func (s *Store[V]) Release(t *Trace) {
	freed := t.size() + s.unrefer(t.spans) + s.unrefer(t.logs)
	s.items.Add(-int64(t.Features.Spans + t.Features.Records))
	s.traces.Add(-1)
	t.spans, t.logs = fragments{}, fragments{}
	s.free(freed)
}

// recallLocked returns the verdict that is remembered of a trace.
func (s *Store[V]) recallLocked(h *shard[V], id pcommon.TraceID, now time.Duration) (V, bool) {
	s.rotateLocked(h, now)
	if v, ok := h.young[id]; ok {
		return v, true
	}
	v, ok := h.old[id]
	return v, ok
}

func (s *Store[V]) rotateLocked(h *shard[V], now time.Duration) {
	if now-h.rotated >= s.options.Remember {
		h.turnLocked(now)
	}
}

// turnLocked forgets the older half of the verdicts.
func (h *shard[V]) turnLocked(now time.Duration) {
	h.old, h.young = h.young, make(map[pcommon.TraceID]V)
	h.rotated = now
}
