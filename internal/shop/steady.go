package shop

import (
	"time"

	"go.opentelemetry.io/collector/pdata/pmetric"
)

// The mix of a Steady.
const (
	// SteadySeries is the number of time series, each of which has a point in every export.
	SteadySeries = 9000
	// SteadyExports is the number of exports that the mix is defined for.
	SteadyExports = 40
	// SteadyInterval is the time between two exports, the default of OpenTelemetry's SDKs and most common in Gorilla, too.
	SteadyInterval = time.Minute

	steadyPods       = 90
	steadyHistograms = SteadySeries / steadyPods / 5 // per pod: 20 %
	steadyNumbers    = SteadySeries/steadyPods - steadyHistograms
)

// Shares of the series that are idle and slow; the rest is busy. Pelkonen et al., "Gorilla: A Fast, Scalable, In-Memory
// Time Series Database" (VLDB 2015), section 4.1.2: 51 % of all values equal the previous one of their series, 30 %
// differ from it in a few bits that lie where those of the change before lay, and 19 % differ in others.
const (
	idleShare = 0.51
	slowShare = 0.30
)

// sampledShare is the share of requests that are sampled, 1 of 1024: Sigelman et al., "Dapper, a Large-Scale Distributed
// Systems Tracing Infrastructure" (2010), section 4.2. SDKs offer an exemplar for measurements in sampled spans only.
const sampledShare = 1.0 / 1024

// pace is how the values of a series change.
type pace uint8

const (
	idle pace = iota // never
	slow             // by a little in every export
	busy             // by much in every export
)

// Steady is the metrics of a fleet in production, as others have measured it: unlike those of a Shop, half of the
// values do not change. It is the mix that bytes per point are compared with: 9,000 series, a fifth of them histograms.
// Like a Shop, it depends on its seed and calls alone. It is not safe for concurrent use.
type Steady struct {
	dice dice
	pods []*steadyPod
}

// steadyPod is the metrics of one process. Its SDK exports all series at one time, some time after the minute.
type steadyPod struct {
	pod        *pod
	start      time.Time
	offset     time.Duration
	numbers    [steadyNumbers]steadyNumber
	histograms [steadyHistograms]steadyHistogram
}

// NewSteady returns a Steady whose processes have run for up to three days at begins.
func NewSteady(seed uint64, begins time.Time) *Steady {
	s := &Steady{dice: newDice(seed, steadySource)}
	for _, p := range newFleet(newDice(seed, fleetSource)).pods[:steadyPods] {
		sp := &steadyPod{pod: p, start: begins.Add(-s.dice.within(72 * time.Hour)), offset: s.dice.within(SteadyInterval)}
		for i := range sp.numbers {
			sp.numbers[i] = newSteadyNumber(s.dice, &steadyMetrics[i/steadyPoints])
		}
		for i := range sp.histograms {
			sp.histograms[i].pace = s.dice.pace()
			sp.histograms[i].observe(s.dice, 1000)
		}
		s.pods = append(s.pods, sp)
	}
	return s
}

func (d dice) pace() pace {
	switch f := d.Float64(); {
	case f < idleShare:
		return idle
	case f < idleShare+slowShare:
		return slow
	default:
		return busy
	}
}

// Metrics returns the export of all pods in the interval that begins at at: SteadySeries points. The payload belongs to
// the caller.
func (s *Steady) Metrics(at time.Time) pmetric.Metrics {
	md := pmetric.NewMetrics()
	for _, p := range s.pods {
		rm := md.ResourceMetrics().AppendEmpty()
		p.pod.resource.CopyTo(rm.Resource().Attributes())
		rm.SetSchemaUrl(SchemaURL)
		sm := rm.ScopeMetrics().AppendEmpty()
		putScope(sm.Scope(), p.pod.service, "runtime")
		p.write(s.dice, at.Add(p.offset+s.dice.within(5*time.Millisecond)), sm.Metrics()) // Timers are a little late.
	}
	return md
}

// write writes an export of the pod.
func (p *steadyPod) write(d dice, at time.Time, metrics pmetric.MetricSlice) {
	begin := func(to point, key, value string) {
		to.SetTimestamp(stamp(at))
		to.SetStartTimestamp(stamp(p.start))
		to.Attributes().PutStr(key, value)
	}
	for i := range steadyMetrics {
		kind := &steadyMetrics[i]
		points := kind.begin(metrics.AppendEmpty())
		for k := range steadyPoints {
			to := points.AppendEmpty()
			begin(to, kind.key, kind.values[k])
			p.numbers[i*steadyPoints+k].write(d, to)
		}
	}
	m := metrics.AppendEmpty()
	m.SetName("http.server.request.duration")
	m.SetUnit("s")
	m.SetDescription("Duration of HTTP server requests.")
	h := m.SetEmptyHistogram()
	h.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative) // The default of SDKs.
	for i := range p.histograms {
		to := h.DataPoints().AppendEmpty()
		begin(to, "http.route", steadyRoutes[i])
		to.Attributes().PutStr("http.request.method", "GET")
		to.Attributes().PutInt("http.response.status_code", 200)
		p.histograms[i].write(d, at, to)
	}
}

// steadyHistogram is a cumulative histogram of durations.
type steadyHistogram struct {
	series
	pace pace
}

// observe adds n durations.
func (h *steadyHistogram) observe(d dice, n int) {
	for range n {
		h.add(d.latency(30 * ms).Seconds())
	}
}

// write adds what was measured since the export before and writes the point: nothing on an idle route, some requests
// on a slow one, and one to ten per second on a busy one. These rates are ours, since Gorilla has no histograms.
func (h *steadyHistogram) write(d dice, at time.Time, to pmetric.HistogramDataPoint) {
	n := 0
	switch h.pace {
	case slow:
		n = d.between(1, 10)
	case busy:
		n = d.between(60, 600)
	case idle:
	}
	sampled := -1.0
	for range n {
		v := d.latency(30 * ms).Seconds()
		h.add(v)
		if d.chance(sampledShare) {
			sampled = v
		}
	}
	h.put(to)
	if sampled < 0 {
		return
	}
	e := to.Exemplars().AppendEmpty()
	e.SetTimestamp(stamp(at.Add(-d.within(SteadyInterval))))
	e.SetDoubleValue(sampled)
	e.SetTraceID(d.traceID())
	e.SetSpanID(d.spanID())
}
