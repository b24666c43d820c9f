package columnar

import "slices"

// sortKey is the part of a row that decides its place.
type sortKey struct {
	rank uint64 // of the first text above that of the second
	time int64
	row  int32
}

// order returns the permutation that sorts the rows by one or two text columns, then time, then arrival.
// The last of the names is the time column's. The result is valid until the scratch sorts again.
func (g *group) order(names []string, s *scratch) []int32 {
	texts, times := names[:len(names)-1], bind[*numberColumn[int64]](g, names[len(names)-1])
	keys := room(s.keys, g.rows)[:g.rows]
	clear(keys)
	for i := range keys {
		keys[i].time, keys[i].row = times.values[i], int32(i) // At most maxGroupRows.
	}
	for _, name := range texts {
		c := bind[*textColumn](g, name)
		ranks := c.dict.ranks()
		for i := range keys {
			entry := i
			if c.shared {
				entry = int(g.origins[i])
			}
			keys[i].rank = keys[i].rank<<32 | uint64(ranks[c.codes[entry]]) // Ranks are not negative.
		}
	}
	slices.SortFunc(keys, sortKey.compare)
	perm := room(s.rows.idx, g.rows)
	for i := range keys {
		perm = append(perm, keys[i].row)
	}
	s.keys = keys
	return perm
}

func (a sortKey) compare(b sortKey) int {
	switch {
	case a.rank < b.rank:
		return -1
	case a.rank > b.rank:
		return 1
	case a.time < b.time:
		return -1
	case a.time > b.time:
		return 1
	default:
		return int(a.row) - int(b.row)
	}
}
