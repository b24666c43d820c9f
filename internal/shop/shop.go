// Package shop generates the telemetry of an imaginary web shop: about twenty
// services in five namespaces and two environments, traces that cross them,
// the logs of the same requests, metrics of all five kinds and CPU profiles.
//
// It knows what telemetry looks like, not how it is sent. It reads no clock and
// no global random source: the same seed and the same calls give the same
// bytes. Each signal draws from a random source of its own, so what Traces
// returns does not depend on how often Logs was called. The reverse does not
// hold: logs and exemplars name traces that Traces has returned.
package shop

import (
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Option changes what a Shop generates.
type Option func(*Shop)

// WithSequence puts a running int64 attribute under key on every span, log
// record, data point and profile: 0, 1, 2, ... per signal, in the order in
// which the records were generated. A receiver that collects the numbers can
// tell which records were lost and which came twice. An empty key changes
// nothing.
//
// The number is unlike anything a real sender sends: on data points it makes
// each point a time series of its own. On a profile it is an entry of the
// dictionary's attribute table that the profile refers to.
func WithSequence(key string) Option {
	return func(s *Shop) { s.sequenceKey = key }
}

// Shop is a running shop. It is not safe for concurrent use. Payloads that its
// methods return belong to the caller; the Shop keeps no reference to them.
type Shop struct {
	fleet       *fleet
	sequenceKey string
	traces      lane
	logs        lane
	metrics     lane
	profiles    lane
	recent      recentRequests
	scrapes     scrapes
}

// lane is what one signal keeps from call to call.
type lane struct {
	dice
	next int64
}

// Random sources of a Shop, one per purpose.
const (
	fleetSource = iota
	tracesSource
	logsSource
	metricsSource
	profilesSource
	steadySource
)

// New returns a Shop whose output is determined by seed, opts and the calls of
// its methods.
func New(seed uint64, opts ...Option) *Shop {
	s := &Shop{
		fleet:    newFleet(newDice(seed, fleetSource)),
		traces:   lane{dice: newDice(seed, tracesSource)},
		logs:     lane{dice: newDice(seed, logsSource)},
		metrics:  lane{dice: newDice(seed, metricsSource)},
		profiles: lane{dice: newDice(seed, profilesSource)},
	}
	for _, opt := range opts {
		opt(s)
	}
	return s
}

// number writes the lane's next sequence number into attributes, if the Shop
// numbers its records.
func (s *Shop) number(l *lane, attributes pcommon.Map) {
	if s.sequenceKey != "" {
		attributes.PutInt(s.sequenceKey, l.next)
	}
	l.next++
}

// stamp is t as pdata spells it.
func stamp(t time.Time) pcommon.Timestamp {
	return pcommon.NewTimestampFromTime(t)
}
