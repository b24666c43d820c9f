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
		r.share(gen, &groups[i])
		r.account(gen, &groups[i])
	}
	if len(groups) == 1 {
		for _, stream := range groups[0].streams {
			tasks = r.assign(tasks, gen.seats[stream].lane, &groups[0])
		}
		return tasks
	}
	for _, p := range placesOf(groups, n) {
		tasks = r.assign(tasks, gen.seats[p.stream].lane, &groups[p.group])
	}
	return tasks
}

// place says that a stream gets a group.
type place struct{ stream, group int32 }

// placesOf returns the places of groups, n in all, by stream and group.
func placesOf[D any](groups []group[D], n int) []place {
	places := make([]place, 0, n)
	for i := range groups {
		for _, stream := range groups[i].streams {
			places = append(places, place{int32(stream), int32(i)}) // There are fewer than 2^31 of both.
		}
	}
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.stream, b.stream), cmp.Compare(a.group, b.group))
	})
	return places
}

// assign appends the delivery of g to the lane, unless the lane has g.
func (r *router[D, C]) assign(tasks []task[D, C], l *lane[D, C], g *group[D]) []task[D, C] {
	if r.skip(g, l) {
		g.left--
		return tasks
	}
	l.enter(g.items)
	return append(tasks, task[D, C]{lane: l, group: g, items: g.items})
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
