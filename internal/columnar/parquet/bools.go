package parquet

// packed are booleans, a bit each.
type packed struct{ all []bool }

// Bools writes the next column, which is one of Boolean.
func (g *Group) Bools(lv Levels, all []bool) { g.write(lv, packed{all}) }

func (v packed) encoding() encoding { return encodingPlain }

func (v packed) dictionary(dst []byte) ([]byte, int) { return dst, 0 }

func (v packed) until(lo, budget int) int { return lo + 8*budget }

func (v packed) append(dst []byte, lo, hi int) []byte {
	for ; lo < hi; lo += 8 {
		var b byte
		for i, set := range v.all[lo:min(lo+8, hi)] {
			if set {
				b |= 1 << i
			}
		}
		dst = append(dst, b)
	}
	return dst
}

// bounds gives none: two values need no pruning.
func (v packed) bounds(room []byte, _, _ int) (least, most, grown []byte) { return nil, nil, room }
