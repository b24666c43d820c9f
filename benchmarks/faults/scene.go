package main

import (
	"context"
	"errors"
	"time"
)

// scene is all that a collector talks to.
type scene struct {
	tallies map[string]*tally
	a, b    *destination
	proxy   *proxy // Before b.
}

// newScene starts the destinations. Call stop.
func newScene(tallies map[string]*tally) (*scene, error) {
	s := &scene{tallies: tallies}
	var err error
	if s.a, err = newDestination(tallies[streamA]); err != nil {
		return nil, err
	}
	if s.b, err = newDestination(tallies[streamB]); err != nil {
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

// fail makes b's destination, or the network before it, fail.
func (s *scene) fail(f fault) error {
	s.b.fault.Store(f)
	return s.proxy.inject(f)
}

// heal ends the fault.
func (s *scene) heal(ctx context.Context) error {
	s.b.fault.Store(none)
	return s.proxy.heal(ctx)
}

// play goes through the phases, up to the beginning of the last one. It
// returns early when ctx is done or the collector has ended.
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
		for _, t := range s.tallies {
			t.enter(act.phase, time.Now())
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ended:
			return errors.New("the collector ended")
		case <-time.After(act.length):
		}
	}
	return nil
}
