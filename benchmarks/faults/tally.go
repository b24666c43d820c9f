package main

import (
	"context"
	"sync"
	"time"
)

// phase is a part of a run.
type phase int

const (
	warmUp phase = iota
	before
	during
	recovery
	drain // Nothing new is sent.
	phases
)

// tally accounts for the records of one stream in one run, by their numbers
// 0, 1, 2, ... It is safe for concurrent use.
type tally struct {
	mu         sync.Mutex
	arrivals   []int  // By number: how often the destination got it.
	acked      []bool // By number: whether the sender was told that it was taken.
	now        phase
	since      time.Time
	lengths    [phases]time.Duration
	begin      [phases]int // The number of the first record that was offered in it.
	late       int         // Records offered before the recovery that first arrived then.
	first      [phases]int // Records that arrived for the first time.
	deliveries [phases]int // Records that arrived, repeated ones included.
}

// enter ends the current phase and begins another.
func (t *tally) enter(p phase, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.since.IsZero() {
		t.lengths[t.now] += now.Sub(t.since)
	}
	t.now, t.since, t.begin[p] = p, now, len(t.arrivals)
}

// offer makes n more records and returns the number of the first.
func (t *tally) offer(n int) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	start := len(t.arrivals)
	t.arrivals = append(t.arrivals, make([]int, n)...)
	t.acked = append(t.acked, make([]bool, n)...)
	return start
}

// ack notes that the sender was told that n records from start on were taken.
func (t *tally) ack(start, n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := start; i < start+n; i++ {
		t.acked[i] = true
	}
}

// deliver notes that the destination got records.
func (t *tally) deliver(numbers []int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, i := range numbers {
		if t.arrivals[i] == 0 {
			t.first[t.now]++
			if t.now >= recovery && i < t.begin[recovery] {
				t.late++
			}
		}
		t.arrivals[i]++
		t.deliveries[t.now]++
	}
}

// settle waits until all records that were taken have arrived, none has arrived
// for two seconds, or limit has passed.
func (t *tally) settle(ctx context.Context, limit time.Duration) {
	const quiet, step = 2 * time.Second, 100 * time.Millisecond
	last, since := -1, time.Now()
	for end := since.Add(limit); time.Now().Before(end); {
		if missing := t.account().lost; missing == 0 {
			return
		} else if missing != last {
			last, since = missing, time.Now()
		}
		if time.Since(since) > quiet || !sleep(ctx, step) {
			return
		}
	}
}

// account is what became of the records of one stream. Numbers are records.
type account struct {
	before, during float64 // First arrivals per second.

	// kept is the share of the unique throughput before the fault that is left
	// during it. Both are taken relative to what was offered in the same time,
	// so that a sender that comes late and catches up does not count.
	kept float64

	// repeated are the repeated arrivals since the fault began, for each record
	// that first arrived during the fault. Repetitions may come later, and few
	// first arrivals do not hide them.
	repeated float64

	offered   int // During the fault, whether the sender could send them or not.
	delivered int // Of the offered ones, at least once.
	late      int // Of those offered before the recovery, delivered only then.
	lost      int // Of all: the sender was told that they were taken, but they never arrived.
}

// account sums up what has happened until now.
func (t *tally) account() account {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := account{
		before:  perSecond(t.first[before], t.lengths[before]),
		during:  perSecond(t.first[during], t.lengths[during]),
		kept:    ratio(ratio(t.first[during], t.begin[recovery]-t.begin[during]), ratio(t.first[before], t.begin[during]-t.begin[before])),
		offered: t.begin[recovery] - t.begin[during],
		late:    t.late,
	}
	for p := during; p < phases; p++ {
		a.repeated += float64(t.deliveries[p] - t.first[p])
	}
	a.repeated /= float64(max(1, t.first[during]))
	for i, n := range t.arrivals {
		switch {
		case n == 0 && t.acked[i]:
			a.lost++
		case n > 0 && i >= t.begin[during] && i < t.begin[recovery]:
			a.delivered++
		}
	}
	return a
}

// ratio returns 0 if there is nothing to compare with.
func ratio[N int | float64](x, y N) float64 {
	if y == 0 {
		return 0
	}
	return float64(x) / float64(y)
}

func perSecond(n int, d time.Duration) float64 {
	if d <= 0 {
		return 0
	}
	return float64(n) / d.Seconds()
}
