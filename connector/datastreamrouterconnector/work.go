package datastreamrouterconnector

import (
	"context"
	"errors"
	"fmt"
)

// errOverdue is what the sender of a stream that pushes back is told while
// another call is overdue.
var errOverdue = errors.New("the pipeline does not answer")

// serve implements server. It serves tasks until none is left or it was
// overtaken.
func (t *turn[D, C]) serve() {
	i := t.begin()
	for i >= 0 {
		k, ctx := &t.tasks[i], t.contextOf(i)
		if k.over {
			t.finish(k, k.lane.dispose(ctx, k.payload, k.group.items, errOverdue), nil)
			i = t.begin()
			continue
		}
		err := k.lane.call(ctx, k.payload)
		var overtaken bool
		if err == nil {
			i, overtaken = t.succeed(k)
		} else if overtaken = t.fail(k, ctx, err); !overtaken {
			i = t.begin()
		}
		if overtaken {
			return
		}
	}
}

// succeed accounts for a call that was successful and returns the index of the
// next task, or -1. If the task was overtaken another goroutine serves the turn.
func (t *turn[D, C]) succeed(k *task[D, C]) (next int, overtaken bool) {
	k.lane.settle(delivered, k.group.items)
	k.lane.recovered()
	t.mu.Lock()
	k.over = true
	if k.overtaken {
		defer k.lane.returned()
	}
	if !k.overtaken || k.lane.pushesBack {
		t.failed.taken = true
		t.closeLocked(k)
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
	if k.lane.settleFailure(err, k.group.items) {
		refusal = k.lane.dispose(ctx, k.payload, k.group.items, err)
	} else {
		rejection = fmt.Errorf("%s %q: %w", k.lane.role, k.lane.name, err)
	}
	if !overtaken || k.lane.pushesBack {
		t.finish(k, refusal, rejection)
	}
	return overtaken
}
