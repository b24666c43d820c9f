package starter

import "slices"

// passage is what a stream delivered of one signal.
type passage struct {
	signal                  string
	destinations, processes []string
}

// restrict gives destinations the signals that they had, and notes where that is
// not enough to deliver what was delivered: a stream delivers each of its signals
// to all of its destinations that take it.
func (c *collector) restrict() {
	takes := make(map[string][]string)
	asked := make(map[string][]string)
	for _, s := range c.draft.Streams {
		for _, f := range s.flows {
			for _, d := range f.destinations {
				takes[d] = union(takes[d], f.signal)
			}
		}
		for _, d := range s.Destinations {
			for _, signal := range s.Signals {
				asked[d] = union(asked[d], signal)
			}
		}
	}
	for i := range c.draft.Destinations {
		if d := &c.draft.Destinations[i]; len(takes[d.Name]) < len(asked[d.Name]) {
			d.Signals = inOrder(takes[d.Name])
		}
	}
	for _, s := range c.draft.Streams {
		for _, d := range s.Destinations {
			for _, signal := range s.Signals {
				if slices.Contains(takes[d], signal) && !s.delivered(signal, d) {
					c.note("stream %s now delivers %s to %s, too", s.Name, signal, d)
				}
			}
		}
	}
}

func (s Stream) delivered(signal, destination string) bool {
	return slices.ContainsFunc(s.flows, func(f passage) bool {
		return f.signal == signal && slices.Contains(f.destinations, destination)
	})
}
