package columnar

import (
	"cmp"
	"math"
	"slices"
)

// sortKey is the part of a row that decides its place.
type sortKey struct {
	rank uint64 // of the first text above that of the second
	hash int64
	time int64
	row  int32
}

// order returns the permutation that sorts the rows by the columns that names lists, one or two of text, a hash and a
// time, then by arrival. The hash brings rows of one resource or series together, whose columns then hardly take any
// room. The result is valid until the scratch sorts again.
func (g *group) order(names []string, s *scratch) []int32 {
	n := len(names)
	texts, hashes, times := names[:n-2], bind[*numberColumn[int64]](g, names[n-2]), bind[*numberColumn[int64]](g, names[n-1])
	keys := room(s.keys, g.rows)[:g.rows]
	clear(keys)
	for i := range keys {
		keys[i].time, keys[i].row = times.values.at(i), int32(i) // At most maxGroupRows.
		keys[i].hash = hashes.values.at(g.entry(i, hashes.shared))
	}
	for _, name := range texts {
		c := bind[*textColumn](g, name)
		ranks := c.dict.ranks()
		for i := range keys {
			rank := uint32(math.MaxUint32) // Nulls come last.
			if at := g.entry(i, c.shared); at < c.codes.len() {
				if code := c.codes.at(at); code >= 0 {
					rank = uint32(ranks[code]) // Not negative.
				}
			}
			keys[i].rank = keys[i].rank<<32 | uint64(rank)
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

// entry returns the entry of a row in a column, which is that of its origin if the column is shared.
func (g *group) entry(row int, shared bool) int {
	if shared {
		return int(g.origins.at(row))
	}
	return row
}

func (a sortKey) compare(b sortKey) int {
	switch {
	case a.rank != b.rank:
		return cmp.Compare(a.rank, b.rank)
	case a.hash != b.hash:
		return cmp.Compare(a.hash, b.hash)
	case a.time != b.time:
		return cmp.Compare(a.time, b.time)
	default:
		return cmp.Compare(a.row, b.row)
	}
}
