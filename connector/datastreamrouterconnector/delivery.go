package datastreamrouterconnector

import (
	"cmp"
	"slices"

	"github.com/zeebo/xxh3"
)

// group is the resources of a payload that have the same verdict.
type group[D any] struct {
	verdict
	payload D
	items   int
	streams []int // that get it
	// left counts the streams that have not got it yet, if each of them mutates
	// it; then all but the last get a copy. Otherwise it is 1.
	left int
	// print identifies the content, where that is needed.
	print xxh3.Uint128
	// returned says that the caller has it back.
	returned bool
}

// take sets the task's payload. Tasks are begun one after the other, so that
// the last of several mutating streams is known: it gets the original.
func (k *task[D, C]) take() {
	k.group.left--
	k.payload = k.group.payload
	if k.group.left > 0 {
		k.payload = k.lane.kind.Clone(k.payload)
		k.lane.kind.Keep(k.payload)
	}
}

// tasksFor lists the deliveries of groups in the order of the streams, and
// enters them into the streams' accounts. What goes nowhere is accounted for.
// It appends to tasks, which is empty.
func (r *router[D, C]) tasksFor(gen *generation[D, C], groups []group[D], tasks []task[D, C]) []task[D, C] {
	n := 0
	for i := range groups {
		g := &groups[i]
		r.kind.Keep(g.payload) // A refused call has returned, and the data is offered again.
		g.items = r.kind.Items(g.payload)
		g.streams = gen.distinct(gen.destinations(g), g.items)
		n += len(g.streams)
	}
	r.fingerprint(gen, groups, n)
	tasks = slices.Grow(tasks, n)
	for i := range groups {
		g := &groups[i]
		r.share(gen, g)
		for _, stream := range g.streams {
			lane := gen.seats[stream].lane
			if r.skip(g, lane) {
				g.left--
				continue
			}
			tasks = append(tasks, task[D, C]{lane: lane, stream: stream, group: g, items: g.items})
			lane.enter(g.items)
		}
	}
	if len(groups) > 1 {
		slices.SortStableFunc(tasks, func(a, b task[D, C]) int { return cmp.Compare(a.stream, b.stream) })
	}
	for i := range groups {
		r.account(gen, &groups[i])
	}
	return tasks
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
		r.kind.MarkReadOnly(g.payload)
		return
	}
	if len(g.streams) < 2 {
		return
	}
	for _, stream := range g.streams {
		if l := gen.seats[stream].lane; !l.mutates || l.policy.refusal == refusalPushBack {
			r.kind.MarkReadOnly(g.payload)
			return
		}
	}
	g.left = len(g.streams)
}
