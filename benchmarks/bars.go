package main

import (
	"fmt"
	"strings"
)

// barsTable holds the results against what the router is to reach, each in
// every combination of shape and mix.
func barsTable(r *routingResults, shares []shareResult) string {
	var b strings.Builder
	b.WriteString("| bar |")
	for _, c := range r.cells {
		fmt.Fprintf(&b, " %s, %s |", c.shape, c.mix)
	}
	b.WriteString("\n| --- |" + strings.Repeat(" --: |", len(r.cells)) + "\n")
	row := func(name string, value func(i int, c cell) (text string, met bool)) {
		fmt.Fprintf(&b, "| %s |", name)
		for i, c := range r.cells {
			text, met := value(i, c)
			if !met {
				text = "**missed:** " + text
			}
			fmt.Fprintf(&b, " %s |", text)
		}
		b.WriteString("\n")
	}
	atLeast := func(router string, bar float64, streams int) {
		name := fmt.Sprintf("%s costs at least %.0fx ours at %s streams", router, bar, thousands(float64(streams)))
		row(name, func(_ int, c cell) (string, bool) {
			x := r.races[c].ratio(at(router, streams), at(ours, streams))
			return times(x), x >= bar
		})
	}
	atLeast(contrib, 20, 100)
	atLeast(contrib, 150, 1000)
	atLeast(copying, 100, 100)
	row("ours at 1,000 streams at most 1.3x ours at 10", func(_ int, c cell) (string, bool) {
		x := r.races[c].ratio(at(ours, 1000), at(ours, 10))
		return times(x), x <= 1.3
	})
	row("the same, with equally many deliveries", func(_ int, c cell) (string, bool) {
		x := r.races[c].ratio(few, at(ours, 10))
		return times(x), x <= 1.3
	})
	row("ours: share of OTLP decode + encode at most 2 % (128 spans), 8 % (4 spans)", func(i int, _ cell) (string, bool) {
		s := shares[i]
		return fmt.Sprintf("%.2f %%", 100*s.share()), s.share() <= s.bar
	})
	perPayload := func(c cell) float64 { return r.races[c].allocs(at(ours, 100)) * float64(c.shape.resources) }
	row("ours: allocations per payload to one stream, no more for 256 resources than for 8", func(_ int, c cell) (string, bool) {
		least := perPayload(cell{shapes[0], uniform})
		return count(perPayload(c)), c.mix != uniform || perPayload(c) <= least
	})
	return b.String()
}
