package datastreamrouterconnector

// group is the resources of a payload that have the same verdict.
type group[D any] struct {
	verdict
	payload D

	left    int  // streams still to get it
	refused bool // by at least one stream
}

// grouping assigns the resources of one payload to groups, in the order in
// which their sets first appear.
type grouping[D any] struct {
	newLike func(D) D
	like    D
	groups  []*group[D]
	of      []int           // group of each resource
	index   map[verdict]int // once there are many
}

// fewGroups is the number of groups up to which a scan beats a map.
const fewGroups = 8

func newGrouping[D any](newLike func(D) D, like D, resources int) *grouping[D] {
	return &grouping[D]{newLike: newLike, like: like, of: make([]int, 0, resources)}
}

// add assigns the next resource to the group of its verdict.
func (g *grouping[D]) add(v verdict) {
	i := g.find(v)
	if i < 0 {
		i = len(g.groups)
		g.groups = append(g.groups, &group[D]{verdict: v, payload: g.newLike(g.like)})
		if g.index != nil {
			g.index[v] = i
		}
	}
	g.of = append(g.of, i)
}

func (g *grouping[D]) find(v verdict) int {
	if g.index != nil {
		if i, ok := g.index[v]; ok {
			return i
		}
		return -1
	}
	for i, group := range g.groups {
		if group.verdict == v {
			return i
		}
	}
	if len(g.groups) == fewGroups {
		g.index = make(map[verdict]int)
		for i, group := range g.groups {
			g.index[group.verdict] = i
		}
	}
	return -1
}

// payload returns the payload of the resource's group.
func (g *grouping[D]) payload(resource int) D { return g.groups[g.of[resource]].payload }
