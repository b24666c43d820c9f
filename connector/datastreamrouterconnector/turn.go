package datastreamrouterconnector

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/match"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/signal"
)

// turn is one payload's round over its streams: a list of tasks, served in
// order by one goroutine at a time.
//
// The caller waits for it, but for no stream longer than that stream's timeout:
// then the task is overtaken. Its goroutine stays behind with the call, settles
// it when it returns, and ends; another one goes on with the next task. So a
// pipeline that hangs costs one goroutine and one payload, and the streams
// behind it a delay of its timeout, once: from then on its lane is sick.
//
// Turns are used again, once the caller and all goroutines have released them.
// What is handed to the pipelines is not.
type turn[D any, C signal.Consumer] struct {
	attendance
	stage     *stage
	batch     match.Batch
	grouping  grouping
	groups    []group[D]
	payloads  []D // of the groups
	places    []place
	tasks     []task[D, C]
	due       int  // items of the groups that have no delivery yet, for each stream
	timed     bool // a stream of the tasks has a timeout
	caller    context.Context
	passages  []passage     // the tasks' contexts
	done      chan struct{} // gets one token once no task is open, if timed
	abandoned bool          // the caller has left

	mu     sync.Mutex
	next   int // the first task that nobody has begun
	open   int // tasks that the caller waits for
	failed failures
	seen   int           // next, when the watch first saw it so,
	since  time.Duration // and that time, since epoch
}

// epoch is what times are told from: the clock that only runs forward is read
// for half the price.
var epoch = time.Now()

// task is one payload for one stream.
type task[D any, C signal.Consumer] struct {
	lane      *lane[D, C]
	group     *group[D]
	payload   D // once it was begun
	overtaken bool
	over      bool // its call has returned, or there is none
	closed    bool // the caller waits no longer for it
	refusal   bool // and the sender is told to try again
}

// turn returns a turn without tasks, which the caller releases.
func (r *router[D, C]) turn() *turn[D, C] {
	t, ok := r.stage.turns.Get().(*turn[D, C])
	if !ok {
		t = &turn[D, C]{stage: &r.stage, done: make(chan struct{}, 1)}
	}
	t.users.Store(1)
	return t
}

// release implements server.
func (t *turn[D, C]) release() {
	if t.users.Add(-1) > 0 {
		return
	}
	if t.abandoned {
		select {
		case <-t.done:
		default:
		}
	}
	t.grouping.reset()
	clear(t.groups)
	clear(t.payloads)
	clear(t.tasks)
	t.groups, t.payloads, t.places, t.tasks = t.groups[:0], t.payloads[:0], t.places[:0], t.tasks[:0]
	t.caller, t.passages, t.failed = nil, nil, failures{}
	t.timed, t.abandoned, t.next, t.seen, t.due = false, false, 0, 0, 0
	t.stage.turns.Put(t)
}

// addGroup adds a group and returns it, until the next one is added. Like tasks,
// groups are written in place: whoever was there before has left nothing.
func (t *turn[D, C]) addGroup(v verdict, payload D, items int) *group[D] {
	n := len(t.groups)
	t.groups = slices.Grow(t.groups, 1)[:n+1]
	g := &t.groups[n]
	g.verdict, g.payload, g.items = v, payload, items
	return g
}

// items is how many the groups have.
func (t *turn[D, C]) items() (n int) {
	for i := range t.groups {
		n += t.groups[i].items
	}
	return n
}

// addTask adds the delivery of a group to a lane.
func (t *turn[D, C]) addTask(l *lane[D, C], g *group[D]) {
	n := len(t.tasks)
	t.tasks = slices.Grow(t.tasks, 1)[:n+1]
	k := &t.tasks[n]
	k.lane, k.group = l, g
}

// attending implements server.
func (t *turn[D, C]) attending() *attendance { return &t.attendance }

// run serves the tasks and returns what the sender is told.
func (t *turn[D, C]) run(caller context.Context) error {
	if len(t.tasks) == 0 {
		return nil
	}
	t.open = len(t.tasks)
	t.caller, t.passages = caller, make([]passage, len(t.tasks))
	if !t.timed {
		t.serve() //nolint:contextcheck // The tasks' contexts are made of the caller's.
		return t.failed.err()
	}
	t.stage.run(t)
	if left := caller.Done(); left != nil {
		return t.wait(left)
	}
	<-t.done
	return t.failed.err()
}

// wait waits for a turn whose caller may leave.
func (t *turn[D, C]) wait(left <-chan struct{}) error {
	select {
	case <-t.done:
		return t.failed.err()
	case <-left:
	}
	if err, ok := t.leave(); ok {
		return err
	}
	<-t.done // Somebody may have to be told to send again.
	return t.failed.err()
}

// leave returns what a caller gets that cannot wait any longer. The turn goes
// on without it, so that there is nothing to send again: but not while a stream
// that pushes back has still to answer.
func (t *turn[D, C]) leave() (error, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range t.tasks {
		if k := &t.tasks[i]; !k.closed && k.lane.pushesBack {
			return nil, false
		}
	}
	t.abandoned = true
	if t.open > 0 {
		t.failed.taken = true
	}
	return t.failed.err(), true
}

// begin returns the index of the next task, or -1.
func (t *turn[D, C]) begin() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.beginLocked()
}

func (t *turn[D, C]) beginLocked() int {
	i := t.next
	if i == len(t.tasks) {
		return -1
	}
	k := &t.tasks[i]
	t.next++
	// A task without a call cannot be overtaken.
	k.over = !k.lane.admits()
	k.take()
	t.passages[i] = passage{t.caller, k.lane.stamp}
	return i
}

// contextOf returns the context of a task that was begun.
func (t *turn[D, C]) contextOf(i int) context.Context {
	if p := &t.passages[i]; t.timed && !t.tasks[i].lane.pushesBack {
		return (*detached)(p)
	}
	return &t.passages[i] // The caller waits for the answer whatever happens: its own deadline holds.
}

// finish closes a task that the caller waits for, unless it was successful.
func (t *turn[D, C]) finish(k *task[D, C], refusal, rejection error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	k.over = true
	if refusal != nil {
		k.refusal = true
		t.failed.refused = append(t.failed.refused, refusal)
	}
	if rejection != nil {
		t.failed.rejected = append(t.failed.rejected, rejection)
	}
	t.failed.taken = t.failed.taken || refusal == nil && rejection == nil
	t.closeLocked(k)
}

func (t *turn[D, C]) closeLocked(k *task[D, C]) {
	k.closed = true
	t.open--
	if t.open == 0 && t.timed {
		t.done <- struct{}{}
	}
}

// look implements server. It overtakes the latest task if it has used up its
// stream's timeout. A stream that pushes back keeps the caller waiting: only its
// own answer says whether the sender has to try again.
//
// A task is as old as the first look that saw it: no delivery reads a clock, and
// a timeout is late by two intervals, or three if one look met somebody at work.
func (t *turn[D, C]) look(now time.Duration) bool {
	if !t.mu.TryLock() {
		return false // Somebody is between two calls, and perhaps copies the payload: nobody else waits for that.
	}
	defer t.mu.Unlock()
	if t.next != t.seen {
		t.seen, t.since = t.next, now
	}
	if t.next == 0 {
		return false
	}
	k := &t.tasks[t.next-1]
	timeout := k.lane.policy.timeout
	if k.over || k.overtaken || timeout == 0 || now-t.since < timeout {
		return false
	}
	k.overtaken = true
	k.lane.overstay()
	if !k.lane.pushesBack {
		t.failed.taken = true
		t.closeLocked(k)
	}
	return t.next < len(t.tasks)
}

// restore gives the refused groups back to the payload they were taken from,
// so that a caller who retries with it finds them, and only them.
func (t *turn[D, C]) restore(kind *signal.Kind[D, C], data D) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range t.tasks {
		k := &t.tasks[i]
		if !k.refusal || k.group.returned {
			continue
		}
		k.group.returned = true
		if !kind.IsReadOnly(k.payload) {
			kind.MoveAll(k.payload, data)
			continue
		}
		for j := range kind.Len(k.payload) {
			kind.Append(k.payload, j, data)
		}
	}
}
