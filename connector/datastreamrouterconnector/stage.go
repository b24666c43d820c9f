package datastreamrouterconnector

import (
	"context"
	"sync"
	"time"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/streamname"
)

// stage is what the turns of a router share.
type stage struct {
	turns   sync.WaitGroup // turns that are being served
	crew    crew
	clocks  sync.Pool // of *clock, stopped and with nothing in done
	repeats *repeats  // nil if no stream pushes back
}

// clock is what a caller waits with.
type clock struct {
	timer *time.Timer
	done  chan struct{} // gets one token once no task is open
}

// clock returns a clock that fires after d. Since Go 1.23 a timer that was
// stopped has nothing left in its channel, so that it can be used again.
func (s *stage) clock(d time.Duration) *clock {
	if c, ok := s.clocks.Get().(*clock); ok {
		c.timer.Reset(d)
		return c
	}
	return &clock{timer: time.NewTimer(d), done: make(chan struct{}, 1)}
}

// retire takes back a clock whose token was taken.
func (s *stage) retire(c *clock) {
	c.timer.Stop()
	s.clocks.Put(c)
}

// wait waits for the turns that are being served, but not longer than ctx.
func (s *stage) wait(ctx context.Context) {
	defer s.crew.dismiss()
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

// crew serves turns in goroutines that it uses again: a new one would have to
// grow its stack for nearly every payload. The zero value is ready.
type crew struct {
	mu        sync.Mutex
	idle      []chan server
	dismissed bool
}

type server interface{ serve() }

// maxIdle bounds the goroutines that wait for work.
const maxIdle = 64

// run serves s in a goroutine.
func (c *crew) run(s server) {
	c.mu.Lock()
	n := len(c.idle)
	if n == 0 {
		c.mu.Unlock()
		go c.work(s)
		return
	}
	worker := c.idle[n-1]
	c.idle = c.idle[:n-1]
	c.mu.Unlock()
	worker <- s
}

func (c *crew) work(s server) {
	work := make(chan server, 1)
	for ok := true; ok; s, ok = <-work {
		s.serve()
		c.mu.Lock()
		if c.dismissed || len(c.idle) == maxIdle {
			c.mu.Unlock()
			return
		}
		c.idle = append(c.idle, work)
		c.mu.Unlock()
	}
}

// dismiss ends the goroutines that wait for work, and the others once they are done.
func (c *crew) dismiss() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dismissed = true
	for _, worker := range c.idle {
		close(worker)
	}
	c.idle = nil
}

// passage is the context of one delivery: the caller's, in which the stream is
// named. If it is detached it has the caller's values, but neither its deadline
// nor its end: a caller may leave before its data is delivered.
type passage struct {
	context.Context
	stamp    *streamname.Stamp
	detached bool
}

func (p *passage) Deadline() (time.Time, bool) {
	if p.detached {
		return time.Time{}, false
	}
	return p.Context.Deadline()
}

func (p *passage) Done() <-chan struct{} {
	if p.detached {
		return nil
	}
	return p.Context.Done()
}

func (p *passage) Err() error {
	if p.detached {
		return nil
	}
	return p.Context.Err()
}

func (p *passage) Value(key any) any { return p.stamp.Value(p.Context, key) }
