package membership

import (
	"errors"
	"time"

	"go.opentelemetry.io/collector/confmap"
)

// ErrNoSample is returned by SplitEstimator.PredictSplits as long as Splits
// returns false.
var ErrNoSample = errors.New("no sample of traces was taken yet")

// SplitEstimator is implemented by routers that can tell how many traces are
// divided between streams. Of a connector's routers only that of traces has
// something to tell. Its methods are safe for concurrent use, also while data
// flows, and cost what looking at a few thousand traces costs: call them for a
// person, not for a payload.
//
// A trace is divided if some stream gets a part of it only. The estimate is
// about resources that go their own way, whatever the integrity that is
// configured: with `root` and `any` it tells what they prevent.
type SplitEstimator interface {
	// Splits returns what the latest sample shows under the definitions that are
	// in force. False is "not known yet": there was no sample so far, which takes
	// half a minute from the start, or nothing is sampled.
	Splits() (Splits, bool)
	// PredictSplits returns what the latest sample would show under the
	// definitions of conf, which has the form of the router's configuration and
	// may name streams that the router does not have. The error is that conf is
	// not valid, or ErrNoSample.
	PredictSplits(conf *confmap.Conf) (Splits, error)
}

// Splits is how the traces of a sample are divided between streams. It belongs
// to the caller.
type Splits struct {
	// At is when the sample was closed.
	At time.Time
	// Traces is the size of the sample: up to 4,096.
	Traces int
	// Share is the part of Traces that is divided, from 0 to 1.
	Share float64
	// Pairs are the pairs of streams between which traces are divided, those with
	// most first, up to 100.
	Pairs []Split
}

// Split is two streams between which traces are divided: of each trace, a part
// goes to one of them and not to the other, or the other way round.
type Split struct {
	// A and B are the streams' names, in the order of the definitions.
	A, B string
	// Share is the part of all traces of the sample, from 0 to 1.
	Share float64
	// Examples are the IDs of some of these traces, in hexadecimal: up to 5.
	Examples []string
	// Sources are what the traces are divided by, those with most first, up to 5.
	Sources []SourcePair
}

// SourcePair is two sources that occur in the same traces and go to different
// streams. They are named as in sources.Source.
type SourcePair struct {
	// A is in the stream A, and B in the stream B; not both are in both.
	A, B string
	// Share is the part of all traces of the sample that have both.
	Share float64
}
