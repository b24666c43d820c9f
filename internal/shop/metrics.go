package shop

import (
	"fmt"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// Metrics returns n data points, pod by pod as SDKs send them: gauges, sums
// (cumulative and delta, monotonic and not), explicit and exponential
// histograms and summaries. Cumulative values and start times continue from
// call to call; at should not run backwards. Exemplars name spans of traces that
// Traces has returned. A pod is cut short when n is reached. n < 1 gives an
// empty payload.
func (s *Shop) Metrics(n int, at time.Time) pmetric.Metrics {
	md := pmetric.NewMetrics()
	for n > 0 {
		p := s.fleet.pods[s.scrapes.next%len(s.fleet.pods)]
		s.scrapes.next++
		rm := md.ResourceMetrics().AppendEmpty()
		p.resource.CopyTo(rm.Resource().Attributes())
		rm.SetSchemaUrl(SchemaURL)
		sm := rm.ScopeMetrics().AppendEmpty()
		putScope(sm.Scope(), p.service, "runtime")
		sc := scrape{dice: s.metrics.dice, shop: s, pod: p, state: s.scrapes.of(s.metrics.dice, p, at), at: at}
		for i := 0; i < len(instruments) && n > 0; i++ {
			points := min(instruments[i].points, n)
			n -= points
			sc.write(&instruments[i], points, sm.Metrics().AppendEmpty())
		}
		sc.state.last = at
	}
	return md
}

// scrapes is what the metrics of all pods keep from call to call.
type scrapes struct {
	next int // whose turn it is
	pods map[*pod]*podState
}

// podState is the state of one pod's instruments.
type podState struct {
	start, last time.Time
	series      map[seriesKey]*series
}

type seriesKey struct {
	instrument *instrument
	point      int
}

// series is the running total of one cumulative time series.
type series struct {
	sum      float64
	count    uint64
	min, max float64
	buckets  []uint64
}

// of returns the state of p, whose process began up to three days before its
// first scrape.
func (s *scrapes) of(d dice, p *pod, at time.Time) *podState {
	if s.pods == nil {
		s.pods = make(map[*pod]*podState)
	}
	st, ok := s.pods[p]
	if !ok {
		start := at.Add(-time.Minute - d.within(72*time.Hour))
		st = &podState{start: start, last: start, series: make(map[seriesKey]*series)}
		s.pods[p] = st
	}
	return st
}

// scrape is the writing of one pod's instruments at one time.
type scrape struct {
	dice
	shop  *Shop
	pod   *pod
	state *podState
	at    time.Time
}

// instrument is one metric of every pod.
type instrument struct {
	name, unit, description string
	points                  int // time series per pod
	write                   func(s *scrape, i *instrument, points int, m pmetric.Metric)
}

func (s *scrape) write(i *instrument, points int, m pmetric.Metric) {
	m.SetName(i.name)
	m.SetUnit(i.unit)
	m.SetDescription(i.description)
	i.write(s, i, points, m)
}

// series returns the state of i's time series number point.
func (s *scrape) series(i *instrument, point int) *series {
	key := seriesKey{i, point}
	if s.state.series[key] == nil {
		s.state.series[key] = &series{}
	}
	return s.state.series[key]
}

// elapsed is the time since the pod's previous scrape, a minute at most: what
// happened before the first one is not made up.
func (s *scrape) elapsed() time.Duration {
	return min(s.at.Sub(s.state.last), time.Minute)
}

// point is what data points of all kinds have in common.
type point interface {
	Attributes() pcommon.Map
	SetTimestamp(pcommon.Timestamp)
	SetStartTimestamp(pcommon.Timestamp)
}

// begin writes times and attributes of p: the given pairs of key and value.
func (s *scrape) begin(p point, start time.Time, pairs ...string) {
	p.SetTimestamp(stamp(s.at))
	p.SetStartTimestamp(stamp(start))
	for i := 0; i+1 < len(pairs); i += 2 {
		p.Attributes().PutStr(pairs[i], pairs[i+1])
	}
	s.shop.number(&s.shop.metrics, p.Attributes())
}

// exemplar writes a measurement of value with the span that it was made in.
func (s *scrape) exemplar(to pmetric.ExemplarSlice, value float64) {
	r := s.shop.recent.any(s.dice)
	if r == nil {
		return
	}
	e := to.AppendEmpty()
	e.SetTimestamp(stamp(s.at.Add(-s.within(time.Second))))
	e.SetDoubleValue(value)
	e.SetTraceID(r.id)
	e.SetSpanID(pick(s.dice, r.spans).id)
	e.FilteredAttributes().PutStr("enduser.id", fmt.Sprintf("customer-%d", r.customer))
}
