package main

import (
	"fmt"
	"testing"
	"time"
)

// BenchmarkRoute measures our router and the lower bound alone, where payloads
// are split over many streams: for profiles, and for a quick look. It reports
// CPU time per resource; the tables are made by the program.
func BenchmarkRoute(b *testing.B) {
	for _, s := range shapes {
		for _, streams := range []int{100, 1000} {
			p := newPool(s, mixed.serviceOf(s, streams))
			r := routing{services: streams, destinations: 1}
			for _, m := range []struct {
				name string
				make maker
			}{{ours, newOurs}, {moving, newMoving}} {
				b.Run(fmt.Sprintf("shape=%s/streams=%d/router=%s", s, streams, m.name), func(b *testing.B) {
					p.refill()
					router, err := m.make(r, p)
					if err != nil {
						b.Fatal(err)
					}
					e := enter(m.name, p, router)
					n := len(p.payloads)
					e.burst(n)
					var cpu time.Duration
					bursts := 0
					for b.Loop() {
						cpu += e.burst(n)
						bursts++
					}
					resources := float64(n * s.resources)
					b.ReportMetric(0, "ns/op") // It would include the refilling.
					b.ReportMetric(float64(cpu)/float64(bursts)/resources, "cpu-ns/resource")
					b.ReportMetric(e.allocs()/float64(s.resources), "allocs/resource")
				})
			}
		}
	}
}
