package datastreamrouterconnector

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/zeebo/xxh3"
)

// The memory of repeats is bounded in time and in size. What it gives up before
// its time is counted.
func TestRepeatsForget(t *testing.T) {
	group := func(i int) repeat { return repeat{xxh3.Uint128{Lo: uint64(i) + 1}, 0} }

	t.Run("by age", func(t *testing.T) {
		r := newRepeats()
		r.remember(group(0))
		for range 2 {
			r.rotated = r.rotated.Add(-2 * repeatMemory)
			require.True(t, r.took(group(0)), "it lives on while it is repeated")
		}
		for range 2 {
			r.rotated = time.Now().Add(-2 * repeatMemory)
			r.remember(group(1))
		}
		require.False(t, r.took(group(0)))
		require.Zero(t, r.lost())
	})

	t.Run("by number", func(t *testing.T) {
		r := newRepeats()
		for i := range 3*maxRepeats + 1 {
			r.remember(group(i))
		}
		require.LessOrEqual(t, len(r.young)+len(r.old), 2*maxRepeats)
		require.True(t, r.took(group(3*maxRepeats)))
		require.True(t, r.took(group(2*maxRepeats)))
		require.False(t, r.took(group(0)))
		require.EqualValues(t, 2*maxRepeats, r.lost())
	})
}
