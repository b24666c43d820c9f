package shop

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// spansByID returns what td's spans are called, by trace and span.
func spansByID(td ptrace.Traces) map[spanRef]bool {
	ids := map[spanRef]bool{}
	eachSpan(td, func(_ pcommon.Resource, span ptrace.Span) {
		ids[spanRef{span.TraceID(), span.SpanID()}] = true
	})
	return ids
}

// Logs tell of the requests that were traced, in all severities and with text,
// JSON and structured bodies; when no traces are left, they go on without.
func TestLogsBelongToTraces(t *testing.T) {
	s := New(4)
	ids := spansByID(s.Traces(900, noon))
	severities, bodies := map[string]int{}, map[string]int{}
	matched, total := 0, 0
	for _, n := range []int{300, 8000} {
		for _, rl := range s.Logs(n, noon).ResourceLogs().All() {
			for _, sl := range rl.ScopeLogs().All() {
				for _, r := range sl.LogRecords().All() {
					total++
					if ids[spanRef{r.TraceID(), r.SpanID()}] {
						matched++
					}
					severities[r.SeverityText()]++
					bodies[bodyKind(t, r)]++
					require.LessOrEqual(t, r.Timestamp(), r.ObservedTimestamp())
				}
			}
		}
		if n == 300 {
			require.Greater(t, matched, 250, "all but those of health probes")
		}
	}
	require.Less(t, matched, 900)
	require.Len(t, severities, 5)
	require.Len(t, bodies, 3)
	require.InDelta(t, 0.03, float64(severities["ERROR"]+severities["FATAL"])/float64(total), 0.025)
}

func bodyKind(t *testing.T, r plog.LogRecord) string {
	if r.Body().Type() == pcommon.ValueTypeMap {
		return "map"
	}
	if strings.HasPrefix(r.Body().Str(), "{") {
		require.True(t, json.Valid([]byte(r.Body().Str())), r.Body().Str())
		return "json"
	}
	require.NotContains(t, r.Body().Str(), "%!")
	require.NotEmpty(t, r.Body().Str())
	return "text"
}

func TestMetricsOfAllKinds(t *testing.T) {
	s := New(4)
	ids := spansByID(s.Traces(500, noon))
	kinds, temporalities := map[pmetric.MetricType]int{}, map[string]int{}
	exemplars := 0
	eachPoint(s.Metrics(500, noon), func(m pmetric.Metric, p point) {
		kinds[m.Type()]++
		require.NotEmpty(t, m.Unit())
		switch q := p.(type) {
		case pmetric.NumberDataPoint:
			if m.Type() == pmetric.MetricTypeSum {
				temporalities[m.Sum().AggregationTemporality().String()]++
			}
			exemplars += checkExemplars(t, ids, q.Exemplars())
		case pmetric.HistogramDataPoint:
			require.Equal(t, q.ExplicitBounds().Len()+1, q.BucketCounts().Len())
			require.Equal(t, q.Count(), sumOf(q.BucketCounts()))
			exemplars += checkExemplars(t, ids, q.Exemplars())
		case pmetric.ExponentialHistogramDataPoint:
			require.Equal(t, q.Count(), q.ZeroCount()+sumOf(q.Positive().BucketCounts()))
			base := math.Exp2(math.Exp2(-float64(q.Scale())))
			top := math.Pow(base, float64(int(q.Positive().Offset())+q.Positive().BucketCounts().Len()))
			require.InEpsilon(t, q.Max(), top, base-1, "the largest value is in the last bucket")
			exemplars += checkExemplars(t, ids, q.Exemplars())
		case pmetric.SummaryDataPoint:
			require.Equal(t, 3, q.QuantileValues().Len())
		}
	})
	require.Len(t, kinds, 5)
	require.Len(t, temporalities, 2)
	require.Positive(t, exemplars)
}

func sumOf(counts pcommon.UInt64Slice) (sum uint64) {
	for _, c := range counts.All() {
		sum += c
	}
	return sum
}

func checkExemplars(t *testing.T, ids map[spanRef]bool, list pmetric.ExemplarSlice) int {
	for _, e := range list.All() {
		require.True(t, ids[spanRef{e.TraceID(), e.SpanID()}])
	}
	return list.Len()
}

// Cumulative series keep their start and never fall; delta series begin where
// the point before ended.
func TestMetricsContinue(t *testing.T) {
	s := New(4)
	perScrape := 0
	for _, i := range instruments {
		perScrape += i.points
	}
	fleet := len(s.fleet.pods) * perScrape
	type last struct {
		start, end pcommon.Timestamp
		count      uint64
	}
	seen := map[string]last{}
	checked := 0
	for i := range 3 {
		md := s.Metrics(fleet, noon.Add(time.Duration(i)*10*time.Second))
		for _, rm := range md.ResourceMetrics().All() {
			pod, _ := rm.Resource().Attributes().Get("k8s.pod.name")
			one := pmetric.NewMetrics()
			rm.CopyTo(one.ResourceMetrics().AppendEmpty())
			eachPoint(one, func(m pmetric.Metric, p point) {
				h, ok := p.(pmetric.HistogramDataPoint)
				if !ok {
					return
				}
				key, _ := h.Attributes().Get("http.route")
				if m.Histogram().AggregationTemporality() == pmetric.AggregationTemporalityDelta {
					key, _ = h.Attributes().Get("db.operation.name")
				}
				id := pod.Str() + m.Name() + key.Str()
				before, ok := seen[id]
				seen[id] = last{h.StartTimestamp(), h.Timestamp(), h.Count()}
				if !ok {
					return
				}
				checked++
				if m.Histogram().AggregationTemporality() == pmetric.AggregationTemporalityDelta {
					require.Equal(t, before.end, h.StartTimestamp())
				} else {
					require.Equal(t, before.start, h.StartTimestamp())
					require.Greater(t, h.Count(), before.count)
				}
			})
		}
	}
	require.Equal(t, 2*len(s.fleet.pods)*(len(routes)+len(statements)), checked)
}

// Names of functions, files, mappings, units and threads are found through the
// dictionary after a round trip, and samples point at spans that exist.
func TestProfilesResolveTheirNames(t *testing.T) {
	s := New(4)
	ids := spansByID(s.Traces(500, noon))
	raw, err := (&pprofile.ProtoMarshaler{}).MarshalProfiles(s.Profiles(40, noon))
	require.NoError(t, err)
	pd, err := (&pprofile.ProtoUnmarshaler{}).UnmarshalProfiles(raw)
	require.NoError(t, err)
	require.Equal(t, 40, pd.ProfileCount())
	dict := pd.Dictionary()
	text := func(i int32) string { return dict.StringTable().At(int(i)) }
	requireZeroEntries(t, dict)
	functions, links := map[string]bool{}, 0
	for _, rp := range pd.ResourceProfiles().All() {
		svc, _ := rp.Resource().Attributes().Get("service.name")
		p := rp.ScopeProfiles().At(0).Profiles().At(0)
		require.Equal(t, "cpu", text(p.SampleType().TypeStrindex()))
		require.Equal(t, "nanoseconds", text(p.SampleType().UnitStrindex()))
		require.GreaterOrEqual(t, p.Samples().Len(), 10)
		for _, sample := range p.Samples().All() {
			require.Positive(t, sample.Values().At(0))
			m, err := pprofile.FromAttributeIndices(dict.AttributeTable(), sample, dict)
			require.NoError(t, err)
			require.Equal(t, 1, m.Len())
			if i := sample.LinkIndex(); i > 0 {
				links++
				link := dict.LinkTable().At(int(i))
				require.True(t, ids[spanRef{link.TraceID(), link.SpanID()}])
			}
			for _, l := range dict.StackTable().At(int(sample.StackIndex())).LocationIndices().All() {
				location := dict.LocationTable().At(int(l))
				fn := dict.FunctionTable().At(int(location.Lines().At(0).FunctionIndex()))
				require.NotEmpty(t, text(fn.NameStrindex()))
				require.NotEmpty(t, text(fn.FilenameStrindex()))
				require.Equal(t, "/usr/bin/"+svc.Str(), text(dict.MappingTable().At(int(location.MappingIndex())).FilenameStrindex()))
				functions[text(fn.NameStrindex())] = true
			}
		}
	}
	require.Greater(t, len(functions), 100)
	require.Positive(t, links)
}

// The first entry of each table stands for "not set".
func requireZeroEntries(t *testing.T, dict pprofile.ProfilesDictionary) {
	require.Empty(t, dict.StringTable().At(0))
	require.Zero(t, dict.FunctionTable().At(0).NameStrindex())
	require.Zero(t, dict.LocationTable().At(0).Lines().Len())
	require.Zero(t, dict.MappingTable().At(0).MemoryLimit())
	require.True(t, dict.LinkTable().At(0).TraceID().IsEmpty())
	require.Zero(t, dict.StackTable().At(0).LocationIndices().Len())
	require.Zero(t, dict.AttributeTable().At(0).KeyStrindex())
}
