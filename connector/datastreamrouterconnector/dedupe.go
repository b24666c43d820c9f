package datastreamrouterconnector

import (
	"fmt"
	"maps"
	"slices"

	"go.uber.org/zap"
)

// validateDedupe reports the pairs of streams for which `dedupe:
// per_destination` could not keep its word if a source is in both: a pipeline
// gets a payload for all of its exporters or not at all. With `match: first` no
// source is in two streams.
func (c *Config) validateDedupe() []error {
	if c.Dedupe != dedupePerDestination || c.Match == matchFirst {
		return nil
	}
	var errs []error
	for _, sig := range signals {
		exporters := c.Pipelines[sig.String()]
		for i, s := range c.Streams {
			for j, earlier := range c.Streams[:i] {
				if slices.ContainsFunc(c.Streams[:j], func(s StreamConfig) bool { return s.Name == earlier.Name }) {
					continue // Reported as defined twice.
				}
				shared := common(exporters[earlier.Name], exporters[s.Name])
				if len(shared) == 0 || len(shared) == len(exporters[s.Name]) {
					continue
				}
				errs = append(errs, fmt.Errorf("streams::%d: dedupe: %s/%s and %s/%s share %q, but the latter has other exporters, too; "+
					"list the shared ones in a stream of their own, with the same select", i, sig, earlier.Name, sig, s.Name, shared))
			}
		}
	}
	return errs
}

// common returns what both lists hold, in the order of the second.
func common(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(b), func(e string) bool { return !slices.Contains(a, e) })
}

// reach is the exporters that a stream's pipeline ends in, as a bit set.
type reach []uint64

// reaches numbers the exporters of one signal's pipelines and returns each
// pipeline's reach, by its name.
func reaches(exporters map[string][]string) map[string]reach {
	numbers := make(map[string]int)
	for _, name := range slices.Sorted(maps.Keys(exporters)) {
		for _, e := range exporters[name] {
			if _, ok := numbers[e]; !ok {
				numbers[e] = len(numbers)
			}
		}
	}
	all := make(map[string]reach, len(exporters))
	for name, list := range exporters {
		r := make(reach, (len(numbers)+63)/64)
		for _, e := range list {
			r[numbers[e]/64] |= 1 << (numbers[e] % 64)
		}
		all[name] = r
	}
	return all
}

// meets reports whether both have an exporter in common.
func (r reach) meets(other reach) bool {
	for i := range min(len(r), len(other)) {
		if r[i]&other[i] != 0 {
			return true
		}
	}
	return false
}

// within reports whether r has an exporter, and other has all of its.
func (r reach) within(other reach) bool {
	some := false
	for i, word := range r {
		if i >= len(other) || word&^other[i] != 0 {
			return false
		}
		some = some || word != 0
	}
	return some
}

// distinct returns the streams that a group goes to once those are left out that
// reach nothing new; without `dedupe` it counts what is delivered twice.
func (g *generation[D, C]) distinct(streams []int, items int) []int {
	if len(streams) < 2 || !g.overlap {
		return streams
	}
	reached := slices.Clone(g.seats[streams[0]].reach)
	kept := make([]int, 1, len(streams))
	kept[0] = streams[0]
	for _, stream := range streams[1:] {
		seat := &g.seats[stream]
		switch {
		case g.dedupe && seat.reach.within(reached):
			seat.note(deduplicated, items)
			continue
		case seat.reach.meets(reached):
			if seat.doubled.Add(int64(items)) == int64(items) {
				g.logger.Warn("A stream delivers to an exporter that gets the same items from another stream. "+
					"Set `dedupe: per_destination`, or `match: first`, if that is not meant.", zap.String("stream", seat.name))
			}
		}
		kept = append(kept, stream)
		for i := range seat.reach {
			reached[i] |= seat.reach[i]
		}
	}
	return kept
}

// overlaps reports whether any two pipelines have an exporter in common.
func overlaps(reaches []reach) bool {
	var reached reach
	for _, r := range reaches {
		if r.meets(reached) {
			return true
		}
		if len(reached) < len(r) {
			reached = append(reached, make(reach, len(r)-len(reached))...)
		}
		for i := range r {
			reached[i] |= r[i]
		}
	}
	return false
}
