package tracehold

import (
	"bytes"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/sampling"
)

// Features is what is known of a trace without decoding it. It does not depend
// on the order in which the spans came.
type Features struct {
	// Spans and Records are the spans and log records, and Bytes their encoding.
	Spans, Records, Bytes int
	// Start is the earliest start of a span and End the latest end, in
	// nanoseconds since the Unix epoch; 0 for none.
	Start, End uint64
	// Facts are those that Inspect found of any span.
	Facts Facts
	// Error says that a span has the status error.
	Error bool
	// HasRoot says that a span without a parent is there. Root is its resource
	// and RootName its name as a number; of several roots, the first to start
	// (and then that of the lowest span ID) counts.
	HasRoot  bool
	Root     *Resource
	RootName uint64
	// HasRandomness says that a span has explicit randomness in its tracestate; of
	// several values (which would be a defect of an SDK) the lowest counts.
	HasRandomness bool
	Randomness    sampling.Randomness

	rootStart uint64
	rootID    [8]byte
}

// Facts is a set of up to 64 things that the user of a Store wants to know of
// spans, such as which conditions hold.
type Facts uint64

// Duration is the time from the first start to the last end, in nanoseconds.
func (f *Features) Duration() uint64 {
	if f.End <= f.Start {
		return 0
	}
	return f.End - f.Start
}

// add notes a span.
func (f *Features) add(span ptrace.Span, resource *Resource, facts Facts, bytes int) {
	f.Spans++
	f.Bytes += bytes
	f.Facts |= facts
	start, end := uint64(span.StartTimestamp()), uint64(span.EndTimestamp())
	f.between(start, end)
	f.Error = f.Error || span.Status().Code() == ptrace.StatusCodeError
	if state := span.TraceState().AsRaw(); state != "" {
		if s := sampling.ParseState(state); s.HasRandomness {
			f.random(s.Randomness)
		}
	}
	if span.ParentSpanID().IsEmpty() {
		f.root(rootOf{resource, hashName(span.Name()), start, span.SpanID()})
	}
}

func (f *Features) between(start, end uint64) {
	if start > 0 && (f.Start == 0 || start < f.Start) {
		f.Start = start
	}
	f.End = max(f.End, end)
}

func (f *Features) random(r sampling.Randomness) {
	if !f.HasRandomness || r < f.Randomness {
		f.HasRandomness, f.Randomness = true, r
	}
}

type rootOf struct {
	resource *Resource
	name     uint64
	start    uint64
	id       [8]byte
}

func (f *Features) root(r rootOf) {
	if f.HasRoot && (f.rootStart < r.start || f.rootStart == r.start && bytes.Compare(f.rootID[:], r.id[:]) <= 0) {
		return
	}
	f.HasRoot, f.Root, f.RootName, f.rootStart, f.rootID = true, r.resource, r.name, r.start, r.id
}

// merge adds what is known of more spans of the same trace.
func (f *Features) merge(more *Features) {
	f.Spans += more.Spans
	f.Records += more.Records
	f.Bytes += more.Bytes
	f.Facts |= more.Facts
	f.between(more.Start, more.End)
	f.Error = f.Error || more.Error
	if more.HasRandomness {
		f.random(more.Randomness)
	}
	if more.HasRoot {
		f.root(rootOf{more.Root, more.RootName, more.rootStart, more.rootID})
	}
}
