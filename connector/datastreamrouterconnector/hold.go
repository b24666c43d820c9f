package datastreamrouterconnector

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"go.opentelemetry.io/collector/client"
)

// room bounds what all lanes of a router hold together, in bytes of OTLP. One
// lane may have half of it, so that one sick stream leaves room for the next.
type room struct {
	limit int64

	mu   sync.Mutex
	used int64
}

func (r *room) take(lane *account, bytes int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := int64(bytes)
	if lane.heldBytes.Load()+n > r.limit/2 || r.used+n > r.limit {
		return false
	}
	lane.heldBytes.Add(n)
	r.used += n
	return true
}

func (r *room) give(lane *account, bytes int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	lane.heldBytes.Add(-int64(bytes))
	r.used -= int64(bytes)
}

// holdingOverhead is what a payload that is held costs beside its data, in bytes.
const holdingOverhead = 1024

// hold keeps a payload for another try, or drops it if there is no room.
func (l *lane[D, C]) hold(ctx context.Context, payload D, items int) {
	h := holding[D]{
		// Of the sender's context, the client's data is what processors may need.
		ctx:     client.NewContext(context.Background(), client.FromContext(ctx)),
		payload: payload, items: items, bytes: l.kind.Bytes(payload) + holdingOverhead, since: time.Now(),
	}
	if !l.room.take(l.account, h.bytes) {
		l.settle(overflow, items)
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		l.giveUpLocked(h, shutdown)
		return
	}
	l.expireLocked()
	l.held = append(l.held, h)
	l.sick.Store(true)
	if l.workers == 0 || l.backoff == 0 && l.workers < maxWorkers {
		l.workers++
		l.done.Go(l.work)
	}
}

// work offers what is held until nothing is, the pipeline refuses while
// another worker is there to wait for it, or the lane is closed.
func (l *lane[D, C]) work() {
	for {
		h, ok := l.take()
		if !ok {
			return
		}
		err := l.offer(h)
		if err == nil {
			l.settle(delivered, h.items)
		}
		if err == nil || !l.settleFailure(err, h.items) {
			l.room.give(l.account, h.bytes)
			l.progress()
			continue
		}
		if !l.putBack(h) {
			return
		}
	}
}

// offer tries a held payload. A pipeline that mutates gets a copy: the payload
// must be whole if it refuses again.
func (l *lane[D, C]) offer(h holding[D]) error {
	payload := h.payload
	if l.mutates && !l.kind.IsReadOnly(payload) {
		payload = l.kind.Clone(payload)
	}
	return l.call(l.stamp.Context(h.ctx), payload)
}

// take removes the first payload that is held. Without one the worker has ended.
func (l *lane[D, C]) take() (holding[D], bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.expireLocked()
	if len(l.held) > 0 {
		h := l.held[0]
		l.held[0] = holding[D]{}
		l.held = l.held[1:]
		return h, true
	}
	l.workers--
	l.wellLocked()
	return holding[D]{}, false
}

// expireLocked gives up what has been held for too long, or all once the lane
// has ended. What is held longest comes first.
func (l *lane[D, C]) expireLocked() {
	for len(l.held) > 0 {
		h := l.held[0]
		switch {
		case l.ended:
			l.giveUpLocked(h, shutdown)
		case !l.closed && time.Since(h.since) > l.policy.retryFor:
			l.giveUpLocked(h, expired)
		default:
			return
		}
		l.held[0] = holding[D]{}
		l.held = l.held[1:]
	}
}

func (l *lane[D, C]) progress() {
	l.mu.Lock()
	l.backoff = 0
	l.mu.Unlock()
}

// putBack returns a refused payload to the front and waits. It reports whether
// the worker goes on.
func (l *lane[D, C]) putBack(h holding[D]) bool {
	l.mu.Lock()
	if l.closed {
		l.giveUpLocked(h, shutdown)
		l.mu.Unlock()
		return true
	}
	l.held = append([]holding[D]{h}, l.held...)
	l.backoff = min(max(2*l.backoff, minBackoff), maxBackoff)
	if l.pausing {
		l.workers--
		l.mu.Unlock()
		return false
	}
	l.pausing = true // Others may be stuck in a call: this one waits and goes on.
	pause := l.backoff/2 + rand.N(l.backoff)
	l.mu.Unlock()
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-l.wake:
	}
	l.mu.Lock()
	l.pausing = false
	l.mu.Unlock()
	return true
}

func (l *lane[D, C]) giveUpLocked(h holding[D], o outcome) {
	l.settle(o, h.items)
	l.room.give(l.account, h.bytes)
}

// wellLocked ends the sickness if nothing is left of it.
func (l *lane[D, C]) wellLocked() {
	l.sick.Store(len(l.held) > 0 || l.overdue > 0 || l.workers > 0)
}

// overstay notes a call that has outlived the timeout.
func (l *lane[D, C]) overstay() {
	l.mu.Lock()
	l.overdue++
	l.sick.Store(true)
	l.mu.Unlock()
}

// returned notes that such a call is back.
func (l *lane[D, C]) returned() {
	l.mu.Lock()
	l.overdue--
	l.wellLocked()
	l.mu.Unlock()
}

// close offers what is held once more, without pauses, and waits for it until
// ctx is done.
func (l *lane[D, C]) close(ctx context.Context) {
	l.mu.Lock()
	if !l.closed {
		l.closed = true
		close(l.wake)
	}
	l.mu.Unlock()
	idle := make(chan struct{})
	go func() {
		l.done.Wait()
		close(idle)
	}()
	select {
	case <-idle:
	case <-ctx.Done():
		l.mu.Lock()
		l.ended = true
		l.expireLocked()
		l.mu.Unlock()
	}
}
