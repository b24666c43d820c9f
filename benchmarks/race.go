package main

import (
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"slices"
	"time"
)

// entrant is one of several ways to handle the payloads of a pool.
type entrant struct {
	name string
	pool *pool
	// run handles the k-th payload of the pool.
	run func(k int)
}

// race runs the entrants in turns: one turn each per round, in random
// order. What disturbs the machine for longer than a turn disturbs all of
// them alike, so that the ratios of a round hold even where its times do not.
//
// The garbage collector is off meanwhile: what an entrant allocates is
// charged, what collecting it costs is not. That favors those that allocate.
func race(entrants []entrant, rounds int) results {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	r := make(results, len(entrants))
	sizes := make([]int, len(entrants))
	for i, e := range entrants {
		sizes[i] = e.burstSize()
		r[e.name] = &series{allocs: e.allocs() / float64(e.pool.shape.resources)}
	}
	shuffle := rand.New(rand.NewPCG(1, 1))
	for range rounds {
		for _, i := range shuffle.Perm(len(entrants)) {
			s := r[entrants[i].name]
			s.ns = append(s.ns, entrants[i].turn(sizes[i])/float64(entrants[i].pool.shape.resources))
		}
	}
	return r
}

// Bursts are long enough for the clock to cost little, and there are as many
// in a turn as fill a part of a time slice.
const (
	targetBurst   = 100 * time.Microsecond
	burstsPerTurn = 5
)

// turn returns the CPU time per payload in nanoseconds, over bursts of n
// payloads each. A first burst does not count: it brings code, tables and
// branch predictors back into the caches after the others' turns.
func (e entrant) turn(n int) float64 {
	collectGarbage()
	e.burst(n)
	var cpu time.Duration
	for range burstsPerTurn {
		cpu += e.burst(n)
	}
	return float64(cpu) / float64(burstsPerTurn*n)
}

// burst handles the first n payloads of the pool and returns the CPU time of
// that alone.
func (e entrant) burst(n int) time.Duration {
	e.pool.refill()
	e.pool.touch(n)
	start := cpuTime()
	for k := range n {
		e.run(k)
	}
	return cpuTime() - start
}

// burstSize returns the number of payloads that take about targetBurst, as far
// as the pool has that many.
func (e entrant) burstSize() int {
	all := len(e.pool.payloads)
	e.burst(all) // Fills the memos of whoever has some.
	return max(1, min(all, int(time.Duration(all)*targetBurst/max(1, e.burst(all)))))
}

// allocs returns the number of allocations per payload.
func (e entrant) allocs() float64 {
	e.pool.refill()
	runtime.ReadMemStats(&memory)
	before := memory.Mallocs
	for k := range e.pool.payloads {
		e.run(k)
	}
	runtime.ReadMemStats(&memory)
	return float64(memory.Mallocs-before) / float64(len(e.pool.payloads))
}

var (
	memory    runtime.MemStats
	heapFloor uint64 // heap in use after the last collection
)

// collectGarbage collects between turns, once there is enough of it.
func collectGarbage() {
	const enough = 512 << 20
	runtime.ReadMemStats(&memory)
	if memory.HeapAlloc < heapFloor+enough {
		return
	}
	runtime.GC()
	runtime.ReadMemStats(&memory)
	heapFloor = memory.HeapAlloc
}

// results holds the series of each entrant, by name.
type results map[string]*series

// series is what was measured of one entrant, per resource.
type series struct {
	ns     []float64 // by round
	allocs float64
}

// ns returns the entrant's median CPU time per resource in nanoseconds.
func (r results) ns(name string) float64 { return median(r[name].ns) }

// allocs returns the entrant's allocations per resource.
func (r results) allocs(name string) float64 { return r[name].allocs }

// ratio returns the median over the rounds of what a took over what b took.
func (r results) ratio(a, b string) float64 {
	ratios := make([]float64, len(r[a].ns))
	for i := range ratios {
		ratios[i] = r[a].ns[i] / r[b].ns[i]
	}
	return median(ratios)
}

// median returns the middle of values; it leaves their order alone.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
