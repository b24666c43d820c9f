package main

import (
	"testing"
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

	a := l.account()
	require.Equal(t, account{
		before: 2, during: 1,
		repeated:  1, // 5 and 6, of two that arrived first during the fault.
		offered:   5, // 5 to 9.
		delivered: 3, // 5, 6 and 9.
		late:      1, // 9, not 10.
		lost:      2, // 7 and 11. 8 was not taken.
	}, a)
	require.InDelta(t, 0.5, a.kept(), 1e-9)
}

// What starves entirely neither divides by zero nor counts as kept.
func TestTallyOfNothing(t *testing.T) {
	var l tally
	require.Zero(t, l.account())
	require.Zero(t, account{}.kept())
}
