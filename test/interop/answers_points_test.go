package interop

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
)

// metric is a metric of the stream with its resource.
type metric struct {
	pmetric.Metric
	resource pcommon.Resource
}

func metricsOf(payloads []payload, name string) []metric {
	var all []metric
	for _, p := range payloads {
		for _, resource := range p.metrics.ResourceMetrics().All() {
			for _, scope := range resource.ScopeMetrics().All() {
				for _, m := range scope.Metrics().All() {
					if p.stream == askedStream && m.Name() == name {
						all = append(all, metric{m, resource.Resource()})
					}
				}
			}
		}
	}
	return all
}

// minuteOf is what the queries group points by.
type minuteOf struct {
	service string
	minute  time.Time
}

func (m minuteOf) row(columns answer) answer {
	columns["service_name"], columns["minute"] = m.service, m.minute
	return columns
}

func gaugeOverTime(payloads []payload) []answer {
	values := map[minuteOf][]float64{}
	for _, m := range metricsOf(payloads, "process.cpu.utilization") {
		for _, p := range m.Gauge().DataPoints().All() {
			k := minuteOf{serviceOf(m.resource), micros(p.Timestamp()).Truncate(time.Minute)}
			values[k] = append(values[k], p.DoubleValue())
		}
	}
	var rows []answer
	for k, values := range values {
		sum := 0.0
		for _, v := range values {
			sum += v
		}
		rows = append(rows, k.row(answer{"average": sum / float64(len(values)), "highest": slices.Max(values)}))
	}
	return ordered(rows, 0, "minute", "service_name")
}

// counterRate follows each series on its own: what its resource and attributes say, since it was started.
func counterRate(payloads []payload) []answer {
	type point struct {
		service string
		pmetric.NumberDataPoint
	}
	series := map[string][]point{}
	for _, m := range metricsOf(payloads, "process.cpu.time") {
		if m.Sum().AggregationTemporality() != pmetric.AggregationTemporalityCumulative {
			continue
		}
		for _, p := range m.Sum().DataPoints().All() {
			k := fmt.Sprint(m.resource.Attributes().AsRaw(), p.Attributes().AsRaw(), p.StartTimestamp()) // Maps are printed in order.
			series[k] = append(series[k], point{serviceOf(m.resource), p})
		}
	}
	growth := map[minuteOf]float64{}
	for _, points := range series {
		slices.SortFunc(points, func(a, b point) int { return cmp.Compare(a.Timestamp(), b.Timestamp()) })
		before := 0.0
		for _, p := range points {
			growth[minuteOf{p.service, micros(p.Timestamp()).Truncate(time.Minute)}] += p.DoubleValue() - before
			before = p.DoubleValue()
		}
	}
	var rows []answer
	for k, seconds := range growth {
		rows = append(rows, k.row(answer{"cpu_seconds": seconds}))
	}
	return ordered(rows, 0, "service_name", "minute")
}

func histogramQuantile(payloads []payload) []answer {
	buckets := map[string]map[float64]uint64{} // by service and upper bound
	for _, m := range metricsOf(payloads, "db.client.operation.duration") {
		for _, p := range m.Histogram().DataPoints().All() {
			service := serviceOf(m.resource)
			if buckets[service] == nil {
				buckets[service] = map[float64]uint64{}
			}
			for i, n := range p.BucketCounts().All() {
				bound := math.Inf(1)
				if i < p.ExplicitBounds().Len() {
					bound = p.ExplicitBounds().At(i)
				}
				buckets[service][bound] += n
			}
		}
	}
	var rows []answer
	for service, counts := range buckets {
		total := uint64(0)
		for _, n := range counts {
			total += n
		}
		upTo := uint64(0)
		for _, bound := range slices.Sorted(maps.Keys(counts)) {
			if upTo += counts[bound]; float64(upTo) >= 0.95*float64(total) {
				rows = append(rows, answer{"service_name": service, "p95_seconds": bound, "calls": total})
				break
			}
		}
	}
	return ordered(rows, 0, "service_name")
}

func whereTimeGoes(payloads []payload) []answer {
	type key struct{ function, caller any }
	type cost struct {
		value   int64
		samples int
	}
	costs := map[key]cost{}
	for _, p := range payloads {
		if p.stream != askedStream {
			continue
		}
		for _, profile := range profilesOf(p.profiles) {
			d := p.profiles.Dictionary()
			if d.StringTable().At(int(profile.SampleType().TypeStrindex())) != "cpu" {
				continue
			}
			for _, s := range profile.Samples().All() {
				functions := append(functionsOf(d, s), nil, nil)
				k := key{functions[0], functions[1]}
				c := costs[k]
				for _, v := range s.Values().All() {
					c.value += v
				}
				c.samples++
				costs[k] = c
			}
		}
	}
	var rows []answer
	for k, c := range costs {
		rows = append(rows, answer{
			"function_name": k.function, "caller": k.caller, "seconds": float64(c.value) / 1e9, "samples": c.samples,
		})
	}
	return ordered(rows, 10, "-samples", "function_name", "caller")
}

func profilesOf(d pprofile.Profiles) []pprofile.Profile {
	var all []pprofile.Profile
	for _, resource := range d.ResourceProfiles().All() {
		for _, scope := range resource.ScopeProfiles().All() {
			for _, profile := range scope.Profiles().All() {
				all = append(all, profile)
			}
		}
	}
	return all
}

// functionsOf names the functions of a sample's stack, the leaf first. A name is nil where there is none.
func functionsOf(d pprofile.ProfilesDictionary, s pprofile.Sample) []any {
	var names []any
	for _, location := range d.StackTable().At(int(s.StackIndex())).LocationIndices().All() {
		for _, line := range d.LocationTable().At(int(location)).Lines().All() {
			names = append(names, orNull(d.StringTable().At(int(d.FunctionTable().At(int(line.FunctionIndex())).NameStrindex()))))
		}
	}
	return names
}

// ordered sorts rows by columns, those with a minus from the largest on, nulls last, and returns at most limit of
// them; 0 means all.
func ordered(rows []answer, limit int, columns ...string) []answer {
	slices.SortFunc(rows, func(a, b answer) int {
		for _, column := range columns {
			name, descending := strings.CutPrefix(column, "-")
			c := compare(a[name], b[name])
			if descending {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return 0
	})
	if limit > 0 {
		rows = rows[:min(limit, len(rows))]
	}
	return rows
}

func compare(a, b any) int {
	switch a := a.(type) {
	case string:
		if b, ok := b.(string); ok {
			return strings.Compare(a, b)
		}
	case int:
		return cmp.Compare(a, b.(int))
	case int64:
		if b, ok := b.(int64); ok {
			return cmp.Compare(a, b)
		}
	case float64:
		return cmp.Compare(a, b.(float64))
	case time.Time:
		return a.Compare(b.(time.Time))
	case nil:
		if b == nil {
			return 0
		}
		return 1
	}
	return -1 // b is null.
}
