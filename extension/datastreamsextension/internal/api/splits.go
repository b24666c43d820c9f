package api

import (
	"context"
	"math"
	"net/http"
	"path"
	"time"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/live"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/membership"
)

// splitWindow is the time between two samples of traces, in seconds.
const splitWindow = 300

// Splits is how traces are divided between streams.
type Splits struct {
	// Share is that of the traces that are divided, from 0 to 1.
	Share float64 `json:"share"`
	// Estimated says that it is that of a sample, of so many traces, which is taken
	// once in so many seconds, and At when that was.
	Estimated     bool        `json:"estimated"`
	WindowSeconds int         `json:"window_seconds"`
	Sampled       int         `json:"sampled"`
	At            *time.Time  `json:"at,omitempty"`
	Pairs         []SplitPair `json:"pairs"`
}

// SplitPair is two streams that divide traces.
type SplitPair struct {
	Streams []string `json:"streams"`
	Share   float64  `json:"share"`
	// Traces is how many of the sample, Examples the ids of some, in hexadecimal.
	Traces   int           `json:"traces"`
	Examples []string      `json:"examples"`
	Sources  []SplitSource `json:"sources"`
}

// SplitSource is a source on one side of a pair.
type SplitSource struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Stream string `json:"stream"`
}

func (s *Server) splits(w http.ResponseWriter, _ *http.Request) error {
	v := Splits{Estimated: true, WindowSeconds: splitWindow, Pairs: []SplitPair{}}
	if sample, ok := s.feed.Splits(); ok {
		at := sample.At.UTC()
		v.Share, v.Sampled, v.At = sample.Share, sample.Traces, &at
		for i := range sample.Pairs {
			v.Pairs = append(v.Pairs, pairOf(&sample.Pairs[i], sample.Traces))
		}
	}
	return answer(w, http.StatusOK, v)
}

func pairOf(p *membership.Split, sampled int) SplitPair {
	v := SplitPair{
		Streams: []string{p.A, p.B}, Share: p.Share, Traces: int(math.Round(p.Share * float64(sampled))),
		Examples: orEmpty(p.Examples), Sources: []SplitSource{},
	}
	seen := make(map[SplitSource]bool)
	for _, pair := range p.Sources {
		for _, source := range []SplitSource{{pair.A, path.Base(pair.A), p.A}, {pair.B, path.Base(pair.B), p.B}} {
			if !seen[source] {
				seen[source] = true
				v.Sources = append(v.Sources, source)
			}
		}
	}
	return v
}

// SplitChange is the share of divided traces before and after a change.
type SplitChange struct {
	Before float64 `json:"before"`
	After  float64 `json:"after"`
}

// splitChange predicts what a change does to traces; nil if nobody can tell.
func (s *Server) splitChange(ctx context.Context, next *live.Revision) *SplitChange {
	before, ok := s.feed.Splits()
	if !ok {
		return nil
	}
	after, err := s.backend.Predict(ctx, next)
	if err != nil {
		return nil
	}
	return &SplitChange{Before: before.Share, After: after.Share}
}
