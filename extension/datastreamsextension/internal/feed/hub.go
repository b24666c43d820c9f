package feed

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"
)

// MaxListeners is how many may listen at a time.
const MaxListeners = 32

// ErrTooMany is returned by Listen when there are MaxListeners already.
var ErrTooMany = errors.New("too many listeners")

// Hub hands snapshots to those who listen. It is safe for concurrent use.
type Hub struct {
	interval time.Duration
	take     func(context.Context) Snapshot
	idle     func() // called when the last listener has left

	mu        sync.Mutex
	listeners map[chan []byte]struct{}
	last      []byte
	stop      context.CancelFunc // nil while nobody listens
	closed    bool
	running   sync.WaitGroup
}

// NewHub returns a hub that takes a snapshot each interval while somebody
// listens. idle is called when nobody does any more.
func NewHub(interval time.Duration, take func(context.Context) Snapshot, idle func()) *Hub {
	return &Hub{interval: interval, take: take, idle: idle, listeners: make(map[chan []byte]struct{})}
}

// Listen returns a channel of snapshots as JSON, the latest of which waits in
// it. The channel is closed when the hub is. leave must be called once.
func (h *Hub) Listen() (snapshots <-chan []byte, leave func(), err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || len(h.listeners) >= MaxListeners {
		return nil, nil, ErrTooMany
	}
	c := make(chan []byte, 1)
	h.listeners[c] = struct{}{}
	if h.stop == nil {
		var ctx context.Context
		ctx, h.stop = context.WithCancel(context.Background())
		h.running.Go(func() { h.run(ctx) })
	} else if h.last != nil {
		c <- h.last
	}
	return c, sync.OnceFunc(func() { h.leave(c) }), nil
}

func (h *Hub) leave(c chan []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.listeners[c]; !ok {
		return
	}
	delete(h.listeners, c)
	if len(h.listeners) == 0 {
		h.restLocked()
	}
}

func (h *Hub) restLocked() {
	if h.stop == nil {
		return
	}
	h.stop()
	h.stop, h.last = nil, nil
	h.idle()
}

func (h *Hub) run(ctx context.Context) {
	tick := time.NewTicker(h.interval)
	defer tick.Stop()
	for {
		h.send(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (h *Hub) send(ctx context.Context) {
	text, err := json.Marshal(h.take(ctx))
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil || ctx.Err() != nil {
		return
	}
	h.last = text
	for c := range h.listeners {
		select {
		case <-c: // What he has not read yet is old.
		default:
		}
		c <- text
	}
}

// Close closes the channels of all listeners and waits for the snapshot that is
// being taken.
func (h *Hub) Close() {
	h.mu.Lock()
	h.closed = true
	for c := range h.listeners {
		close(c)
		delete(h.listeners, c)
	}
	h.restLocked()
	h.mu.Unlock()
	h.running.Wait()
}
