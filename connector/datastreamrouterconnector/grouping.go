package datastreamrouterconnector

// grouping assigns the resources of one payload to groups, in the order in
// which their verdicts first appear.
type grouping[D any] struct {
	groups []group[D]
	of     []int           // group of each resource
	index  map[verdict]int // once there are many
}

// fewGroups is the number of groups up to which a scan beats a map.
const fewGroups = 8

func newGrouping[D any](resources int) *grouping[D] {
	return &grouping[D]{of: make([]int, 0, resources), groups: make([]group[D], 0, min(resources, fewGroups))}
}

// add assigns the next resource to the group of its verdict.
func (g *grouping[D]) add(v verdict) {
	i := g.find(v)
	if i < 0 {
		i = len(g.groups)
		g.groups = append(g.groups, group[D]{verdict: v})
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
	for i := range g.groups {
		if g.groups[i].verdict == v {
			return i
		}
	}
	if len(g.groups) == fewGroups {
		g.index = make(map[verdict]int)
		for i := range g.groups {
			g.index[g.groups[i].verdict] = i
		}
	}
	return -1
}

// payload returns the payload of the resource's group.
func (g *grouping[D]) payload(resource int) D { return g.groups[g.of[resource]].payload }
