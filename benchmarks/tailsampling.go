package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"time"

	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// The telemetry that traces are kept of: traces of ten spans over five
// services, two of each, in payloads of one service.
const (
	sampledServices   = 5
	spansPerService   = 2
	tracesPerPayload  = 250
	spansPerTrace     = sampledServices * spansPerService
	spansPerSubmitted = tracesPerPayload * spansPerService
)

// sampler is a tail sampler for some streams: a consumer, and the end of it,
// which decides and delivers what is held.
type sampler struct {
	consumer.Traces
	finish func() error
}

// samplerMaker builds a sampler for so many streams, each of which delivers to
// sink.
type samplerMaker struct {
	name string
	make func(streams int, sink consumer.Traces) (sampler, error)
}

// samplingResult is what a sampler costs per span.
type samplingResult struct {
	cpu, heap float64 // microseconds, bytes
	delivered int
}

// measureTailSampling feeds the same spans to the samplers and returns a Markdown
// table.
func measureTailSampling(spans int) (string, error) {
	payloads, err := samplingPayloads(spans / spansPerTrace)
	if err != nil {
		return "", err
	}
	spans = len(payloads) * spansPerSubmitted
	var b strings.Builder
	b.WriteString("| streams | sampler | CPU per span, us | of contrib's | heap per held span, bytes | of contrib's | spans kept |\n")
	b.WriteString("| --: | --- | --: | --: | --: | --: | --: |\n")
	for _, streams := range []int{1, 4} {
		idle, err := bestOf(samplerMaker{"none", newNoSampler}, streams, payloads)
		if err != nil {
			return "", err
		}
		var base samplingResult
		for _, m := range []samplerMaker{{"contrib `tail_sampling`, one per stream", newContribSampler}, {"ours", newOurSampler}} {
			r, err := bestOf(m, streams, payloads)
			if err != nil {
				return "", fmt.Errorf("%s: %w", m.name, err)
			}
			if r.delivered == 0 {
				return "", fmt.Errorf("%s keeps nothing", m.name)
			}
			r.cpu -= idle.cpu
			r.heap -= idle.heap
			if base == (samplingResult{}) {
				base = r
			}
			fmt.Fprintf(&b, "| %d | %s | %.2f | %.2f | %.0f | %.2f | %s |\n",
				streams, m.name, r.cpu, r.cpu/base.cpu, r.heap, r.heap/base.heap, thousands(float64(r.delivered)))
		}
	}
	fmt.Fprintf(&b, "\n%s spans of %d bytes as OTLP, without their resources.\n", thousands(float64(spans)), encodedSpan())
	return b.String(), nil
}

// samplingRuns is how often each sampler is run. The least disturbed run counts.
const samplingRuns = 4

func bestOf(m samplerMaker, streams int, payloads [][]byte) (samplingResult, error) {
	var best samplingResult
	for i := range samplingRuns {
		r, err := runSampler(m, streams, payloads)
		if err != nil {
			return r, err
		}
		if i == 0 || r.cpu < best.cpu {
			best = r
		}
	}
	return best, nil
}

// runSampler feeds the payloads to a sampler. What decoding costs is in the
// result.
func runSampler(m samplerMaker, streams int, payloads [][]byte) (samplingResult, error) {
	var r samplingResult
	sink, err := consumer.NewTraces(func(_ context.Context, td ptrace.Traces) error {
		r.delivered += td.SpanCount()
		return nil
	})
	if err != nil {
		return r, err
	}
	s, err := m.make(streams, sink)
	if err != nil {
		return r, err
	}
	before, start := retained(), cpuTime()
	for _, p := range payloads {
		td, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(p)
		if err != nil {
			return r, err
		}
		if err := s.ConsumeTraces(context.Background(), td); err != nil {
			return r, err
		}
	}
	time.Sleep(100 * time.Millisecond) // Contrib works in a goroutine of its own.
	used := cpuTime() - start
	held := retained() - before
	start = cpuTime()
	if err := s.finish(); err != nil {
		return r, err
	}
	used += cpuTime() - start
	spans := float64(len(payloads) * spansPerSubmitted)
	r.cpu, r.heap = float64(used.Nanoseconds())/1000/spans, float64(held)/spans
	return r, nil
}

// retained is the memory that is reachable.
func retained() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// samplingPayloads encodes the spans of so many traces. One trace in twenty has an
// error, and one in fifty is slow.
func samplingPayloads(traces int) ([][]byte, error) {
	r := rand.New(rand.NewPCG(1, 9))
	var payloads [][]byte
	for first := 0; first < traces; first += tracesPerPayload {
		ids := make([]pcommon.TraceID, tracesPerPayload)
		for i := range ids {
			for j := range ids[i] {
				ids[i][j] = byte(r.Uint32())
			}
		}
		for service := range sampledServices {
			td := ptrace.NewTraces()
			rs := td.ResourceSpans().AppendEmpty()
			fillResource(rs.Resource().Attributes(), serviceName(service), service)
			scope := rs.ScopeSpans().AppendEmpty()
			scope.Scope().SetName("io.opentelemetry.http")
			for i, id := range ids {
				for j := range spansPerService {
					fillSampledSpan(scope.Spans().AppendEmpty(), id, first+i, service*spansPerService+j)
				}
			}
			p, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(td)
			if err != nil {
				return nil, err
			}
			payloads = append(payloads, p)
		}
	}
	return payloads, nil
}

// fillSampledSpan writes the n-th span of a trace.
func fillSampledSpan(s ptrace.Span, id pcommon.TraceID, trace, n int) {
	fillSpan(s, trace*spansPerTrace+n)
	s.SetTraceID(id)
	s.SetSpanID(pcommon.SpanID{1, 7: byte(n)})
	if n == 0 {
		s.SetParentSpanID(pcommon.SpanID{})
	}
	if trace%20 == 0 && n == 3 {
		s.Status().SetCode(ptrace.StatusCodeError)
	}
	if trace%50 == 1 && n == 0 {
		s.SetEndTimestamp(s.StartTimestamp() + pcommon.Timestamp(3*time.Second))
	}
}

func encodedSpan() int {
	td := ptrace.NewTraces()
	fillSpan(td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty(), 12_345)
	return (&ptrace.ProtoMarshaler{}).TracesSize(td)
}
