package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// timing are the lengths of a run's phases.
type timing struct{ warmUp, before, during, recovery time.Duration }

// Limits for what follows the phases.
const (
	drainLimit  = 5 * time.Second  // For the sender to send what it has.
	settleLimit = 15 * time.Second // For the collector to deliver what it has.
	stopLimit   = 20 * time.Second // For the collector to end.
)

// result is what one contestant did in one case.
type result struct {
	isolationCase
	who     string
	a, b    account
	dropped int   // Records of b that the collector counted as dropped.
	errors  int   // Calls of the sender that failed.
	unsent  int   // Records that found no place in the sender's backlog.
	failed  int   // Records that the sender gave up.
	ended   bool  // The collector's process ended before it was told to.
	stopped error // Why the collector did not end well.
}

// measureAll runs the cases one after the other, the contestants of each side
// by side: so they share what else the machine does, and need little of it.
func measureAll(ctx context.Context, w *wire, selected []isolationCase, contestants []contestant, t timing, progress func(result)) ([]result, error) {
	dir, err := os.MkdirTemp("", "datastreams-faults-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	var all []result
	for _, c := range selected {
		results, err := measureCase(ctx, dir, w, c, contestants, t)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c, err)
		}
		for _, r := range results {
			progress(r)
		}
		all = append(all, results...)
	}
	return all, nil
}

// measureCase runs all contestants in one case, side by side. If one cannot be
// measured, all end.
func measureCase(ctx context.Context, dir string, w *wire, c isolationCase, contestants []contestant, t timing) ([]result, error) {
	at, err := freeAddresses(len(contestants))
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	results := make([]result, len(contestants))
	var running sync.WaitGroup
	for i, who := range contestants {
		running.Go(func() {
			s := setup{contestant: who, addresses: at[i], isolationCase: c, wire: w, trigger: filepath.Join(dir, who.name+".panic")}
			r, err := measure(ctx, dir, s, t)
			if err != nil {
				cancel(fmt.Errorf("%s: %w", who.name, err))
			}
			results[i] = r
		})
	}
	running.Wait()
	return results, context.Cause(ctx)
}

// measure runs one contestant in one case.
func measure(ctx context.Context, dir string, s setup, t timing) (result, error) {
	tallies := map[string]*tally{streamA: new(tally), streamB: new(tally)}
	scene, err := newScene(s.wire, tallies, s.trigger)
	if err != nil {
		return result{}, err
	}
	defer scene.stop()
	s.toA, s.toB = scene.a.address, scene.proxy.Listen
	collector, err := startCollector(ctx, dir, s)
	if err != nil {
		return result{}, err
	}
	defer collector.kill()

	sender, err := newSender(s.wire, s.in, tallies, s.separate)
	if err != nil {
		return result{}, err
	}
	defer sender.stop()
	if err := load(ctx, sender, func() error { return scene.play(ctx, s.fault, t, collector.ended) }); err != nil {
		return result{}, fmt.Errorf("%w\n%s", err, collector.log)
	}
	r := result{
		isolationCase: s.isolationCase, who: s.name,
		errors: int(sender.errors.Load()), unsent: int(sender.unsent.Load()), failed: int(sender.failed.Load()),
	}
	tallies[streamB].settle(ctx, settleLimit)
	if r.ended = collector.hasEnded(); !r.ended { // What it counted is gone with it.
		if r.dropped, err = collector.dropped(ctx, s.wire, s.buffer); err != nil {
			return result{}, err
		}
	}
	r.stopped = collector.stop(stopLimit)
	r.a, r.b = tallies[streamA].account(), tallies[streamB].account()
	return r, nil
}

// load lets a sender offer records while play runs, and waits until it has
// sent them, for a while if play went well.
func load(ctx context.Context, s *sender, play func() error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan struct{})
	var sending sync.WaitGroup
	sending.Go(func() { s.run(ctx, done) })
	err := play()
	close(done)
	if err != nil {
		cancel()
	}
	defer time.AfterFunc(drainLimit, cancel).Stop()
	sending.Wait()
	return err
}
