package match

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
)

// naive is the specification: it evaluates every clause of every stream.
func naive(streams []Stream, mode Mode, attrs Attributes) []int {
	var out []int
	holds := func(clauses []Clause) bool {
		for _, c := range clauses {
			if c.Holds(attrs) {
				return true
			}
		}
		return false
	}
	collect := func(fallback bool) {
		for i, s := range streams {
			if s.Default == fallback && (fallback || holds(s.Select)) && !holds(s.Exclude) {
				out = append(out, i)
			}
		}
	}
	collect(false)
	if len(out) == 0 {
		collect(true)
	}
	if mode == FirstStream && len(out) > 1 {
		out = out[:1]
	}
	return out
}

func lookupIn(m pcommon.Map) Attributes {
	return func(key string) (string, bool) {
		v, ok := m.Get(key)
		if !ok {
			return "", false
		}
		return v.AsString(), true
	}
}

type random struct{ *rand.Rand }

func (r random) value() string { return fmt.Sprintf("%c%d", 'a'+r.IntN(3), r.IntN(6)) }
func (r random) key() string   { return fmt.Sprintf("k%d", r.IntN(5)) }

func (r random) predicate(depth int) Predicate {
	kinds := 5
	if depth > 0 {
		kinds = 8
	}
	switch r.IntN(kinds) {
	case 0:
		return Exact{r.value()}
	case 1:
		return Exact{r.value(), r.value(), ""}
	case 2:
		return Exists(r.IntN(2) == 0)
	case 3:
		return Glob([]string{"a*", "*1", "b?", "*", "?*2"}[r.IntN(5)])
	case 4:
		return Regex{regexp.MustCompile([]string{"^a", "1$", "[bc][0-2]"}[r.IntN(3)])}
	case 5:
		return Not{r.predicate(depth - 1)}
	case 6:
		return Any{r.predicate(depth - 1), r.predicate(depth - 1)}
	default:
		return All{r.predicate(depth - 1), r.predicate(depth - 1)}
	}
}

func (r random) clauses(most int) []Clause {
	clauses := make([]Clause, r.IntN(most+1))
	for i := range clauses {
		for range r.IntN(3) + 1 {
			clauses[i] = append(clauses[i], Term{Key: r.key(), Predicate: r.predicate(2)})
		}
	}
	return clauses
}

func (r random) streams(n int) []Stream {
	streams := make([]Stream, n)
	for i := range streams {
		streams[i] = Stream{Select: r.clauses(2), Exclude: r.clauses(1), Default: r.IntN(20) == 0}
	}
	return streams
}

func (r random) attributes() pcommon.Map {
	m := pcommon.NewMap()
	for range r.IntN(6) {
		switch k := r.key(); r.IntN(8) {
		case 0:
			m.PutInt(k, int64(r.IntN(3)))
		case 1:
			m.PutBool(k, true)
		case 2:
			m.PutEmpty(k)
		case 3:
			m.PutEmptySlice(k).AppendEmpty().SetStr("a1")
		default:
			m.PutStr(k, r.value())
		}
	}
	return m
}

func checkAgainstNaive(t *testing.T, seed uint64, streams int) {
	r := random{rand.New(rand.NewPCG(seed, uint64(streams)))}
	defs := r.streams(streams)
	for _, mode := range []Mode{AllStreams, FirstStream} {
		table := Compile(defs, mode)
		for range 50 {
			attrs := r.attributes()
			want := naive(defs, mode, lookupIn(attrs))
			for range 2 { // cold and warm memo
				require.Equal(t, want, table.Match(attrs).Streams, "mode %d, attributes %v", mode, attrs.AsRaw())
			}
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
			streams[i].Select = []Clause{{{Key: "k", Predicate: Exact{fmt.Sprint(i)}}}}
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
		streams[i].Select = []Clause{{{Key: fmt.Sprint("k", i), Predicate: Exact{"v"}}}}
	}
	table := Compile(streams, AllStreams)
	attrs := pcommon.NewMap()
	attrs.PutStr("k3", "v")
	attrs.PutStr("k20", "v")
	require.Equal(t, []int{3, 20}, table.Match(attrs).Streams)
}

// Equal sets are one object, so that a router can group by pointer.
func TestSetsAreShared(t *testing.T) {
	table := Compile([]Stream{{Select: []Clause{{{Key: "k", Predicate: Glob("a*")}}}}}, AllStreams)
	a, b := pcommon.NewMap(), pcommon.NewMap()
	a.PutStr("k", "a1")
	b.PutStr("k", "a2")
	require.Same(t, table.Match(a), table.Match(b))
}

// A flood of distinct values neither grows the memos nor changes answers.
func TestMemosForget(t *testing.T) {
	table := Compile([]Stream{
		{Select: []Clause{{{Key: "k", Predicate: Regex{regexp.MustCompile("7$")}}}}},
		{Default: true},
	}, AllStreams)
	for i := range 20 * cacheSlots {
		attrs := pcommon.NewMap()
		attrs.PutStr("k", fmt.Sprint("source-", i))
		want := []int{1}
		if i%10 == 7 {
			want = []int{0}
		}
		require.Equal(t, want, table.Match(attrs).Streams)
	}
	require.Len(t, table.keys[0].patterns, 2)
	require.Len(t, table.interned, 2)
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
				attrs := r.attributes()
				if got, want := table.Match(attrs).Streams, naive(defs, AllStreams, lookupIn(attrs)); fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("got %v, want %v", got, want)
				}
			}
		})
	}
	wg.Wait()
}

func TestWarmMatchDoesNotAllocate(t *testing.T) {
	table, attrs := benchTable(100)
	table.Match(attrs)
	require.Zero(t, testing.AllocsPerRun(100, func() { table.Match(attrs) }))
}
