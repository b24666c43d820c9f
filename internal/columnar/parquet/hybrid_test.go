package parquet

import (
	"math/bits"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Levels eight at a time give the same bytes as levels one by one.
func TestAppendSmall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.Uint8Range(1, 255).Draw(t, "most")
		var levels []uint8
		for range rapid.IntRange(0, 12).Draw(t, "runs") {
			v := rapid.Uint8Range(0, most).Draw(t, "v")
			for range rapid.IntRange(1, 30).Draw(t, "n") {
				levels = append(levels, v)
			}
		}
		width := bits.Len8(most)
		require.Equal(t, appendHybrid(nil, levels, width), appendSmall(nil, levels, width))
	})
}

// A column that repeats one number is written as it would be from all its values.
func TestRepeatInt32(t *testing.T) {
	layout := NewLayout([]Node{{Name: "n", Type: Int32, Bounds: true}}, nil, "test")
	write := func(column func(g *Group)) []byte {
		var out writer
		f := NewFile(&out, layout)
		g := f.Group(NewEncoder(1), 5000)
		column(g)
		require.NoError(t, g.Close())
		require.NoError(t, f.Close(nil))
		return out
	}
	all := make([]int32, 5000)
	for i := range all {
		all[i] = -7
	}
	lv := Levels{Slots: len(all), Values: len(all)}
	require.Equal(t, write(func(g *Group) { g.Int32s(lv, all) }), write(func(g *Group) { g.RepeatInt32(lv, -7) }))
}

// writer keeps what is written.
type writer []byte

func (w *writer) Write(p []byte) (int, error) {
	*w = append(*w, p...)
	return len(p), nil
}
