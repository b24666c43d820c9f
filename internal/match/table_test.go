package match

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// one is a stream that selects by one term.
func one(key string, p Predicate) Stream {
	return Stream{Select: []Clause{{Terms: []Term{{Key: key, Predicate: p}}}}}
}

func attributes(pairs ...string) pcommon.Map {
	m := pcommon.NewMap()
	for i := 0; i < len(pairs); i += 2 {
		m.PutStr(pairs[i], pairs[i+1])
	}
	return m
}

func checkAgainstNaive(t *testing.T, seed uint64, streams int) {
	r := random{rand.New(rand.NewPCG(seed, uint64(streams)))}
	defs := r.streams(streams)
	for _, mode := range []Mode{AllStreams, FirstStream} {
		table := Compile(defs, mode)
		checkBatches(t, r, table)
		for range 50 {
			resource := r.resource()
			taken, observed := naive(defs, mode, resource)
			for range 2 { // Cold and warm memo.
				set := table.MatchResource(resource)
				require.Equal(t, taken, set.Streams, "mode %d, attributes %v", mode, resource.Attributes().AsRaw())
				require.Equal(t, observed, set.Observed, "mode %d, attributes %v", mode, resource.Attributes().AsRaw())
			}
			require.Same(t, table.MatchResource(resource), table.Match(resource.Attributes()))
		}
	}
}

// The compiled table gives what evaluating every clause gives, also at the
// boundaries of its bit sets.
func TestMatchEqualsNaive(t *testing.T) {
	for _, streams := range []int{0, 1, 2, 10, 63, 64, 65, 129, 300} {
		t.Run(fmt.Sprintf("streams=%d", streams), func(t *testing.T) {
			for seed := range uint64(20) {
				checkAgainstNaive(t, seed, streams)
			}
		})
	}
}

func TestClauseCountsAtWordBoundaries(t *testing.T) {
	for _, n := range []int{63, 64, 65, 127, 128, 129} {
		streams := make([]Stream, n)
		for i := range streams {
			streams[i] = one("k", Exact{fmt.Sprint(i)})
		}
		table := Compile(streams, AllStreams)
		for i := range n {
			attrs := pcommon.NewMap()
			attrs.PutInt("k", int64(i))
			require.Equal(t, []int{i}, table.Match(attrs).Streams, "%d streams", n)
		}
	}
}

func FuzzMatchEqualsNaive(f *testing.F) {
	f.Add(uint64(1), uint8(3))
	f.Add(uint64(2), uint8(64))
	f.Add(uint64(3), uint8(129))
	f.Fuzz(func(t *testing.T, seed uint64, streams uint8) {
		checkAgainstNaive(t, seed, int(streams))
	})
}

// More keys than are memoised by combination take the direct path.
func TestManyKeys(t *testing.T) {
	streams := make([]Stream, maxKeys+5)
	for i := range streams {
		streams[i] = one(fmt.Sprint("k", i), Exact{"v"})
	}
	table := Compile(streams, AllStreams)
	require.Equal(t, []int{3, 20}, table.Match(attributes("k3", "v", "k20", "v")).Streams)
}

// An observed stream matches, and changes nothing for the others.
func TestObserve(t *testing.T) {
	all := one("k", Glob("*"))
	observer := all
	observer.Observe = true
	excluded := observer
	excluded.Exclude = []Clause{{Terms: []Term{{Key: "k", Predicate: Exact{"v"}}}}}
	fallback, shadow := Stream{Default: true}, Stream{Default: true, Observe: true}
	tests := []struct {
		name            string
		streams         []Stream
		mode            Mode
		taken, observed []int
	}{
		{"does not count for first", []Stream{observer, all, all}, FirstStream, []int{1}, []int{0}},
		{"is observed behind the first", []Stream{all, observer, all, observer}, FirstStream, []int{0}, []int{1, 3}},
		{"leaves the default", []Stream{fallback, observer}, AllStreams, []int{0}, []int{1}},
		{"default", []Stream{shadow, observer, fallback}, AllStreams, []int{2}, []int{0, 1}},
		{"default beside another", []Stream{shadow, all}, AllStreams, []int{1}, nil},
		{"excluded", []Stream{excluded, all}, AllStreams, []int{1}, nil},
		{"nobody takes", []Stream{observer}, AllStreams, nil, []int{0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			set := Compile(tt.streams, tt.mode).Match(attributes("k", "v"))
			require.Equal(t, tt.taken, set.Streams)
			require.Equal(t, tt.observed, set.Observed)
		})
	}
}

// A million distinct sources neither grow the memos nor change answers.
func TestMemosForget(t *testing.T) {
	table := Compile([]Stream{one("k", Regex{regexp.MustCompile("7$")}), {Default: true}}, AllStreams)
	source := func(i int) []int { return table.Match(attributes("k", fmt.Sprint("source-", i))).Streams }
	for i := range 2 * cacheSlots {
		source(i) // The memos are full from here on.
	}
	before := heap()
	for i := range 1_000_000 {
		want := 1
		if i%10 == 7 {
			want = 0
		}
		if got := source(i); len(got) != 1 || got[0] != want {
			t.Fatalf("source-%d: got %v, want %d", i, got, want)
		}
	}
	require.Less(t, heap(), before+1<<20)
	require.Len(t, table.keys[0].patterns, 2)
	require.Len(t, table.sets.sets, 2)
}

// heap returns the bytes that live objects take.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Of a key that a sender repeats, the first value counts, as for everybody who
// asks a pdata map.
func TestRepeatedKeys(t *testing.T) {
	td, err := (&ptrace.JSONUnmarshaler{}).UnmarshalTraces([]byte(`{"resourceSpans": [{"resource": {"attributes": [
		{"key": "k", "value": {"stringValue": "first"}}, {"key": "k", "value": {"stringValue": "second"}}]}}]}`))
	require.NoError(t, err)
	attrs := td.ResourceSpans().At(0).Resource().Attributes()
	require.Equal(t, 2, attrs.Len())
	table := Compile([]Stream{one("k", Exact{"second"}), one("k", Exact{"first"})}, AllStreams)
	require.Equal(t, []int{1}, table.Match(attrs).Streams)
}

func TestMatchIsSafeForConcurrentUse(t *testing.T) {
	r := random{rand.New(rand.NewPCG(1, 2))}
	defs := r.streams(100)
	table := Compile(defs, AllStreams)
	var wg sync.WaitGroup
	for seed := range uint64(4) {
		wg.Go(func() {
			r := random{rand.New(rand.NewPCG(3, seed))}
			for range 2000 {
				resource := r.resource()
				set := table.MatchResource(resource)
				taken, observed := naive(defs, AllStreams, resource)
				if got, want := fmt.Sprint(set.Streams, set.Observed), fmt.Sprint(taken, observed); got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			}
		})
	}
	wg.Wait()
}

func TestWarmMatchDoesNotAllocate(t *testing.T) {
	table, resource := benchTable(100)
	table.MatchResource(resource)
	require.Zero(t, testing.AllocsPerRun(100, func() { table.MatchResource(resource) }))
	require.Zero(t, testing.AllocsPerRun(100, func() { table.Match(resource.Attributes()) }))
}
