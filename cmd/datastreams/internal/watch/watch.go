// Package watch turns a collector's own metrics into a table of what flows
// through its streams and destinations.
package watch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// maxAnswer bounds what is read of a collector, in bytes.
const maxAnswer = 64 << 20

// Sample is a collector's metrics at a time.
type Sample struct {
	Time     time.Time
	families map[string]*dto.MetricFamily
}

// Take reads the metrics that the collector publishes at url.
func Take(ctx context.Context, url string) (Sample, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return Sample{}, err
	}
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(request)
	if err != nil {
		return Sample{}, fmt.Errorf("no collector answers: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return Sample{}, fmt.Errorf("%s answers %s", url, answer.Status)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return Sample{}, fmt.Errorf("%s: not the metrics of a collector: %w", url, err)
	}
	return Sample{time.Now(), families}, nil
}

// Table is what flowed between two samples.
type Table struct {
	// Seconds is the time between them.
	Seconds      float64       `json:"seconds"`
	Streams      []Stream      `json:"streams"`
	Destinations []Destination `json:"destinations"`
}

// Stream is what flowed through a stream; "" is what no stream took.
type Stream struct {
	Name string `json:"name"`
	// PerSecond counts items by signal, and Outcomes by what became of them.
	PerSecond map[string]float64 `json:"items_per_second"`
	Outcomes  map[string]float64 `json:"outcomes_per_second"`
	// Pending is the number of items on their way, or held.
	Pending float64 `json:"pending"`
}

// Total is the number of items of all signals, per second.
func (s Stream) Total() float64 { return sum(s.PerSecond) }

// Destination is what an exporter sent.
type Destination struct {
	Exporter string `json:"exporter"`
	// Queue and Capacity are those of its queues, in the queue's unit; 0 if it has
	// none.
	Queue    float64 `json:"queue"`
	Capacity float64 `json:"capacity"`
	// Sent and Failed are items per second.
	Sent   float64 `json:"sent_per_second"`
	Failed float64 `json:"failed_per_second"`
}

// Compare makes the table of what flowed between two samples. The error says that
// there is no router.
func Compare(before, after Sample) (Table, error) {
	t := Table{Seconds: after.Time.Sub(before.Time).Seconds()}
	router := "otelcol_connector_datastreamrouter_"
	streams := make(map[string]*Stream)
	of := func(labels map[string]string) *Stream {
		name := labels["stream"]
		if streams[name] == nil {
			streams[name] = &Stream{Name: name, PerSecond: make(map[string]float64), Outcomes: make(map[string]float64)}
		}
		return streams[name]
	}
	now := after.points(router + "items")
	if now == nil && after.points(router+"pending_items") == nil && after.points(router+"unaccounted_items") == nil {
		return t, errors.New("the collector has no streams: it publishes no metrics of a datastreamrouter")
	}
	for key, p := range rates(before.points(router+"items"), now, t.Seconds) {
		s := of(key.labels())
		s.PerSecond[key.labels()["signal"]] += p
		s.Outcomes[key.labels()["outcome"]] += p
	}
	for key, v := range after.points(router + "pending_items") {
		of(key.labels()).Pending += v
	}
	for _, name := range slices.Sorted(maps.Keys(streams)) {
		t.Streams = append(t.Streams, *streams[name])
	}
	slices.SortStableFunc(t.Streams, func(a, b Stream) int { return cmp.Compare(b.Total(), a.Total()) })
	t.destinations(before, after)
	return t, nil
}

func (t *Table) destinations(before, after Sample) {
	all := make(map[string]*Destination)
	of := func(key series) *Destination {
		name := key.labels()["exporter"]
		if all[name] == nil {
			all[name] = &Destination{Exporter: name}
		}
		return all[name]
	}
	for key, v := range after.points("otelcol_exporter_queue_size") {
		of(key).Queue += v
	}
	for key, v := range after.points("otelcol_exporter_queue_capacity") {
		of(key).Capacity += v
	}
	for _, items := range []string{"spans", "metric_points", "log_records"} {
		for key, v := range rates(before.points("otelcol_exporter_sent_"+items), after.points("otelcol_exporter_sent_"+items), t.Seconds) {
			of(key).Sent += v
		}
		for key, v := range rates(before.points("otelcol_exporter_send_failed_"+items), after.points("otelcol_exporter_send_failed_"+items), t.Seconds) {
			of(key).Failed += v
		}
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		t.Destinations = append(t.Destinations, *all[name])
	}
}

// series is the labels of a point, as "name=value" joined by zero bytes.
type series string

func (s series) labels() map[string]string {
	all := make(map[string]string)
	for pair := range strings.SplitSeq(string(s), "\x00") {
		name, value, _ := strings.Cut(pair, "=")
		all[name] = value
	}
	return all
}

// points returns the values of a metric; nil for none. Counters may have the
// suffix _total, and any metric one of its unit.
func (s Sample) points(name string) map[series]float64 {
	var points map[series]float64
	for _, suffix := range []string{"", "_total", "__items__total", "_items_total"} {
		family := s.families[name+suffix]
		if family == nil {
			continue
		}
		points = make(map[series]float64)
		for _, m := range family.GetMetric() {
			var pairs []string
			for _, l := range m.GetLabel() {
				pairs = append(pairs, l.GetName()+"="+l.GetValue())
			}
			slices.Sort(pairs)
			points[series(strings.Join(pairs, "\x00"))] += m.GetCounter().GetValue() + m.GetGauge().GetValue() + m.GetUntyped().GetValue()
		}
		return points
	}
	return points
}

// rates returns by how much each point grew, per second. A counter that began
// anew, because the collector reloaded, counts from zero.
func rates(before, after map[series]float64, seconds float64) map[series]float64 {
	all := make(map[series]float64)
	for key, v := range after {
		grown := v - before[key]
		if grown < 0 {
			grown = v
		}
		all[key] = grown / max(seconds, 1e-3)
	}
	return all
}

func sum(m map[string]float64) float64 {
	total := 0.0
	for _, v := range m {
		total += v
	}
	return total
}
