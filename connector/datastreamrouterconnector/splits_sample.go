package datastreamrouterconnector

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zeebo/xxh3"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/sampling"
)

const (
	maxWatched = 4096 // traces of a sample
	// maxSources bounds the resources that are remembered of a trace.
	maxSources = 32
	// maxSampleBytes bounds the attributes of a sample's resources, and
	// maxSourceBytes those of one: a larger one is not seen.
	maxSampleBytes = 4 << 20
	maxSourceBytes = maxSampleBytes / (2 * maxSources)
	// attributeOverhead is what an attribute costs beside its text, in bytes.
	attributeOverhead = 64
)

// sample is traces with the resources that they consist of: what it takes to
// tell how any definition of streams would divide them.
//
// It follows the traces of highest randomness, as many as there is room for:
// which these are is decided by their IDs alone, so that all spans of one are
// seen.
type sample struct {
	threshold atomic.Uint64 // of the traces that are followed

	mu      sync.Mutex
	closed  bool // to traces that begin now
	sealed  bool // to everything; from then on it is immutable
	at      time.Time
	traces  map[pcommon.TraceID][]*source
	sources map[uint64]*source // by a hash of their attributes
	bytes   int
}

// source is a resource of a sample.
type source struct {
	resource pcommon.Resource
	hash     uint64
	bytes    int
	traces   int // that it occurs in
}

func newSample(threshold sampling.Threshold) *sample {
	w := &sample{traces: make(map[pcommon.TraceID][]*source), sources: make(map[uint64]*source)}
	w.threshold.Store(uint64(threshold))
	return w
}

// look notes the sources of followed traces. It only reads td and keeps nothing
// of it.
func (w *sample) look(td ptrace.Traces) {
	threshold := sampling.Threshold(w.threshold.Load())
resources:
	for _, rs := range td.ResourceSpans().All() {
		var hash uint64
		for _, ss := range rs.ScopeSpans().All() {
			spans := ss.Spans()
			for i := range spans.Len() {
				id := spans.At(i).TraceID()
				if !threshold.Keeps(sampling.RandomnessOf(id)) {
					continue
				}
				if hash == 0 {
					hash = hashOf(rs.Resource())
				}
				if !w.note(id, hash, rs.Resource()) {
					continue resources
				}
			}
		}
	}
}

// hashOf is the same for resources with the same attributes, in any order.
func hashOf(resource pcommon.Resource) uint64 {
	sum := uint64(1)
	for key, v := range resource.Attributes().All() {
		sum += xxh3.HashStringSeed(v.AsString(), xxh3.HashString(key))
	}
	return sum
}

// note notes that a trace has spans of a resource. It reports whether the
// resource is small enough to be seen.
func (w *sample) note(id pcommon.TraceID, hash uint64, resource pcommon.Resource) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !sampling.Threshold(w.threshold.Load()).Keeps(sampling.RandomnessOf(id)) {
		return true // The threshold has risen since the payload was looked at.
	}
	known, ok := w.traces[id]
	if !ok && (w.closed || id.IsEmpty()) || w.sealed || len(known) == maxSources {
		return true
	}
	s := w.sources[hash]
	if s != nil && slices.Contains(known, s) {
		return true
	}
	if s == nil {
		if s = newSource(hash, resource); s.bytes > maxSourceBytes {
			return false
		}
		w.sources[hash] = s
		w.bytes += s.bytes
	}
	s.traces++
	w.traces[id] = append(known, s)
	for len(w.traces) > maxWatched || w.bytes > maxSampleBytes {
		w.raiseLocked()
	}
	return true
}

// newSource copies a resource, unless it is too large.
func newSource(hash uint64, resource pcommon.Resource) *source {
	s := &source{resource: pcommon.NewResource(), hash: hash}
	for key, v := range resource.Attributes().All() {
		s.bytes += len(key) + len(v.AsString()) + attributeOverhead
	}
	if s.bytes <= maxSourceBytes {
		resource.CopyTo(s.resource)
	}
	return s
}

// raiseLocked lets go of about half of the traces, and of the sources that only
// these had.
func (w *sample) raiseLocked() {
	threshold := sampling.Threshold((w.threshold.Load() + uint64(sampling.Never) + 1) / 2)
	w.threshold.Store(uint64(threshold))
	for id, sources := range w.traces {
		if threshold.Keeps(sampling.RandomnessOf(id)) {
			continue
		}
		delete(w.traces, id)
		for _, s := range sources {
			if s.traces--; s.traces == 0 {
				delete(w.sources, s.hash)
				w.bytes -= s.bytes
			}
		}
	}
}

func (w *sample) close() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
}

func (w *sample) seal() {
	w.mu.Lock()
	w.sealed, w.at = true, time.Now()
	w.mu.Unlock()
}
