package columnar

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Rows that are dealt out by rank get the same order as rows that are compared.
func TestDeal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const ranks = 5
		keys := make([]sortKey, rapid.IntRange(1, 200).Draw(t, "rows"))
		rows := make([]int32, len(keys))
		for i := range keys {
			keys[i] = sortKey{
				rank:   rapid.Uint64Range(0, ranks-1).Draw(t, "rank"),
				hashes: [2]int64{rapid.Int64Range(-1, 1).Draw(t, "first"), rapid.Int64Range(-1, 1).Draw(t, "second")},
				time:   rapid.Int64Range(0, 3).Draw(t, "time"),
			}
			rows[i] = int32(i)
		}
		want := slices.Clone(rows)
		sortRows(want, keys)
		var s scratch
		require.Equal(t, want, s.deal(make([]int32, 0, len(keys)), keys, ranks))
	})
}

// One scratch stays while rows wait, however many are used at a time, and none afterwards.
func TestScratches(t *testing.T) {
	p := &scratches{level: 1}
	p.open()
	p.open()
	a, b := p.take(), p.take()
	require.NotSame(t, a, b)
	p.give(a)
	p.give(b)
	p.close()
	require.Same(t, a, p.kept)
	require.Same(t, a, p.take())
	p.give(a)
	p.close()
	require.Nil(t, p.kept)
}

// A number's place may be taken by another one, and the code stays right.
func TestNumberCodes(t *testing.T) {
	var n numberCodes
	n.reset()
	*n.at(7, letterInt) = numberCode{7, 1, letterInt}
	require.EqualValues(t, 1, n.at(7, letterInt).code)
	require.NotEqual(t, *n.at(7, letterInt), *n.at(7, letterDouble))
	n.reset()
	require.Zero(t, *n.at(7, letterInt))
}

// Whether all numbers are the same does not depend on how they are packed.
func TestSame(t *testing.T) {
	for _, n := range []int{1, blockLen, 3*blockLen + 5} {
		for _, other := range []int{-1, 0, n / 2, n - 1} {
			p := packed{mem: new(slabs)}
			for i := range n {
				v := int64(-4)
				if i == other {
					v = 9
				}
				p.push(v)
			}
			_, same := p.same()
			require.Equal(t, other < 0 || n == 1, same, "%d numbers, another one at %d", n, other)
		}
	}
}
