package shop

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

const sequence = "test.sequence"

// signal is what the tests need to know of one signal.
type signal struct {
	name string
	// generate returns the payload as bytes and the numbers and resources in it,
	// both read back from those bytes.
	generate func(t *testing.T, s *Shop, n int, at time.Time) (raw []byte, numbers []int64, resources []pcommon.Resource)
	// payloads of 200 items show the whole fleet.
	payloads int
}

var signals = []signal{
	{"traces", generateTraces, 30},
	{"logs", generateLogs, 30},
	{"metrics", generateMetrics, 30},
	{"profiles", generateProfiles, 1},
}

func number(t *testing.T, m pcommon.Map) int64 {
	t.Helper()
	v, ok := m.Get(sequence)
	require.True(t, ok, "a record without a number")
	require.Equal(t, pcommon.ValueTypeInt, v.Type())
	return v.Int()
}

func generateTraces(t *testing.T, s *Shop, n int, at time.Time) (raw []byte, numbers []int64, resources []pcommon.Resource) {
	raw, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(s.Traces(n, at))
	require.NoError(t, err)
	td, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(raw)
	require.NoError(t, err)
	for _, rs := range td.ResourceSpans().All() {
		resources = append(resources, rs.Resource())
		for _, ss := range rs.ScopeSpans().All() {
			for _, span := range ss.Spans().All() {
				numbers = append(numbers, number(t, span.Attributes()))
			}
		}
	}
	return raw, numbers, resources
}

func generateLogs(t *testing.T, s *Shop, n int, at time.Time) (raw []byte, numbers []int64, resources []pcommon.Resource) {
	raw, err := (&plog.ProtoMarshaler{}).MarshalLogs(s.Logs(n, at))
	require.NoError(t, err)
	ld, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(raw)
	require.NoError(t, err)
	for _, rl := range ld.ResourceLogs().All() {
		resources = append(resources, rl.Resource())
		for _, sl := range rl.ScopeLogs().All() {
			for _, record := range sl.LogRecords().All() {
				numbers = append(numbers, number(t, record.Attributes()))
			}
		}
	}
	return raw, numbers, resources
}

func generateMetrics(t *testing.T, s *Shop, n int, at time.Time) (raw []byte, numbers []int64, resources []pcommon.Resource) {
	raw, err := (&pmetric.ProtoMarshaler{}).MarshalMetrics(s.Metrics(n, at))
	require.NoError(t, err)
	md, err := (&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics(raw)
	require.NoError(t, err)
	for _, rm := range md.ResourceMetrics().All() {
		resources = append(resources, rm.Resource())
	}
	eachPoint(md, func(_ pmetric.Metric, p point) { numbers = append(numbers, number(t, p.Attributes())) })
	return raw, numbers, resources
}

func generateProfiles(t *testing.T, s *Shop, n int, at time.Time) (raw []byte, numbers []int64, resources []pcommon.Resource) {
	raw, err := (&pprofile.ProtoMarshaler{}).MarshalProfiles(s.Profiles(n, at))
	require.NoError(t, err)
	pd, err := (&pprofile.ProtoUnmarshaler{}).UnmarshalProfiles(raw)
	require.NoError(t, err)
	for _, rp := range pd.ResourceProfiles().All() {
		resources = append(resources, rp.Resource())
		for _, sp := range rp.ScopeProfiles().All() {
			for _, p := range sp.Profiles().All() {
				m, err := pprofile.FromAttributeIndices(pd.Dictionary().AttributeTable(), p, pd.Dictionary())
				require.NoError(t, err)
				numbers = append(numbers, number(t, m))
			}
		}
	}
	return raw, numbers, resources
}

// eachPoint calls visit for each data point of md.
func eachPoint(md pmetric.Metrics, visit func(pmetric.Metric, point)) {
	for _, rm := range md.ResourceMetrics().All() {
		for _, sm := range rm.ScopeMetrics().All() {
			for _, m := range sm.Metrics().All() {
				switch m.Type() {
				case pmetric.MetricTypeGauge:
					visitAll(m, m.Gauge().DataPoints(), visit)
				case pmetric.MetricTypeSum:
					visitAll(m, m.Sum().DataPoints(), visit)
				case pmetric.MetricTypeHistogram:
					visitAll(m, m.Histogram().DataPoints(), visit)
				case pmetric.MetricTypeExponentialHistogram:
					visitAll(m, m.ExponentialHistogram().DataPoints(), visit)
				case pmetric.MetricTypeSummary:
					visitAll(m, m.Summary().DataPoints(), visit)
				}
			}
		}
	}
}

func visitAll[P point](m pmetric.Metric, points interface {
	Len() int
	At(int) P
}, visit func(pmetric.Metric, point),
) {
	for i := range points.Len() {
		visit(m, points.At(i))
	}
}

// The same seed and calls give the same bytes; another seed gives others.
func TestShopIsDeterministic(t *testing.T) {
	for _, sig := range signals {
		t.Run(sig.name, func(t *testing.T) {
			one, two, other := New(7, WithSequence(sequence)), New(7, WithSequence(sequence)), New(8, WithSequence(sequence))
			for i := range 3 {
				at := noon.Add(time.Duration(i) * time.Second)
				a, _, _ := sig.generate(t, one, 50, at)
				b, _, _ := sig.generate(t, two, 50, at)
				c, _, _ := sig.generate(t, other, 50, at)
				require.Equal(t, a, b)
				require.NotEqual(t, a, c)
			}
		})
	}
}

func TestTracesDoNotDependOnOtherSignals(t *testing.T) {
	alone, busy := New(7, WithSequence(sequence)), New(7, WithSequence(sequence))
	for range 2 {
		busy.Logs(300, noon)
		busy.Metrics(100, noon)
		busy.Profiles(2, noon)
		a, _, _ := generateTraces(t, alone, 100, noon)
		b, _, _ := generateTraces(t, busy, 100, noon)
		require.Equal(t, a, b)
	}
}

// Each payload holds as many records as were asked for, and their numbers run
// on from payload to payload without gap or repetition.
func TestPayloadsAreNumbered(t *testing.T) {
	for _, sig := range signals {
		t.Run(sig.name, func(t *testing.T) {
			s := New(1, WithSequence(sequence))
			next := int64(0)
			for _, n := range []int{-1, 0, 1, 2, 13, 14, 301} {
				_, numbers, _ := sig.generate(t, s, n, noon)
				require.Len(t, numbers, max(n, 0))
				for _, v := range numbers {
					require.Equal(t, next, v)
					next++
				}
			}
		})
	}
}

func TestRecordsAreNotNumberedByDefault(t *testing.T) {
	td := New(1).Traces(20, noon)
	for _, rs := range td.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, span := range ss.Spans().All() {
				_, ok := span.Attributes().Get("")
				require.False(t, ok)
			}
		}
	}
	require.Zero(t, New(1).Profiles(1, noon).ResourceProfiles().At(0).ScopeProfiles().At(0).Profiles().At(0).AttributeIndices().Len())
}

func TestEverySignalComesFromTheWholeFleet(t *testing.T) {
	for _, sig := range signals {
		t.Run(sig.name, func(t *testing.T) {
			s := New(3, WithSequence(sequence))
			seen := map[string]map[string]bool{}
			for range sig.payloads {
				_, _, resources := sig.generate(t, s, 200, noon)
				for _, r := range resources {
					require.GreaterOrEqual(t, r.Attributes().Len(), 20)
					for _, key := range []string{"service.name", "service.namespace", "deployment.environment.name", "k8s.namespace.name", "k8s.pod.name", "service.instance.id"} {
						v, ok := r.Attributes().Get(key)
						require.True(t, ok, key)
						if seen[key] == nil {
							seen[key] = map[string]bool{}
						}
						seen[key][v.Str()] = true
					}
				}
			}
			require.Len(t, seen["service.name"], len(services))
			require.Len(t, seen["service.namespace"], 5)
			require.Len(t, seen["deployment.environment.name"], 2)
			require.Len(t, seen["k8s.pod.name"], 5*len(services))
			require.Len(t, seen["service.instance.id"], 5*len(services))
		})
	}
}
