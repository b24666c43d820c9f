package feed

import "time"

// Snapshot is the state of a collector at one time. All rates are items per
// second over the time since the snapshot before.
type Snapshot struct {
	Time time.Time `json:"time"`
	// Document says which revision the collector runs by, and whether the file is
	// another.
	Document DocumentState `json:"document"`
	Streams  []Stream      `json:"streams"`
	// Unmatched is the rate of what no stream takes, which is dropped.
	Unmatched    float64       `json:"unmatched"`
	Destinations []Destination `json:"destinations"`
	Sources      Sources       `json:"sources"`
	// Splits are nil as long as no traces were sampled.
	Splits *SplitShare `json:"splits"`
	// Problem says why numbers are missing.
	Problem string `json:"problem,omitempty"`
}

// SplitShare is the share of traces that are divided between streams, from 0 to
// 1.
type SplitShare struct {
	Share float64 `json:"share"`
}

// DocumentState is the state of the document.
type DocumentState struct {
	// SHA256 is that of the file, Applied that of what the collector runs by.
	SHA256  string `json:"sha256"`
	Applied string `json:"applied_sha256"`
	// Revision is the number of what the collector runs by in its journal, or 0.
	Revision int `json:"revision"`
	// State is applied, pending, rejected or none.
	State string `json:"state"`
}

// Stream is what a stream gets and what becomes of it.
type Stream struct {
	Name    string             `json:"name"`
	Total   Flow               `json:"total"`
	Signals map[string]Flow    `json:"signals"`
	Pending float64            `json:"pending"` // items
	Held    float64            `json:"held"`    // bytes
	Counts  map[string]float64 `json:"counts"`  // by outcome, since the pipelines started
}

// Flow is rates of items.
type Flow struct {
	In        float64 `json:"in"`
	Delivered float64 `json:"delivered"`
	Sampled   float64 `json:"sampled"`  // left out by the stream's own rules
	Refused   float64 `json:"refused"`  // back to the sender, who may try again
	Lost      float64 `json:"lost"`     // dropped because something failed
	Withheld  float64 `json:"withheld"` // of a stream that is paused or observes
}

// Destination is an exporter.
type Destination struct {
	Name   string  `json:"name"`
	Type   string  `json:"type"`
	Sent   float64 `json:"sent"`
	Failed float64 `json:"failed"`
	// QueueSize and QueueCapacity are in the unit of the queue; 0 for no queue.
	QueueSize     float64 `json:"queue_size"`
	QueueCapacity float64 `json:"queue_capacity"`
	// Health is ok, slow, failing or idle.
	Health string `json:"health"`
}

// Sources are the sources that send.
type Sources struct {
	// Known is how many there are in the table, Evicted how many made room for
	// others, and Others the rate of those that are not listed.
	Known   int     `json:"known"`
	Evicted int64   `json:"evicted"`
	Others  float64 `json:"others"`
	// Top are those that send most, the biggest first.
	Top []Source `json:"top"`
}

// Source is one sender of telemetry.
type Source struct {
	ID      string             `json:"id"`
	Rate    float64            `json:"rate"`
	Signals map[string]float64 `json:"signals"`
	Items   int64              `json:"items"`
	First   time.Time          `json:"first"`
	Last    time.Time          `json:"last"`
	// Streams take the source, Observers only count it.
	Streams   []string `json:"streams"`
	Observers []string `json:"observers,omitempty"`
	// Attributes are those of one of its resources.
	Attributes map[string]any `json:"attributes,omitempty"`
}
