package columnar

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPacked holds that blocks of every width give back their numbers, one by one and all together, after reuse, too.
func TestPacked(t *testing.T) {
	mem := &slabs{}
	for name, ends := range map[string][2]int64{
		"equal":        {-1, -1},
		"one byte":     {-1, 254},
		"two bytes":    {-1, 255},
		"four bytes":   {-1, 1 << 16},
		"eight bytes":  {-1, 1 << 32},
		"whole domain": {math.MinInt64, math.MaxInt64},
	} {
		t.Run(name, func(t *testing.T) {
			p := packed{mem: mem}
			for range 2 {
				var want []int64
				for i := range 2*blockLen + 100 {
					v := ends[i%2]
					want = append(want, v)
					p.push(v)
				}
				n := 4*blockLen + 3
				p.fill(n, 7) // Ends a block that has begun, makes a whole one and begins another.
				for len(want) < n {
					want = append(want, 7)
				}
				require.Equal(t, n, p.len())
				require.Equal(t, want, unpack([]int64(nil), &p))
				for i, v := range want {
					require.Equal(t, v, p.at(i))
				}
				p.reset()
				require.Zero(t, p.len())
				require.Zero(t, p.held())
			}
		})
	}
}
