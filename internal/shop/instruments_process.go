package shop

import "go.opentelemetry.io/collector/pdata/pmetric"

// Most data points that arrive at a Collector are not about requests: they are integers about processes and
// containers, which change little from one export to the next, or not at all.

const (
	page = 4 << 10
	mega = 1 << 20
)

var (
	directions = []string{"receive", "transmit"}
	faultTypes = []string{"minor", "major"}
	diskIO     = []string{"read", "write"}
	switches   = []string{"voluntary", "involuntary"}
	poolStates = []string{"idle", "used"}
)

// processInstruments is what an agent reports about the process and the container of a pod.
var processInstruments = []instrument{
	{"process.memory.usage", "By", "Physical memory in use.", 1, updown(level{180 * mega, 900 * mega, page, 400}.next)},
	{"process.memory.virtual", "By", "Committed virtual memory.", 1, updown(level{1200 * mega, 4000 * mega, page, 3}.next)},
	{"process.thread.count", "{thread}", "Threads of the process.", 1, updown(level{12, 90, 1, 1}.next)},
	{"process.paging.faults", "{fault}", "Page faults of the process.", 2, counter(300, "paging.fault.type", faultTypes)},
	{"process.disk.io", "By", "Bytes that the process read and wrote.", 2, counter(20_000, "disk.io.direction", diskIO)},
	{"process.context_switches", "{context_switch}", "Context switches of the process.", 2, counter(900, "process.context_switch.type", switches)},
	{"k8s.pod.network.io", "By", "Bytes on the pod's network.", 2, counter(90_000, "network.io.direction", directions)},
	{"k8s.pod.network.errors", "{error}", "Errors on the pod's network.", 2, counter(0, "network.io.direction", directions)},
	{"container.memory.working_set", "By", "Memory that the container cannot give back.", 1, gauge(level{200 * mega, 950 * mega, page, 400}.next)},
	{"container.memory.available", "By", "Memory up to the container's limit.", 1, gauge(level{70 * mega, 800 * mega, page, 400}.next)},
	{"container.filesystem.usage", "By", "Bytes in the container's file system.", 1, gauge(level{40 * mega, 300 * mega, page, 2}.next)},
	{"container.filesystem.capacity", "By", "Size of the container's file system.", 1, gauge(level{102_400 * mega, 102_400 * mega, page, 0}.next)},
	{"k8s.container.cpu_limit", "{cpu}", "CPU limit of the container.", 1, gauge(level{2, 2, 1, 0}.next)},
	{"k8s.container.memory_limit", "By", "Memory limit of the container.", 1, gauge(level{1024 * mega, 1024 * mega, 1, 0}.next)},
	{"k8s.container.restarts", "{restart}", "Restarts of the container.", 1, gauge(level{0, 3, 1, 0}.next)},
	{"k8s.container.ready", "{container}", "Whether the container is ready.", 1, gauge(level{1, 1, 1, 0}.next)},
	{"db.client.connection.count", "{connection}", "Connections of the pool by state.", 2, pool},
}

// level is an integer between two bounds that moves by up to so many units from one export to the next.
type level struct{ low, high, unit, steps int }

func (l level) next(s *scrape, state *series) int64 {
	if state.count == 0 {
		state.count = 1
		state.sum = float64(l.low + s.IntN((l.high-l.low)/l.unit+1)*l.unit)
	}
	moved := int(state.sum) + s.between(-l.steps, l.steps)*l.unit
	state.sum = float64(min(max(moved, l.low), l.high))
	return int64(state.sum)
}

func gauge(next func(*scrape, *series) int64) func(*scrape, *instrument, int, pmetric.Metric) {
	return func(s *scrape, in *instrument, _ int, m pmetric.Metric) {
		p := m.SetEmptyGauge().DataPoints().AppendEmpty()
		s.begin(p, s.state.start)
		p.SetIntValue(next(s, s.series(in, 0)))
	}
}

func updown(next func(*scrape, *series) int64) func(*scrape, *instrument, int, pmetric.Metric) {
	return func(s *scrape, in *instrument, _ int, m pmetric.Metric) {
		sum := m.SetEmptySum()
		sum.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
		p := sum.DataPoints().AppendEmpty()
		s.begin(p, s.state.start)
		p.SetIntValue(next(s, s.series(in, 0)))
	}
}

// counter grows by about rate a second, for each of the values of an attribute; the later ones grow ever slower.
func counter(rate int, key string, values []string) func(*scrape, *instrument, int, pmetric.Metric) {
	return func(s *scrape, in *instrument, points int, m pmetric.Metric) {
		sum := m.SetEmptySum()
		sum.SetIsMonotonic(true)
		sum.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
		for i := range points {
			p := sum.DataPoints().AppendEmpty()
			s.begin(p, s.state.start, key, values[i])
			state := s.series(in, i)
			state.count += uint64(s.elapsed().Seconds() * float64(rate/(i*i*i+1)) * 2 * s.Float64())
			p.SetIntValue(int64(state.count))
		}
	}
}

// pool writes how many of a pool's 20 connections are in which state.
func pool(s *scrape, _ *instrument, points int, m pmetric.Metric) {
	sum := m.SetEmptySum()
	sum.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	used := s.IntN(8)
	for i, n := range []int{20 - used, used}[:points] {
		p := sum.DataPoints().AppendEmpty()
		s.begin(p, s.state.start, "db.client.connection.state", poolStates[i])
		p.SetIntValue(int64(n))
	}
}
