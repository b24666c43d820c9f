package main

import (
	"fmt"
	"strings"
)

// measureFanOut races the routers where each resource goes to several
// pipelines, and returns a Markdown table. A copy per resource is expressed in
// the allocations that copying the resource takes.
func measureFanOut(rounds int) (string, error) {
	const services = 10
	s := shapes[0]
	var b strings.Builder
	b.WriteString("| payload | pipelines per resource | ours: us | copies | contrib: us | copies | copying: us | copies |\n")
	b.WriteString("| --- | --- | --: | --: | --: | --: | --: | --: |\n")
	for _, m := range []mix{uniform, mixed} {
		for _, r := range []routing{
			{services, 2, false},
			{services, 4, false},
			{services, 2, true},
			{services, 4, true},
		} {
			p := newPool(s, m.serviceOf(s, services))
			entrants, err := enterAll(r, p, "")
			if err != nil {
				return "", err
			}
			clone := allocsPerCopy(s)
			race := race(entrants, max(1, rounds/5))
			kind := "read-only"
			if r.mutating {
				kind = "mutating"
			}
			fmt.Fprintf(&b, "| %s | %d %s |", m, r.destinations, kind)
			for _, maker := range makers {
				fmt.Fprintf(&b, " %.1f | %.1f |", race.ns(maker.name)/1000, race.allocs(maker.name)/clone)
			}
			b.WriteString("\n")
		}
	}
	return b.String(), nil
}

// allocsPerCopy returns the allocations of copying one resource of the shape.
func allocsPerCopy(s shape) float64 {
	p := newPool(s, uniform.serviceOf(s, 1))
	copier := enter("", p, withExtraCopy(newSink(p, false)))
	return copier.allocs() / float64(s.resources)
}
