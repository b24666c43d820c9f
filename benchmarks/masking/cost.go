package main

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"
	"golang.org/x/sys/unix"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/samples"
)

const (
	payloads        = 20
	spansPerPayload = 500
)

// entrant is one way to handle the payloads.
type entrant struct {
	name   string
	handle func(k int, td ptrace.Traces) error
}

// cost is what an entrant takes per span.
type cost struct {
	ns     []float64 // by round
	allocs float64
}

// corpus is 10,000 spans of which some hold a secret.
type corpus struct {
	payloads []ptrace.Traces
	encoded  [][]byte
}

func newCorpus(hits int) (*corpus, error) {
	r := samples.New(uint64(1 + hits))
	c := &corpus{}
	for range payloads {
		td := r.Traces(spansPerPayload, hits)
		data, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(td)
		if err != nil {
			return nil, err
		}
		// Decoded payloads have their texts where a receiver's have them.
		if td, err = (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(data); err != nil {
			return nil, err
		}
		c.payloads, c.encoded = append(c.payloads, td), append(c.encoded, data)
	}
	return c, nil
}

// measureCost lets the entrants take turns, in random order, and returns a
// table. The garbage collector is off while they are timed.
func measureCost(rounds int) (string, error) {
	contrib, err := newRedaction(nil)
	if err != nil {
		return "", err
	}
	six, err := newOurs(sixDetectors...)
	if err != nil {
		return "", err
	}
	ten, err := newOurs(tenDetectors...)
	if err != nil {
		return "", err
	}
	all, err := newOurs("pii", "secrets", "ids")
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("| spans with a secret | | ns per span | allocations per span | redaction / it | it / decoding |\n| --- | --- | --: | --: | --: | --: |\n")
	for _, hits := range []int{0, 5, 100} {
		c, err := newCorpus(hits)
		if err != nil {
			return "", err
		}
		entrants := []entrant{
			{"redaction, six patterns", func(_ int, td ptrace.Traces) error { return contrib.traces(td) }},
			{"masking, six detectors", func(_ int, td ptrace.Traces) error { return six.traces(td) }},
			{"masking, ten detectors", func(_ int, td ptrace.Traces) error { return ten.traces(td) }},
			{"masking, pii, secrets and ids", func(_ int, td ptrace.Traces) error { return all.traces(td) }},
			{"OTLP decoding", func(k int, _ ptrace.Traces) error {
				_, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(c.encoded[k])
				return err
			}},
		}
		costs, err := race(c, entrants, rounds)
		if err != nil {
			return "", err
		}
		for i, e := range entrants {
			fmt.Fprintf(&b, "| %d %% | %s | %.0f | %.2f | %.1f | %.2f |\n", hits, e.name, median(costs[i].ns), costs[i].allocs,
				ratio(costs[0], costs[i]), ratio(costs[i], costs[len(costs)-1]))
		}
	}
	return b.String(), nil
}

func race(c *corpus, entrants []entrant, rounds int) ([]cost, error) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	costs := make([]cost, len(entrants))
	shuffle := rand.New(rand.NewPCG(1, 1))
	for round := range rounds + 1 { // the first fills caches and does not count
		for _, i := range shuffle.Perm(len(entrants)) {
			ns, allocs, err := turn(c, entrants[i])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", entrants[i].name, err)
			}
			if round > 0 {
				costs[i].ns = append(costs[i].ns, ns)
				costs[i].allocs = allocs
			}
		}
	}
	return costs, nil
}

// turn handles each payload once, just after it was made: in a collector it has
// just been decoded. It returns the CPU time and the allocations per span.
func turn(c *corpus, e entrant) (ns, allocs float64, err error) {
	runtime.GC()
	var before, after runtime.MemStats
	var cpu time.Duration
	mallocs := uint64(0)
	for k, td := range c.payloads {
		work := ptrace.NewTraces()
		td.CopyTo(work)
		runtime.ReadMemStats(&before)
		start := cpuTime()
		err := e.handle(k, work)
		cpu += cpuTime() - start
		if err != nil {
			return 0, 0, err
		}
		runtime.ReadMemStats(&after)
		mallocs += after.Mallocs - before.Mallocs
	}
	const spans = payloads * spansPerPayload
	return float64(cpu) / spans, float64(mallocs) / spans, nil
}

func cpuTime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t); err != nil {
		panic(err)
	}
	return time.Duration(t.Nano())
}

// ratio returns the median over the rounds of what a took over what b took.
func ratio(a, b cost) float64 {
	ratios := make([]float64, len(a.ns))
	for i := range ratios {
		ratios[i] = a.ns[i] / b.ns[i]
	}
	return median(ratios)
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
