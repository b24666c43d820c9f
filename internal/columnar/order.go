package columnar

import (
	"cmp"
	"slices"
)

// sortKey is the part of a row that decides its place.
type sortKey struct {
	rank   uint64   // of the first text above that of the second
	hashes [2]int64 // the second one of metrics only
	time   int64
}

// maxRanks bounds the ranks that rows are dealt out to, per row.
const maxRanks = 4

// order returns the permutation that sorts the rows by the columns that names lists, one or two of text, one or two
// hashes and a time, then by arrival. Hashes bring rows of one resource and one series together, whose columns then
// hardly take any room. The result is valid until the scratch sorts again.
func (g *group) order(names []string, s *scratch) []int32 {
	keys := room(s.keys, g.rows)[:g.rows]
	clear(keys)
	last := len(names) - 1
	times := bind[*numberColumn[int64]](g, names[last])
	for i := range keys {
		keys[i].time = times.values.at(i)
	}
	ranks, hashed := uint64(1), 0
	for _, name := range names[:last] {
		switch c := g.named[name].(type) {
		case *textColumn:
			ranks *= g.addRanks(keys, c)
		case *numberColumn[int64]:
			for i := range keys {
				keys[i].hashes[hashed] = c.values.at(g.entry(i, c.shared))
			}
			hashed++
		}
	}
	s.keys = keys
	perm := room(s.rows.idx, g.rows)
	if ranks <= uint64(maxRanks*g.rows) {
		return s.deal(perm, keys, int(ranks)) // Checked above.
	}
	for i := range keys {
		perm = append(perm, int32(i)) // At most maxGroupRows.
	}
	sortRows(perm, keys)
	return perm
}

// addRanks appends the rank of each row's text in c to that of its texts before. It returns how many ranks there are.
func (g *group) addRanks(keys []sortKey, c *textColumn) uint64 {
	ranks := c.dict.ranks()
	base := uint64(len(ranks) + 1)
	for i := range keys {
		rank := base - 1 // Nulls come last.
		if at := g.entry(i, c.shared); at < c.codes.len() {
			if code := c.codes.at(at); code >= 0 {
				rank = uint64(ranks[code]) // Not negative.
			}
		}
		keys[i].rank = keys[i].rank*base + rank // Below 2^62 for two texts.
	}
	return base
}

// deal appends the rows in order to perm. They are dealt out by rank, of which there are few, before those of each are
// sorted.
func (s *scratch) deal(perm []int32, keys []sortKey, ranks int) []int32 {
	ends := room(s.sizes, ranks)[:ranks]
	clear(ends)
	for i := range keys {
		ends[keys[i].rank]++
	}
	end := int32(0)
	for rank, size := range ends {
		ends[rank] = end
		end += size
	}
	perm = perm[:len(keys)]
	for i := range keys {
		at := &ends[keys[i].rank]
		perm[*at] = int32(i) // At most maxGroupRows.
		*at++
	}
	start := int32(0)
	for _, end := range ends {
		if end-start > 1 {
			sortRows(perm[start:end], keys)
		}
		start = end
	}
	s.sizes = ends
	return perm
}

func sortRows(rows []int32, keys []sortKey) {
	slices.SortFunc(rows, func(a, b int32) int {
		if c := keys[a].compare(&keys[b]); c != 0 {
			return c
		}
		return cmp.Compare(a, b)
	})
}

// entry returns the entry of a row in a column, which is that of its origin if the column is shared.
func (g *group) entry(row int, shared bool) int {
	if shared {
		return int(g.origins.at(row))
	}
	return row
}

func (k *sortKey) compare(other *sortKey) int {
	switch {
	case k.rank != other.rank:
		return cmp.Compare(k.rank, other.rank)
	case k.hashes[0] != other.hashes[0]:
		return cmp.Compare(k.hashes[0], other.hashes[0])
	case k.hashes[1] != other.hashes[1]:
		return cmp.Compare(k.hashes[1], other.hashes[1])
	default:
		return cmp.Compare(k.time, other.time)
	}
}
