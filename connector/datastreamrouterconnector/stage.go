package datastreamrouterconnector

import (
	"context"
	"sync"
	"time"
)

// stage is what the turns of a router share.
type stage struct {
	turns   sync.WaitGroup // goroutines that serve turns
	timers  sync.Pool      // stopped *time.Timer
	repeats *repeats       // nil if no stream pushes back
}

// timer returns a timer that fires after d. Since Go 1.23 a timer that was
// stopped has nothing left in its channel, so that it can be used again.
func (s *stage) timer(d time.Duration) *time.Timer {
	if t, ok := s.timers.Get().(*time.Timer); ok {
		t.Reset(d)
		return t
	}
	return time.NewTimer(d)
}

func (s *stage) retire(t *time.Timer) {
	t.Stop()
	s.timers.Put(t)
}

// wait waits for the goroutines that serve turns, but not longer than ctx.
func (s *stage) wait(ctx context.Context) {
	idle := make(chan struct{})
	go func() {
		s.turns.Wait()
		close(idle)
	}()
	select {
	case <-idle:
	case <-ctx.Done():
	}
}

// detached is a context with the values of another, but neither its deadline
// nor its end: a caller may leave before its data is delivered.
type detached struct{ values context.Context }

func (detached) Deadline() (time.Time, bool) { return time.Time{}, false }
func (detached) Done() <-chan struct{}       { return nil }
func (detached) Err() error                  { return nil }
func (d detached) Value(key any) any         { return d.values.Value(key) }
