package match

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// Equal sets are one object, so that a router can group by pointer.
func TestSetsAreShared(t *testing.T) {
	table := Compile([]Stream{one("k", Glob("a*"))}, AllStreams)
	require.Same(t, table.Match(attributes("k", "a1")), table.Match(attributes("k", "a2")))
}

// A stream that observes and one that takes make different sets.
func TestSetsDifferByObserved(t *testing.T) {
	taker, observer := one("k", Exact{"1"}), one("k", Exact{"2"})
	observer.Observe = true
	table := Compile([]Stream{taker, observer}, AllStreams)
	seen := make(map[int]bool)
	for _, v := range []string{"0", "1", "2"} {
		seen[table.Match(attributes("k", v)).ID] = true
	}
	require.Equal(t, map[int]bool{0: true, 1: true, 2: true}, seen)
}

// subsets has n independent streams, and yields each combination of them.
func subsets(n int, yield func(table *Table, combination int, pairs []string)) {
	streams := make([]Stream, n)
	for i := range streams {
		streams[i] = one(fmt.Sprint("k", i), Exists(true))
	}
	table := Compile(streams, AllStreams)
	for c := range 1 << n {
		var pairs []string
		for i := range n {
			if c&(1<<i) != 0 {
				pairs = append(pairs, fmt.Sprint("k", i), "v")
			}
		}
		yield(table, c, pairs)
	}
}

// IDs are dense up to the bound, and -1 beyond; the answers stay right.
func TestSetIDs(t *testing.T) {
	next := 0
	subsets(13, func(table *Table, _ int, pairs []string) {
		set := table.Match(attributes(pairs...))
		require.Len(t, set.Streams, len(pairs)/2)
		want := next
		if next >= maxInterned {
			want = -1
		}
		require.Equal(t, want, set.ID)
		require.Equal(t, want, table.Match(attributes(pairs...)).ID)
		next++
	})
	require.Greater(t, next, maxInterned)
}

// Goroutines that meet the same sets at once agree on their numbers.
func TestSetIDsAreSafeForConcurrentUse(t *testing.T) {
	streams := make([]Stream, 8)
	for i := range streams {
		streams[i] = one("k", Exact{fmt.Sprint(i)})
	}
	table := Compile(streams, AllStreams)
	var sets [4][9]*Set
	var wg sync.WaitGroup
	for g := range sets {
		wg.Go(func() {
			for i := range sets[g] {
				sets[g][i] = table.Match(attributes("k", fmt.Sprint((i+g)%9)))
			}
		})
	}
	wg.Wait()
	seen := make(map[int]*Set)
	for _, list := range sets {
		for _, set := range list {
			if known := seen[set.ID]; known != nil {
				require.Same(t, known, set)
			}
			seen[set.ID] = set
		}
	}
	require.Len(t, seen, 9)
	for id := range 9 {
		require.Contains(t, seen, id)
	}
}
