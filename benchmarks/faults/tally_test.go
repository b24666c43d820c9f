package main

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// A run in which the fault halves the throughput, repeats records during and
// after it, delays some and loses some.
func TestTallyAccountsForEachRecord(t *testing.T) {
	l, start := new(tally), time.Now()
	enter := func(p phase, seconds int) { l.enter(p, start.Add(time.Duration(seconds)*time.Second)) }
	enter(warmUp, 0)
	require.Equal(t, 0, l.offer(1))
	l.deliver([]int{0})
	enter(before, 1)
	require.Equal(t, 1, l.offer(4))
	l.ack(1, 4)
	l.deliver([]int{1, 2, 3, 4})
	enter(during, 3)
	require.Equal(t, 5, l.offer(5))
	l.ack(5, 3)
	l.deliver([]int{5, 6, 5})
	enter(recovery, 5)
	require.Equal(t, 10, l.offer(2))
	l.ack(10, 2)
	l.deliver([]int{6, 9, 10})
	enter(drain, 6)

	require.Equal(t, account{
		before: 2, during: 1,
		kept:      0.4, // 2 of 5, after 4 of 4.
		repeated:  1,   // 5 and 6, of two that arrived first during the fault.
		offered:   5,   // 5 to 9.
		delivered: 3,   // 5, 6 and 9.
		late:      1,   // 9, not 10.
		lost:      2,   // 7 and 11. 8 was not taken.
	}, l.account())
}

// What starves entirely neither divides by zero nor counts as kept.
func TestTallyOfNothing(t *testing.T) {
	var l tally
	require.Zero(t, l.account())
}

// Waiting ends with the last arrival, and not at once before it.
func TestTallySettles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, start := new(tally), time.Now()
		l.ack(l.offer(2), 2)
		for i := range 2 {
			time.AfterFunc(time.Duration(i+1)*1500*time.Millisecond, func() { l.deliver([]int{i}) })
		}
		l.settle(t.Context(), time.Minute)
		require.InDelta(t, 3.0, time.Since(start).Seconds(), 0.2)

		l.ack(l.offer(1), 1)
		start = time.Now()
		l.settle(t.Context(), time.Minute)
		require.InDelta(t, 2.0, time.Since(start).Seconds(), 0.2)
		start = time.Now()
		l.settle(t.Context(), time.Second)
		require.InDelta(t, 1.0, time.Since(start).Seconds(), 0.2)
	})
}
