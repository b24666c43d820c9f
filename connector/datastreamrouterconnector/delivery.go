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
	}
}

// tasksFor lists the deliveries of groups in the order of the streams, and
// enters them into the streams' accounts. It appends to tasks, which is empty.
func (r *router[D, C]) tasksFor(groups []group[D], tasks []task[D, C]) []task[D, C] {
	r.fingerprint(groups)
	n := 0
	for i := range groups {
		n += len(groups[i].set.Streams)
	}
	tasks = slices.Grow(tasks, n)
	for i := range groups {
		g := &groups[i]
		g.items = r.kind.Items(g.payload)
		r.share(g)
		for _, lane := range g.set.Streams {
			if r.skip(g, lane) {
				g.left--
				continue
			}
			tasks = append(tasks, task[D, C]{lane: r.lanes[lane], group: g, items: g.items})
			r.lanes[lane].enter(g.items)
		}
	}
	if len(groups) > 1 {
		slices.SortStableFunc(tasks, func(a, b task[D, C]) int { return cmp.Compare(a.lane.index, b.lane.index) })
	}
	return tasks
}

// share prepares a group for several streams. Pipelines that only read can
// share one payload: it is marked read-only, and pipelines that mutate clone it
// by themselves. So can pipelines whose sender may have to get it back.
func (r *router[D, C]) share(g *group[D]) {
	g.left = 1
	if len(g.set.Streams) == 1 {
		return
	}
	for _, lane := range g.set.Streams {
		if l := r.lanes[lane]; !l.mutates || l.policy.refusal == refusalPushBack {
			r.kind.MarkReadOnly(g.payload)
			return
		}
	}
	g.left = len(g.set.Streams)
}
