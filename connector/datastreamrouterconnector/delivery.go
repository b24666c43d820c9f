package datastreamrouterconnector

import (
	"slices"

	"github.com/zeebo/xxh3"
)

// group is the resources of a payload that have the same verdict.
type group[D any] struct {
	verdict
	payload D
	items   int
	streams []int // that get it
	// print identifies the content; nil where that is not needed.
	print *xxh3.Uint128
	// left counts the streams that have not got it yet, if each of them mutates
	// it; then all but the last get a copy. Otherwise it is 1.
	left int32
	// returned says that the caller has it back.
	returned bool
}

// take sets the task's payload. Tasks are begun one after the other, so that
// the last of several mutating streams is known: it gets the original. What is
// only counted needs no copy.
func (k *task[D, C]) take() {
	k.group.left--
	k.payload = k.group.payload
	counted := k.over && k.lane.policy.refusal == refusalDrop
	if k.group.left > 0 && !counted {
		k.payload = k.lane.kind.Clone(k.payload)
		k.lane.kind.Keep(k.payload)
	}
}

// admit adds the group of a verdict to the turn. What goes nowhere is accounted
// for.
func (r *router[D, C]) admit(gen *generation[D, C], t *turn[D, C], v verdict, payload D) {
	r.keep(payload) // A refused call has returned, and the data is offered again.
	g := t.addGroup(v, payload, r.kind.Items(payload))
	g.streams = gen.distinct(gen.destinations(g), g.items)
	r.share(gen, g)
	r.account(gen, g)
	t.due += g.items * len(g.streams)
	for _, stream := range g.streams {
		t.places = append(t.places, placeOf(stream, len(t.groups)-1))
	}
}

// plan lists the deliveries of the turn's groups in the order of the streams,
// and enters them into the streams' accounts.
func (r *router[D, C]) plan(gen *generation[D, C], t *turn[D, C]) {
	r.fingerprint(gen, t.groups, len(t.places))
	slices.Sort(t.places) // They mostly are.
	for _, p := range t.places {
		r.assign(t, gen.seats[p.stream()].lane, &t.groups[p.group()])
	}
	r.missed(t.due)
}

// missed counts items of a payload that got into no group, or of a group that
// are not on their way to a stream that takes them. There are none, or the
// router has a defect.
func (r *router[D, C]) missed(items int) {
	if items != 0 {
		r.missing.Add(int64(items))
	}
}

// place says that a stream gets a group. Places are ordered by stream and group:
// there are fewer than 2^31 of both.
type place uint64

func placeOf(stream, group int) place { return place(uint64(stream)<<32 | uint64(group)) }

func (p place) stream() int { return int(p >> 32) }
func (p place) group() int  { return int(uint32(p)) }

// assign adds the delivery of g to the lane, unless the lane has g.
func (r *router[D, C]) assign(t *turn[D, C], l *lane[D, C], g *group[D]) {
	t.due -= g.items
	if r.skip(g, l) {
		g.left--
		return
	}
	l.enter(g.items)
	t.timed = t.timed || l.timed
	t.addTask(l, g)
}

// destinations returns the streams that get a group: all that take it, but for
// those that are paused.
func (g *generation[D, C]) destinations(group *group[D]) []int {
	for i, stream := range group.set.Streams {
		if !g.seats[stream].paused {
			continue
		}
		running := slices.Clone(group.set.Streams[:i])
		for _, stream := range group.set.Streams[i:] {
			if seat := &g.seats[stream]; seat.paused {
				seat.note(paused, group.items)
			} else {
				running = append(running, stream)
			}
		}
		return running
	}
	return group.set.Streams
}

// account counts a group for the streams that only observe it, and if nobody
// takes it for the first that would have taken it, had it a pipeline, or as
// unmatched.
func (r *router[D, C]) account(gen *generation[D, C], g *group[D]) {
	for _, stream := range g.set.Observed {
		gen.seats[stream].note(observed, g.items)
	}
	switch {
	case g.absent == nil:
	case len(g.absent.Streams) > 0:
		gen.dropped[g.absent.Streams[0]].note(noPipeline, g.items)
	default:
		r.nowhere.note(unmatched, g.items)
	}
}

// share prepares a group for several streams. Pipelines that only read can
// share one payload: it is marked read-only, and pipelines that mutate clone it
// by themselves. So can pipelines whose sender may have to get it back.
func (r *router[D, C]) share(gen *generation[D, C], g *group[D]) {
	g.left = 1
	if r.kind.Rewritten {
		r.markReadOnly(g.payload)
		return
	}
	if len(g.streams) < 2 {
		return
	}
	for _, stream := range g.streams {
		if l := gen.seats[stream].lane; !l.mutates || l.pushesBack {
			r.markReadOnly(g.payload)
			return
		}
	}
	g.left = int32(len(g.streams)) // There are fewer than 2^31 streams.
}

// markReadOnly does not write again what others may be reading: a sender may
// offer the very payload again that a lane still holds.
func (r *router[D, C]) markReadOnly(d D) {
	if !r.kind.IsReadOnly(d) {
		r.kind.MarkReadOnly(d)
	}
}
