package tracehold

import (
	"iter"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Cause says why a trace was taken.
type Cause uint8

const (
	// Complete says that the root has come, and nothing after it for a while.
	Complete Cause = iota
	// Expired says that the trace has been held for the longest time.
	Expired
	// Pressure says that room was needed.
	Pressure
	// Full says that the trace has outgrown what one trace may have.
	Full
	// Closing says that everything held was taken.
	Closing
	// Loose says that the spans have no trace ID, so that they were never held.
	Loose
	// Causes is their number.
	Causes
)

// Trace is what is known and held of one trace. One that was taken belongs to
// who took it, who hands it to Settle and then to Release.
type Trace struct {
	ID       pcommon.TraceID
	Features Features
	Cause    Cause
	// Since is when its first span came, as told to Add.
	Since time.Duration

	spans, logs fragments
	last        time.Duration // when its latest span came
	taken       bool
	waiting     *Trace // what came while it was taken
	links       [lists]link
}

// traceOverhead is what a trace costs beside its fragments, with its entry in
// the table, in bytes.
const traceOverhead = 320

func (t *Trace) size() int { return t.spans.size + t.logs.size + traceOverhead }

// add moves a piece into the trace.
func (t *Trace) add(p *piece, now time.Duration) {
	t.Features.merge(&p.features)
	if p.logs {
		t.logs.append(p.fragments)
	} else {
		t.spans.append(p.fragments)
		t.last = now
	}
	p.fragments = fragments{}
}

// Resources yields the resources of the trace's spans, some of them repeatedly.
func (t *Trace) Resources() iter.Seq[*Resource] { return t.spans.resources() }

// CountSpans calls yield with each resource and a number of spans that come from
// it, some resources repeatedly.
func (t *Trace) CountSpans(yield func(*Resource, int)) { t.spans.count(yield) }

// CountRecords is CountSpans for log records.
func (t *Trace) CountRecords(yield func(*Resource, int)) { t.logs.count(yield) }

func (l *fragments) count(yield func(*Resource, int)) {
	for f := l.first; f != nil; f = f.next {
		yield(f.origin.resource, f.items())
	}
}

func (l *fragments) resources() iter.Seq[*Resource] {
	return func(yield func(*Resource) bool) {
		var previous *Resource
		for f := l.first; f != nil; f = f.next {
			if r := f.origin.resource; r != previous {
				if !yield(r) {
					return
				}
				previous = r
			}
		}
	}
}

const (
	byAge   = iota // all traces that are held, by Since
	byQuiet        // those whose root has come, by last
	lists
)

// link is a trace's place in a list.
type link struct {
	prev, next *Trace
	in         bool
}

// list is a list of traces, linked through them.
type list struct {
	which       int
	first, last *Trace
}

func (l *list) push(t *Trace) {
	at := &t.links[l.which]
	*at = link{prev: l.last, in: true}
	if l.last == nil {
		l.first = t
	} else {
		l.last.links[l.which].next = t
	}
	l.last = t
}

func (l *list) remove(t *Trace) {
	at := t.links[l.which]
	if !at.in {
		return
	}
	if at.prev == nil {
		l.first = at.next
	} else {
		at.prev.links[l.which].next = at.next
	}
	if at.next == nil {
		l.last = at.prev
	} else {
		at.next.links[l.which].prev = at.prev
	}
	t.links[l.which] = link{}
}
