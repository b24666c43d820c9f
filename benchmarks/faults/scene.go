package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"
)

// scene is all that a collector talks to.
type scene struct {
	tallies map[string]*tally
	a, b    *destination
	proxy   *proxy // Before b.
	trigger string // The file that makes b's processor panic.
}

// newScene starts the destinations. Call stop.
func newScene(w *wire, tallies map[string]*tally, trigger string) (*scene, error) {
	s := &scene{tallies: tallies, trigger: trigger}
	var err error
	if s.a, err = newDestination(w, tallies[streamA]); err != nil {
		return nil, err
	}
	if s.b, err = newDestination(w, tallies[streamB]); err != nil {
		s.a.stop()
		return nil, err
	}
	if s.proxy, err = newProxy(s.b.address); err != nil {
		s.a.stop()
		s.b.stop()
		return nil, err
	}
	return s, nil
}

func (s *scene) stop() {
	s.proxy.Stop()
	s.a.stop()
	s.b.stop()
}

// fail makes b's processor, its destination or the network between them fail.
func (s *scene) fail(f fault) error {
	if f == panics {
		return os.WriteFile(s.trigger, nil, 0o600)
	}
	s.b.fault.Store(f)
	return s.proxy.inject(f)
}

// heal ends the fault.
func (s *scene) heal(ctx context.Context) error {
	if err := os.Remove(s.trigger); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	s.b.fault.Store(none)
	return s.proxy.heal(ctx)
}

// play goes through the phases, up to the beginning of the last one. It
// returns early when ctx is done, or the collector has ended before the fault.
// If it ends later, that is what the fault has done to it.
func (s *scene) play(ctx context.Context, f fault, t timing, ended <-chan struct{}) error {
	acts := []struct {
		phase  phase
		length time.Duration
		begin  func() error
	}{
		{warmUp, t.warmUp, nil},
		{before, t.before, nil},
		{during, t.during, func() error { return s.fail(f) }},
		{recovery, t.recovery, func() error { return s.heal(ctx) }},
		{drain, 0, nil},
	}
	for _, act := range acts {
		if act.begin != nil {
			if err := act.begin(); err != nil {
				return err
			}
		}
		if act.phase >= during {
			ended = nil // The others do not wait for it.
		}
		for _, t := range s.tallies {
			t.enter(act.phase, time.Now())
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ended:
			return errors.New("the collector ended before the fault")
		case <-time.After(act.length):
		}
	}
	return nil
}
