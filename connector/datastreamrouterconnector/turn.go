package datastreamrouterconnector

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

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
type turn[D any, C signal.Consumer] struct {
	tasks    []task[D, C]
	passages []passage // the tasks' contexts
	stage    *stage
	clock    *clock // nil if nobody waits for the turn

	mu      sync.Mutex
	next    int // the first task that nobody has begun
	open    int // tasks that the caller waits for
	failed  failures
	started time.Duration // of the latest task that was begun, since epoch
}

// epoch is what times are told from: the clock that only runs forward is read
// for half the price.
var epoch = time.Now()

// task is one payload for one stream.
type task[D any, C signal.Consumer] struct {
	lane      *lane[D, C]
	group     *group[D]
	items     int
	payload   D // once it was begun
	overtaken bool
	over      bool // its call has returned, or there is none
	refusal   bool // and the sender is told to try again
}

// errOverdue is what the sender of a stream that pushes back is told while
// another call is overdue.
var errOverdue = errors.New("the pipeline does not answer")

// run serves the tasks and returns what the sender is told.
func (t *turn[D, C]) run(caller context.Context) error {
	if len(t.tasks) == 0 {
		return nil
	}
	t.open = len(t.tasks)
	patience := t.patience()
	t.prepare(caller, patience > 0)
	if patience == 0 {
		t.work()
		return t.failed.err()
	}
	c := t.stage.clock(patience)
	t.clock = c
	t.stage.turns.Add(1)
	t.stage.crew.run(t)
	left := caller.Done()
	for {
		select {
		case <-c.done:
			t.stage.retire(c)
			return t.failed.err()
		case <-c.timer.C:
			c.timer.Reset(t.overtake(patience))
		case <-left:
			if err, ok := t.leave(); ok {
				t.stage.turns.Add(1)
				go t.mind(patience)
				return err
			}
			left = nil // Somebody may have to be told to send again.
		}
	}
}

// prepare makes the contexts of the deliveries. Where the caller waits for the
// answer whatever happens, its own deadline holds.
func (t *turn[D, C]) prepare(caller context.Context, detached bool) {
	t.passages = make([]passage, len(t.tasks))
	for i := range t.tasks {
		l := t.tasks[i].lane
		t.passages[i] = passage{caller, l.stamp, detached && l.policy.refusal != refusalPushBack}
	}
}

// leave returns what a caller gets that cannot wait any longer. The turn goes
// on without it, so that there is nothing to send again: but not while a stream
// that pushes back has still to answer.
func (t *turn[D, C]) leave() (error, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range t.tasks {
		if k := &t.tasks[i]; !k.over && k.lane.policy.refusal == refusalPushBack {
			return nil, false
		}
	}
	if t.open > 0 {
		t.failed.taken = true
	}
	return t.failed.err(), true
}

// mind keeps overtaking for a caller that has left.
func (t *turn[D, C]) mind(patience time.Duration) {
	defer t.stage.turns.Done()
	defer t.stage.retire(t.clock)
	for {
		select {
		case <-t.clock.done:
			return
		case <-t.clock.timer.C:
			t.clock.timer.Reset(t.overtake(patience))
		}
	}
}

// serve implements server: it is work in a goroutine of its own.
func (t *turn[D, C]) serve() {
	defer t.stage.turns.Done()
	t.work()
}

// patience is the shortest timeout of the tasks' streams, 0 if none has one.
func (t *turn[D, C]) patience() time.Duration {
	var shortest time.Duration
	for i := range t.tasks {
		if d := t.tasks[i].lane.policy.timeout; d > 0 && (shortest == 0 || d < shortest) {
			shortest = d
		}
	}
	return shortest
}

// work serves tasks until none is left or it was overtaken.
func (t *turn[D, C]) work() {
	i := t.begin()
	for i >= 0 {
		k := &t.tasks[i]
		if k.over {
			t.finish(k, k.lane.dispose(&t.passages[i], k.payload, k.items, errOverdue), nil)
			i = t.begin()
			continue
		}
		err := k.lane.call(&t.passages[i], k.payload)
		var overtaken bool
		if err == nil {
			i, overtaken = t.succeed(k)
		} else if overtaken = t.fail(k, &t.passages[i], err); !overtaken {
			i = t.begin()
		}
		if overtaken {
			return
		}
	}
}

// begin returns the index of the next task, or -1.
func (t *turn[D, C]) begin() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.beginLocked()
}

func (t *turn[D, C]) beginLocked() int {
	if t.next == len(t.tasks) {
		return -1
	}
	i := t.next
	k := &t.tasks[i]
	t.next++
	// A task without a call cannot be overtaken.
	k.over = !k.lane.admits()
	k.take()
	t.started = time.Since(epoch)
	return i
}

// succeed accounts for a call that was successful and returns the index of the
// next task, or -1. If the task was overtaken another goroutine serves the turn.
func (t *turn[D, C]) succeed(k *task[D, C]) (next int, overtaken bool) {
	k.lane.settle(delivered, k.items)
	k.lane.recovered()
	t.mu.Lock()
	k.over = true
	if k.overtaken {
		defer k.lane.returned()
	}
	if !k.overtaken || k.lane.policy.refusal == refusalPushBack {
		t.failed.taken = true
		t.closeLocked()
	}
	if k.overtaken {
		t.mu.Unlock()
		return -1, true
	}
	next = t.beginLocked()
	t.mu.Unlock()
	return next, false
}

// fail accounts for a call that has failed. It reports whether the task was
// overtaken meanwhile.
func (t *turn[D, C]) fail(k *task[D, C], ctx context.Context, err error) (overtaken bool) {
	t.mu.Lock()
	k.over = true
	overtaken = k.overtaken
	t.mu.Unlock()
	if overtaken {
		defer k.lane.returned()
	}
	var refusal, rejection error
	if k.lane.settleFailure(err, k.items) {
		refusal = k.lane.dispose(ctx, k.payload, k.items, err)
	} else {
		rejection = fmt.Errorf("stream %q: %w", k.lane.name, err)
	}
	if !overtaken || k.lane.policy.refusal == refusalPushBack {
		t.finish(k, refusal, rejection)
	}
	return overtaken
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
	t.closeLocked()
}

func (t *turn[D, C]) closeLocked() {
	t.open--
	if t.open == 0 && t.clock != nil {
		t.clock.done <- struct{}{}
	}
}

// overtake lets another goroutine go on if the latest task has used up its
// stream's timeout, and returns when to look again. A stream that pushes back
// keeps the caller waiting: only its own answer says whether the sender has to
// try again.
func (t *turn[D, C]) overtake(patience time.Duration) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.next == 0 {
		return patience
	}
	k := &t.tasks[t.next-1]
	timeout := k.lane.policy.timeout
	if k.over || k.overtaken || timeout == 0 {
		return patience
	}
	if left := timeout - (time.Since(epoch) - t.started); left > 0 {
		return left
	}
	k.overtaken = true
	k.lane.overstay()
	if k.lane.policy.refusal != refusalPushBack {
		t.failed.taken = true
		t.closeLocked()
	}
	if t.next < len(t.tasks) {
		t.stage.turns.Add(1)
		t.stage.crew.run(t)
	}
	return patience
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
		if kind.IsReadOnly(k.payload) {
			for j := range kind.Len(k.payload) {
				kind.Append(k.payload, j, data)
			}
			continue
		}
		kind.Drain(k.payload, func(int) D { return data })
	}
}
