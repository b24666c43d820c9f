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
	handle func(td ptrace.Traces) error
	// decodes says that decoding is what is measured, and handle is nil. collects
	// lets the garbage collector run meanwhile, as Go sets it by default.
	decodes, collects bool
}

// cost is what an entrant takes per span.
type cost struct {
	ns     []float64 // by round
	allocs float64
}

// corpus is 10,000 spans of which some hold a secret, as OTLP in payloads.
type corpus [][]byte

func newCorpus(hits int) (corpus, error) {
	r := samples.New(uint64(1 + hits))
	var c corpus
	for range payloads {
		data, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(r.Traces(spansPerPayload, hits))
		if err != nil {
			return nil, err
		}
		c = append(c, data)
	}
	return c, nil
}

// newEntrants returns all that is compared. Redaction is the first, and decoding
// the last.
func newEntrants() ([]entrant, error) {
	contrib, err := newRedaction()
	if err != nil {
		return nil, err
	}
	entrants := []entrant{{name: "redaction, six patterns", handle: contrib}}
	for _, ours := range []struct {
		name      string
		detectors []any
	}{
		{"masking, six detectors", sixDetectors},
		{"masking, ten detectors", tenDetectors},
		{"masking, pii, secrets and ids", []any{"pii", "secrets", "ids"}},
	} {
		c, err := newOurs(ours.detectors...)
		if err != nil {
			return nil, err
		}
		entrants = append(entrants, entrant{name: ours.name, handle: c})
	}
	return append(entrants,
		entrant{name: "OTLP decoding, garbage not collected", decodes: true},
		entrant{name: "OTLP decoding", decodes: true, collects: true}), nil
}

// measureCost lets the entrants take turns, in random order, and returns a
// table.
func measureCost(rounds int) (string, error) {
	entrants, err := newEntrants()
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

func race(c corpus, entrants []entrant, rounds int) ([]cost, error) {
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

// turn handles each payload once, just after it was decoded, as in a collector.
// It returns the CPU time and the allocations per span.
func turn(c corpus, e entrant) (ns, allocs float64, err error) {
	runtime.GC()
	if e.collects {
		defer debug.SetGCPercent(debug.SetGCPercent(100))
	}
	var t timer
	for _, data := range c {
		if e.decodes {
			t.start()
		}
		td, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(data)
		if err != nil {
			return 0, 0, err
		}
		if !e.decodes {
			t.start()
			err = e.handle(td)
		}
		t.stop()
		if err != nil {
			return 0, 0, err
		}
	}
	const spans = payloads * spansPerPayload
	return float64(t.cpu) / spans, float64(t.mallocs) / spans, nil
}

// timer adds up CPU time and allocations.
type timer struct {
	before, after runtime.MemStats
	started, cpu  time.Duration
	mallocs       uint64
}

func (t *timer) start() {
	runtime.ReadMemStats(&t.before)
	t.started = cpuTime()
}

func (t *timer) stop() {
	t.cpu += cpuTime() - t.started
	runtime.ReadMemStats(&t.after)
	t.mallocs += t.after.Mallocs - t.before.Mallocs
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
