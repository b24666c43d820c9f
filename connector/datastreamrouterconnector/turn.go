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
	tasks []task[D, C]
	stage *stage
	ctx   context.Context // what the pipelines get
	done  chan struct{}   // closed when no task is open

	mu      sync.Mutex
	next    int // the first task that nobody has begun
	open    int // tasks that the caller waits for
	failed  failures
	started time.Time // of the latest task that was begun
}

// task is one payload for one stream.
type task[D any, C signal.Consumer] struct {
	lane      *lane[D, C]
	stream    int // its place among the streams
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
	if patience == 0 {
		t.ctx = caller
		t.work()
		return t.failed.err()
	}
	t.ctx = detached{caller}
	t.done = make(chan struct{})
	t.stage.turns.Add(1)
	go t.serve()
	timer := t.stage.timer(patience)
	left := caller.Done()
	for {
		select {
		case <-t.done:
			t.stage.retire(timer)
			return t.failed.err()
		case <-timer.C:
			timer.Reset(t.overtake(patience))
		case <-left:
			if err, ok := t.leave(); ok {
				t.stage.turns.Add(1)
				go t.mind(timer, patience)
				return err
			}
			left = nil // Somebody may have to be told to send again.
		}
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
func (t *turn[D, C]) mind(timer *time.Timer, patience time.Duration) {
	defer t.stage.turns.Done()
	defer t.stage.retire(timer)
	for {
		select {
		case <-t.done:
			return
		case <-timer.C:
			timer.Reset(t.overtake(patience))
		}
	}
}

// serve is work in a goroutine of its own.
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
	for {
		k := t.begin()
		if k == nil {
			return
		}
		if k.over {
			t.finish(k, k.lane.dispose(t.ctx, k.payload, k.items, fmt.Errorf("stream %q: %w", k.lane.name, errOverdue)), nil)
			continue
		}
		err := k.lane.call(t.contextFor(k), k.payload)
		if t.settle(k, err) {
			return
		}
	}
}

// contextFor returns what a task's pipeline gets: the caller's context where the
// caller waits for the answer, whatever happens.
func (t *turn[D, C]) contextFor(k *task[D, C]) context.Context {
	if d, ok := t.ctx.(detached); ok && k.lane.policy.refusal == refusalPushBack {
		return d.values
	}
	return t.ctx
}

// begin returns the next task, or nil.
func (t *turn[D, C]) begin() *task[D, C] {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.next == len(t.tasks) {
		return nil
	}
	k := &t.tasks[t.next]
	t.next++
	// A task without a call cannot be overtaken.
	k.over = !k.lane.admits()
	k.take()
	t.started = time.Now()
	return k
}

// settle accounts for a call that has returned. It reports whether the task was
// overtaken meanwhile: then another goroutine serves the turn.
func (t *turn[D, C]) settle(k *task[D, C], err error) (overtaken bool) {
	t.mu.Lock()
	k.over = true
	overtaken = k.overtaken
	t.mu.Unlock()
	if overtaken {
		defer k.lane.returned()
	}
	var refusal, rejection error
	switch {
	case k.lane.settleCall(err, k.items):
		refusal = k.lane.dispose(t.ctx, k.payload, k.items, fmt.Errorf("stream %q: %w", k.lane.name, err))
	case err != nil:
		rejection = fmt.Errorf("stream %q: %w", k.lane.name, err)
	default:
		k.lane.recovered()
	}
	if !overtaken || k.lane.policy.refusal == refusalPushBack {
		t.finish(k, refusal, rejection)
	}
	return overtaken
}

// finish closes a task that the caller waits for.
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
	if t.open == 0 && t.done != nil {
		close(t.done)
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
	if left := timeout - time.Since(t.started); left > 0 {
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
		go t.serve()
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
