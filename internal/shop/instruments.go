package shop

import (
	"math"
	"slices"
	"sort"
	"time"

	"go.opentelemetry.io/collector/pdata/pmetric"
)

var (
	cpuModes   = []string{"user", "system"}
	channels   = []string{"web", "ios", "android"}
	routes     = []string{"/products/{id}", "/cart/items", "/checkout", "/healthz"}
	statements = []string{"SELECT", "INSERT", "UPDATE"}
	rpcMethods = []string{"Get", "List", "Update"}
)

// bounds are those that the semantic conventions advise for durations, in
// seconds.
var bounds = []float64{0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10}

// instruments is every metric of a pod: a quarter of the data points are histograms.
var instruments = slices.Concat(requestInstruments, processInstruments)

// requestInstruments is what the instrumentation of a pod reports.
var requestInstruments = []instrument{
	{"process.cpu.utilization", "1", "Share of the available CPU that the process used.", len(cpuModes), writeUtilization},
	{"process.open_file_descriptor.count", "{file_descriptor}", "Open file descriptors.", 1, gauge(level{40, 900, 1, 4}.next)},
	{"process.cpu.time", "s", "CPU seconds by mode.", len(cpuModes), writeCPUTime},
	{"http.server.active_requests", "{request}", "HTTP requests under way.", 1, writeActive},
	{"shop.orders", "{order}", "Orders placed since the previous export.", len(channels), writeOrders},
	{"http.server.request.duration", "s", "Duration of HTTP server requests.", len(routes), writeHTTPDuration},
	{"db.client.operation.duration", "s", "Duration of database calls.", len(statements), writeQueryDuration},
	{"rpc.server.duration", "ms", "Duration of inbound RPCs.", len(rpcMethods), writeRPCDuration},
	{"rpc_queue_seconds", "s", "Time that RPCs waited, as an old client library reports it.", 1, writeQueueTime},
}

func writeUtilization(s *scrape, _ *instrument, points int, m pmetric.Metric) {
	g := m.SetEmptyGauge()
	for i := range points {
		p := g.DataPoints().AppendEmpty()
		s.begin(p, s.state.start, "cpu.mode", cpuModes[i])
		p.SetDoubleValue(math.Round(s.Float64()*4000) / 10000)
	}
}

func writeCPUTime(s *scrape, in *instrument, points int, m pmetric.Metric) {
	sum := m.SetEmptySum()
	sum.SetIsMonotonic(true)
	sum.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	for i := range points {
		state := s.series(in, i)
		state.sum += s.elapsed().Seconds() * s.Float64() * 0.4
		p := sum.DataPoints().AppendEmpty()
		s.begin(p, s.state.start, "cpu.mode", cpuModes[i])
		p.SetDoubleValue(state.sum)
	}
}

func writeActive(s *scrape, _ *instrument, _ int, m pmetric.Metric) {
	sum := m.SetEmptySum()
	sum.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	p := sum.DataPoints().AppendEmpty()
	s.begin(p, s.state.start, "http.request.method", "GET", "url.scheme", "http")
	p.SetIntValue(int64(s.IntN(25)))
}

func writeOrders(s *scrape, _ *instrument, points int, m pmetric.Metric) {
	sum := m.SetEmptySum()
	sum.SetIsMonotonic(true)
	sum.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
	for i := range points {
		p := sum.DataPoints().AppendEmpty()
		s.begin(p, s.state.last, "app.channel", channels[i])
		p.SetIntValue(int64(s.IntN(40)))
		s.exemplar(p.Exemplars(), 1)
	}
}

func writeHTTPDuration(s *scrape, in *instrument, points int, m pmetric.Metric) {
	h := m.SetEmptyHistogram()
	h.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	for i := range points {
		p := h.DataPoints().AppendEmpty()
		s.begin(p, s.state.start, "http.request.method", "GET", "http.route", routes[i], "url.scheme", "http")
		state := s.series(in, i)
		last := s.observe(state, 30*ms)
		state.put(p)
		s.exemplar(p.Exemplars(), last)
	}
}

func writeQueryDuration(s *scrape, _ *instrument, points int, m pmetric.Metric) {
	h := m.SetEmptyHistogram()
	h.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
	for i := range points {
		p := h.DataPoints().AppendEmpty()
		s.begin(p, s.state.last, "db.system.name", "postgresql", "db.operation.name", statements[i])
		var state series
		s.observe(&state, 5*ms)
		state.put(p)
	}
}

// observe adds some durations around median to state and returns the last one,
// in seconds.
func (s *scrape) observe(state *series, median time.Duration) float64 {
	var v float64
	for range s.between(3, 30) {
		v = s.latency(median).Seconds()
		state.add(v)
	}
	return v
}

// add adds a measurement in seconds.
func (state *series) add(v float64) {
	if state.buckets == nil {
		state.buckets = make([]uint64, len(bounds)+1)
		state.min = math.Inf(1)
	}
	state.sum += v
	state.count++
	state.min, state.max = min(state.min, v), max(state.max, v)
	state.buckets[sort.SearchFloat64s(bounds, v)]++
}

func (state *series) put(p pmetric.HistogramDataPoint) {
	p.ExplicitBounds().FromRaw(bounds)
	p.BucketCounts().FromRaw(state.buckets)
	p.SetCount(state.count)
	p.SetSum(state.sum)
	p.SetMin(state.min)
	p.SetMax(state.max)
}

// expScale makes buckets 9 % wide: their bounds are powers of 2^(1/8).
const expScale = 3

func writeRPCDuration(s *scrape, _ *instrument, points int, m pmetric.Metric) {
	h := m.SetEmptyExponentialHistogram()
	h.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
	for i := range points {
		p := h.DataPoints().AppendEmpty()
		s.begin(p, s.state.last, "rpc.system", "grpc", "rpc.method", rpcMethods[i])
		values := make([]float64, s.between(3, 30))
		for j := range values {
			values[j] = float64(s.latency(12*ms)) / float64(ms)
		}
		putExponential(p, values)
		if s.chance(0.3) { // An answer from a cache takes no measurable time.
			p.SetZeroCount(1)
			p.SetCount(p.Count() + 1)
			p.SetMin(0)
		}
		s.exemplar(p.Exemplars(), values[0])
	}
}

// putExponential writes values, which are positive, into p's buckets.
func putExponential(p pmetric.ExponentialHistogramDataPoint, values []float64) {
	sort.Float64s(values)
	bucket := func(v float64) int { return int(math.Ceil(math.Ldexp(math.Log2(v), expScale))) - 1 }
	first := bucket(values[0])
	counts := make([]uint64, bucket(values[len(values)-1])-first+1)
	sum := 0.0
	for _, v := range values {
		counts[bucket(v)-first]++
		sum += v
	}
	p.SetScale(expScale)
	p.SetCount(uint64(len(values)))
	p.SetSum(sum)
	p.SetMin(values[0])
	p.SetMax(values[len(values)-1])
	p.Positive().SetOffset(int32(first))
	p.Positive().BucketCounts().FromRaw(counts)
}

func writeQueueTime(s *scrape, in *instrument, _ int, m pmetric.Metric) {
	p := m.SetEmptySummary().DataPoints().AppendEmpty()
	s.begin(p, s.state.start, "rpc_system", "grpc")
	state := s.series(in, 0)
	s.observe(state, 2*ms)
	p.SetCount(state.count)
	p.SetSum(state.sum)
	for _, q := range []float64{0.5, 0.9, 0.99} {
		v := p.QuantileValues().AppendEmpty()
		v.SetQuantile(q)
		v.SetValue(0.002 * math.Exp(0.6*math.Sqrt2*math.Erfinv(2*q-1)))
	}
}
