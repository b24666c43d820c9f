package main

import "fmt"

// The bars: what a stream must keep of its unique throughput while another one
// fails, and how many repeated arrivals per record it may have.
const (
	leastKept    = 0.99
	mostRepeated = 0.001
)

// knownHarm is what contrib's connector keeps at most in the known cases. If it
// seems to keep more, the method is broken.
const knownHarm = 0.5

// misses returns how a result of ours misses the bars.
func (r result) misses() []string {
	var list []string
	miss := func(format string, args ...any) {
		list = append(list, fmt.Sprintf("%s: ", r.isolationCase)+fmt.Sprintf(format, args...))
	}
	if kept := r.a.kept; kept < leastKept {
		miss("stream a keeps %.1f %% of its unique throughput, the bar is %.0f %%", 100*kept, 100*leastKept)
	}
	if r.a.repeated > mostRepeated {
		miss("%.4f repeated arrivals per record of stream a, the bar is %.3f", r.a.repeated, mostRepeated)
	}
	if r.a.lost > 0 {
		miss("%d records of stream a were taken and never arrived", r.a.lost)
	}
	if n := r.uncounted(); n > 0 {
		miss("%d records of stream b were lost and not counted", n)
	}
	if r.stopped != nil {
		miss("the collector did not end well: %v", r.stopped)
	}
	return list
}

// uncounted is how many records of b are lost that the collector has not
// counted as dropped.
func (r result) uncounted() int { return max(0, r.b.lost-r.dropped) }

// verdict returns why the results as a whole are not good enough, nothing if
// they are.
func verdict(results []result) []string {
	var reasons []string
	for _, r := range results {
		switch {
		case r.who == ours:
			reasons = append(reasons, r.misses()...)
		case r.known() && r.a.kept > knownHarm:
			reasons = append(reasons, fmt.Sprintf("%s: contrib's connector keeps %.0f %%, where it is known not to isolate: the method does not see a stream that is not isolated",
				r.isolationCase, 100*r.a.kept))
		}
	}
	return reasons
}
