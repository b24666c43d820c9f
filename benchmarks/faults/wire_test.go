package main

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/pprofile/pprofileotlp"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
)

// What is sent is what an OTLP receiver reads: a resource for each stream, and as
// many items as records, so that what collectors count are records.
func TestRequests(t *testing.T) {
	parts := []part{{stream: streamB, start: 7, n: 3}, {stream: streamA, start: 0, n: 2}}
	for name, read := range map[string]func([]byte) (pcommon.Resource, int, error){
		"traces": func(payload []byte) (pcommon.Resource, int, error) {
			r := ptraceotlp.NewExportRequest()
			err := r.UnmarshalProto(payload)
			return r.Traces().ResourceSpans().At(0).Resource(), r.Traces().SpanCount(), err
		},
		"logs": func(payload []byte) (pcommon.Resource, int, error) {
			r := plogotlp.NewExportRequest()
			err := r.UnmarshalProto(payload)
			return r.Logs().ResourceLogs().At(0).Resource(), r.Logs().LogRecordCount(), err
		},
		"metrics": func(payload []byte) (pcommon.Resource, int, error) {
			r := pmetricotlp.NewExportRequest()
			err := r.UnmarshalProto(payload)
			return r.Metrics().ResourceMetrics().At(0).Resource(), r.Metrics().DataPointCount(), err
		},
		"profiles": func(payload []byte) (pcommon.Resource, int, error) {
			r := pprofileotlp.NewExportRequest()
			err := r.UnmarshalProto(payload)
			return r.Profiles().ResourceProfiles().At(0).Resource(), r.Profiles().SampleCount(), err
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := must(wireOf(name))
			payload := w.encode(parts)
			first, items, err := read(payload)
			require.NoError(t, err)
			require.Equal(t, 5, items)
			require.Equal(t, map[string]any{"service.name": streamB}, first.Attributes().AsRaw())
			numbers, err := w.numbers(payload)
			require.NoError(t, err)
			require.Equal(t, []int{7, 8, 9, 0, 1}, numbers)
			_, err = w.numbers([]byte("no protobuf"))
			require.Error(t, err)
		})
	}
}

// A request of any signal arrives, whole and acknowledged.
func TestWires(t *testing.T) {
	for i := range wires {
		w := &wires[i]
		t.Run(w.signal, func(t *testing.T) {
			tallies := map[string]*tally{streamA: new(tally), streamB: new(tally)}
			scene, err := newScene(w, tallies, "")
			require.NoError(t, err)
			defer scene.stop()
			s, err := newSender(w, scene.proxy.Listen, tallies, false)
			require.NoError(t, err)
			defer s.stop()
			s.deliver(t.Context(), []part{{stream: streamB, start: tallies[streamB].offer(2), n: 2}})
			require.Equal(t, []int{1, 1}, tallies[streamB].arrivals)
			require.Equal(t, []bool{true, true}, tallies[streamB].acked)
			require.Zero(t, s.errors.Load())
		})
	}
	_, err := wireOf("smells")
	require.EqualError(t, err, `there is no signal "smells"; there are traces, logs, metrics, profiles`)
}

func TestReasonOfAnEnd(t *testing.T) {
	log := new(tail)
	fmt.Fprintln(log, "something\nError: no such file")
	require.Equal(t, "Error: no such file", log.reason())
	fmt.Fprintln(log, "panic: injected\n\ngoroutine 1 [running]:\n\tserver.go:1")
	require.Equal(t, "panic: injected", log.reason())
}

// Pipelines are the signal's, and b's has the processor that panics where it is to.
func TestConfig(t *testing.T) {
	for _, f := range []fault{none, panics} {
		s := setup{
			contestant: contestant{name: ours, router: "datastreamrouter", binary: "all", panicking: "few"}, addresses: addresses{metrics: "127.0.0.1:1"},
			isolationCase: isolationCase{fault: f, buffer: queue}, wire: must(wireOf("traces")), trigger: "/trigger",
		}
		text, err := s.config()
		require.NoError(t, err)
		retrieved, err := confmap.NewRetrievedFromYAML(text)
		require.NoError(t, err)
		config, err := retrieved.AsConf()
		require.NoError(t, err)
		require.Contains(t, config.Get("service::pipelines"), "traces/a")
		require.Nil(t, config.Get("service::pipelines::traces/a::processors"))
		if f == none {
			require.Nil(t, config.Get("service::pipelines::traces/b::processors"))
			require.Equal(t, "all", s.binaryFor(f))
			continue
		}
		require.Equal(t, []any{"panicking"}, config.Get("service::pipelines::traces/b::processors"))
		require.Equal(t, "/trigger", config.Get("processors::panicking::while"))
		require.Equal(t, "few", s.binaryFor(f))
	}
}
