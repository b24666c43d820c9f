package datastreamrouterconnector

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// stage is what the turns of a router share: the goroutines that serve them,
// and the one that watches over them. The goroutines are used again: a new one
// would have to grow its stack for nearly every payload.
type stage struct {
	repeats  *repeats      // nil if no stream pushes back
	interval time.Duration // between two looks at the turns, while there are any
	turns    sync.Pool     // of turns that nobody uses

	mu        sync.Mutex
	served    []server      // that some goroutine serves, in no order
	idle      []chan server // goroutines that wait for work
	watch     chan struct{} // closed to end the watch; nil if there is none
	dismissed bool
	quiet     chan struct{} // closed once nothing is served; nil if nobody waits for that
}

// server is a turn as the stage sees it.
type server interface {
	// serve does the work, or what is left of it.
	serve()
	// look reports whether another goroutine has to go on with the work. It is
	// called with the stage's lock.
	look(now time.Duration) bool
	// release is called after serve, without the lock.
	release()
	attending() *attendance
}

// attendance is who is busy with a turn.
type attendance struct {
	place   int          // in the stage's list
	servers int          // goroutines that serve it; the stage's lock guards both
	users   atomic.Int32 // those, and the caller
}

const (
	// maxIdle bounds the goroutines that wait for work.
	maxIdle = 64
	// maxIdleLooks is how many times in a row the watch finds nothing to do
	// before it ends.
	maxIdleLooks = 16
)

// The watch looks at a turn a sixteenth of the shortest timeout apart, within
// bounds: how late a timeout may be, and how often a processor is woken.
const (
	looksPerTimeout = 16
	minInterval     = time.Millisecond
	maxInterval     = 50 * time.Millisecond
)

// heed prepares for a stream with this policy, before there are any turns.
func (s *stage) heed(p policy) {
	if p.refusal == refusalPushBack && s.repeats == nil {
		s.repeats = newRepeats()
	}
	if p.timeout == 0 {
		return
	}
	interval := min(max(p.timeout/looksPerTimeout, minInterval), maxInterval)
	if s.interval == 0 || interval < s.interval {
		s.interval = interval
	}
}

// run has a turn served and watched.
func (s *stage) run(t server) {
	s.mu.Lock()
	t.attending().place = len(s.served)
	s.served = append(s.served, t)
	if s.watch == nil {
		s.watch = make(chan struct{})
		go s.keepLooking(s.watch)
	}
	worker := s.hireLocked(t)
	s.mu.Unlock()
	s.start(worker, t)
}

// hireLocked returns a goroutine that waits for work, nil if there is none.
func (s *stage) hireLocked(t server) (worker chan server) {
	a := t.attending()
	a.servers++
	a.users.Add(1)
	if n := len(s.idle); n > 0 {
		worker = s.idle[n-1]
		s.idle = s.idle[:n-1]
	}
	return worker
}

func (s *stage) start(worker chan server, t server) {
	if worker == nil {
		go s.work(t)
		return
	}
	worker <- t
}

// work serves t, and then what else comes until it is sent home.
func (s *stage) work(t server) {
	work := make(chan server, 1)
	for t != nil {
		t.serve()
		stays := s.finished(t, work)
		t.release()
		if !stays {
			return
		}
		t = <-work // nil once it is closed
	}
}

// finished notes that a goroutine is done with t. It reports whether there may be
// more to do.
func (s *stage) finished(t server, work chan server) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := t.attending()
	a.servers--
	if a.servers == 0 {
		s.removeLocked(a.place)
	}
	if s.dismissed || len(s.idle) == maxIdle {
		return false
	}
	s.idle = append(s.idle, work)
	return true
}

func (s *stage) removeLocked(place int) {
	n := len(s.served) - 1
	last := s.served[n]
	s.served[place], s.served[n] = last, nil
	s.served = s.served[:n]
	last.attending().place = place
	if n == 0 && s.quiet != nil {
		close(s.quiet)
		s.quiet = nil
	}
	if n == 0 && s.dismissed {
		s.endWatchLocked()
	}
}

// keepLooking looks at the turns until there have been none for a while, or it
// is told to end.
func (s *stage) keepLooking(end chan struct{}) {
	ticker := time.NewTicker(s.interval)
	defer ticker.Stop()
	for idle := 0; idle < maxIdleLooks; idle++ {
		select {
		case <-ticker.C:
		case <-end:
			return
		}
		if s.look() {
			idle = 0
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.watch != end: // It was told to end.
	case len(s.served) > 0: // By now.
		go s.keepLooking(end)
	default:
		s.watch = nil
	}
}

func (s *stage) endWatchLocked() {
	if s.watch != nil {
		close(s.watch)
		s.watch = nil
	}
}

// look looks at each turn. It reports whether there are any.
func (s *stage) look() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Since(epoch)
	for _, t := range s.served {
		if t.look(now) {
			s.start(s.hireLocked(t), t)
		}
	}
	return len(s.served) > 0
}

// wait waits for the turns that are being served, but not longer than ctx, and
// sends the goroutines home.
func (s *stage) wait(ctx context.Context) {
	defer s.dismiss()
	s.mu.Lock()
	if len(s.served) == 0 {
		s.mu.Unlock()
		return
	}
	if s.quiet == nil {
		s.quiet = make(chan struct{})
	}
	quiet := s.quiet
	s.mu.Unlock()
	select {
	case <-quiet:
	case <-ctx.Done():
	}
}

// dismiss ends the goroutines that wait for work, and the others once they are done.
func (s *stage) dismiss() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dismissed = true
	if len(s.served) == 0 {
		s.endWatchLocked()
	}
	for _, worker := range s.idle {
		close(worker)
	}
	s.idle = nil
}
