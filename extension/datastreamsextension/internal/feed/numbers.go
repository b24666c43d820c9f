package feed

import (
	"context"
	"net/http"
	"strings"
)

// Metrics are the collector's own metrics at one time.
type Metrics struct{ values metrics }

// ScrapeAt returns a function that reads the metrics at an endpoint. A wildcard
// host is asked on loopback.
func ScrapeAt(client *http.Client) func(ctx context.Context, endpoint string) (Metrics, error) {
	return func(ctx context.Context, endpoint string) (Metrics, error) {
		for _, wildcard := range []string{"0.0.0.0:", "[::]:", ":"} {
			if port, ok := strings.CutPrefix(endpoint, wildcard); ok {
				endpoint = "127.0.0.1:" + port
			}
		}
		m, err := Scraper{URL: "http://" + endpoint + "/metrics", Client: client}.scrape(ctx)
		return Metrics{m}, err
	}
}

const router = "otelcol_connector_datastreamrouter_"

// column says in which number of a Flow an outcome of the router counts. What
// is not listed is lost.
var column = map[string]func(*Flow) *float64{
	"delivered":         func(f *Flow) *float64 { return &f.Delivered },
	"already_delivered": func(f *Flow) *float64 { return &f.Delivered },
	"deduplicated":      func(f *Flow) *float64 { return &f.Delivered },
	"sampled":           func(f *Flow) *float64 { return &f.Sampled },
	"refused":           func(f *Flow) *float64 { return &f.Refused },
	"observed":          func(f *Flow) *float64 { return &f.Withheld },
	"paused":            func(f *Flow) *float64 { return &f.Withheld },
}

func (f *Flow) add(outcome string, rate float64) {
	f.In += rate
	if number, ok := column[outcome]; ok {
		*number(f) += rate
		return
	}
	f.Lost += rate
}

// streams returns the streams of the view in its order, and the rate of what
// belongs to none.
func streams(v *View, m Metrics, r *rates) (all []Stream, unmatched float64) {
	all = make([]Stream, len(v.Streams))
	index := make(map[string]int, len(all))
	for i, name := range v.Streams {
		index[name] = i
		all[i] = Stream{Name: name, Signals: make(map[string]Flow), Counts: make(map[string]float64)}
	}
	for _, s := range m.values[router+"items"] {
		name, signal, outcome := s.labels["stream"], s.labels["signal"], s.labels["outcome"]
		rate := r.of("items\x00"+name+"\x00"+signal+"\x00"+outcome, s.value)
		i, ok := index[name]
		if !ok {
			if name == "" {
				unmatched += rate
			}
			continue
		}
		flow := all[i].Signals[signal]
		flow.add(outcome, rate)
		all[i].Signals[signal] = flow
		all[i].Total.add(outcome, rate)
		all[i].Counts[outcome] += s.value
	}
	for metric, number := range map[string]func(*Stream) *float64{
		"pending_items": func(s *Stream) *float64 { return &s.Pending },
		"held_bytes":    func(s *Stream) *float64 { return &s.Held },
	} {
		for _, s := range m.values[router+metric] {
			if i, ok := index[s.labels["stream"]]; ok {
				*number(&all[i]) += s.value
			}
		}
	}
	return all, unmatched
}

// destinations returns the destinations of the view in its order.
func destinations(v *View, m Metrics, r *rates) []Destination {
	all := make([]Destination, len(v.Destinations))
	for i, e := range v.Destinations {
		all[i] = Destination{Name: e.Name, Type: e.Type}
	}
	for name, samples := range m.values {
		rest, ok := strings.CutPrefix(name, "otelcol_exporter_")
		if !ok {
			continue
		}
		for _, s := range samples {
			i, ok := v.exporterOf(s.labels["exporter"])
			if !ok {
				continue
			}
			d := &all[i]
			counter := func() float64 { return r.of(name+"\x00"+s.labels["exporter"]+"\x00"+s.labels["data_type"], s.value) }
			switch {
			case strings.HasPrefix(rest, "sent_"):
				d.Sent += counter()
			case strings.HasPrefix(rest, "send_failed_"), strings.HasPrefix(rest, "enqueue_failed_"):
				d.Failed += counter()
			case rest == "queue_size":
				d.QueueSize += s.value
			case rest == "queue_capacity":
				d.QueueCapacity += s.value
			}
		}
	}
	for i := range all {
		all[i].Health = all[i].health()
	}
	return all
}

// A queue that is fuller than this is one that its destination does not empty.
const fullQueue = 0.5

func (d *Destination) health() string {
	switch {
	case d.Failed > 0:
		return "failing"
	case d.QueueCapacity > 0 && d.QueueSize/d.QueueCapacity > fullQueue:
		return "slow"
	case d.Sent == 0:
		return "idle"
	default:
		return "ok"
	}
}
