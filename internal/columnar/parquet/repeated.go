package parquet

// repeated is one number that all slots with a value have, behind a dictionary.
type repeated[T number] struct{ one [1]T }

// RepeatInt32 is Int32s for values that are all v. Many columns of counts are zeros in practice.
func (g *Group) RepeatInt32(lv Levels, v int32) {
	if lv.Values == 0 {
		g.Int32s(lv, nil)
		return
	}
	g.write(lv, &repeated[int32]{[1]int32{v}})
}

func (v *repeated[T]) encoding() encoding { return encodingDictionary }

func (v *repeated[T]) dictionary(dst []byte) ([]byte, int) { return appendNumber(dst, v.one[0]), 1 }

func (v *repeated[T]) until(lo, budget int) int { return lo + budget*8 } // Far more would fit.

func (v *repeated[T]) append(dst []byte, lo, hi int) []byte {
	return appendRun(append(dst, 1), 0, hi-lo, 1)
}

func (v *repeated[T]) bounds(room []byte, _, _ int) (least, most, grown []byte) {
	return numberBounds(room, v.one[:])
}
