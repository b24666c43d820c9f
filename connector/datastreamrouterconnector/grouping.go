package datastreamrouterconnector

// grouping assigns the resources of one payload to groups, in the order in
// which their verdicts first appear. It is used again and again.
type grouping struct {
	of       []int32 // group of each resource
	verdicts []verdict
	sizes    []int32 // resources of each group

	bySet []int32         // one more than the group of the set with this ID; zeros between uses
	rest  map[verdict]int // groups of the verdicts that are no set with an ID
}

// add assigns the next resource to the group of its verdict.
func (g *grouping) add(v verdict) {
	i := g.find(v)
	if i == len(g.verdicts) {
		g.verdicts = append(g.verdicts, v)
		g.sizes = append(g.sizes, 0)
	}
	g.sizes[i]++
	g.of = append(g.of, int32(i)) // A payload has fewer than 2^31 resources.
}

// find returns the group of v, which is the number of groups if v is new.
func (g *grouping) find(v verdict) int {
	if v.absent != nil || v.set.ID < 0 {
		return g.findRest(v)
	}
	for len(g.bySet) <= v.set.ID {
		g.bySet = append(g.bySet, 0)
	}
	at := &g.bySet[v.set.ID]
	if *at == 0 {
		*at = int32(len(g.verdicts) + 1) // As above.
	}
	return int(*at - 1)
}

func (g *grouping) findRest(v verdict) int {
	if i, ok := g.rest[v]; ok {
		return i
	}
	if g.rest == nil {
		g.rest = make(map[verdict]int)
	}
	g.rest[v] = len(g.verdicts)
	return len(g.verdicts)
}

// most returns the group of the most resources.
func (g *grouping) most() int32 {
	most := 0
	for i, n := range g.sizes {
		if n > g.sizes[most] {
			most = i
		}
	}
	return int32(most) // As above.
}

// reset empties the grouping for its next use.
func (g *grouping) reset() {
	for _, v := range g.verdicts {
		if v.absent == nil && v.set.ID >= 0 {
			g.bySet[v.set.ID] = 0
		}
	}
	clear(g.verdicts) // They would keep a table alive.
	g.of, g.verdicts, g.sizes, g.rest = g.of[:0], g.verdicts[:0], g.sizes[:0], nil
}
