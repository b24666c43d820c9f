package shop

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// The mix is what its comment says: 9,000 series, a fifth of them histograms, half of whose points repeat the last one.
func TestSteadyMix(t *testing.T) {
	at := time.Date(2026, 11, 22, 5, 10, 0, 0, time.UTC)
	s := NewSteady(1, at)
	last := map[string]string{}
	histograms, exemplars, repeated := 0, 0, 0
	const exports = 4
	for range exports {
		md := s.Metrics(at)
		at = at.Add(SteadyInterval)
		require.Equal(t, SteadySeries, md.DataPointCount())
		see := func(series, value string) {
			if last[series] == value {
				repeated++
			}
			last[series] = value
		}
		for r, rm := range md.ResourceMetrics().All() {
			for _, m := range rm.ScopeMetrics().At(0).Metrics().All() {
				if m.Type() == pmetric.MetricTypeHistogram {
					for i, p := range m.Histogram().DataPoints().All() {
						histograms++
						exemplars += p.Exemplars().Len()
						see(fmt.Sprint(r, m.Name(), i), fmt.Sprint(p.Count(), p.Sum(), p.Min(), p.Max(), p.BucketCounts().AsRaw()))
					}
					continue
				}
				for i, p := range m.Sum().DataPoints().All() {
					see(fmt.Sprint(r, m.Name(), i), fmt.Sprint(p.ValueType(), p.IntValue(), p.DoubleValue()))
				}
			}
		}
	}
	require.Len(t, last, SteadySeries)
	require.Equal(t, exports*SteadySeries/5, histograms)
	require.InDelta(t, idleShare, float64(repeated)/float64((exports-1)*SteadySeries), 0.02)
	require.Positive(t, exemplars)
	require.Less(t, exemplars, histograms/10)
}

// The same seed gives the same points.
func TestSteadyIsDeterministic(t *testing.T) {
	at := time.Date(2026, 11, 22, 5, 10, 0, 0, time.UTC)
	marshaler := &pmetric.ProtoMarshaler{}
	a, err := marshaler.MarshalMetrics(NewSteady(7, at).Metrics(at))
	require.NoError(t, err)
	b, err := marshaler.MarshalMetrics(NewSteady(7, at).Metrics(at))
	require.NoError(t, err)
	require.Equal(t, a, b)
	c, err := marshaler.MarshalMetrics(NewSteady(8, at).Metrics(at))
	require.NoError(t, err)
	require.NotEqual(t, a, c)
}
