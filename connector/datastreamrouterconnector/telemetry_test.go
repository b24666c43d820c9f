package datastreamrouterconnector

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// sums reads a counter of the router by one of its attributes.
func sums(t *testing.T, telemetry *componenttest.Telemetry, name, key string) map[string]int64 {
	t.Helper()
	m, err := telemetry.GetMetric("otelcol_connector_datastreamrouter_" + name)
	require.NoError(t, err)
	counts := make(map[string]int64)
	for _, p := range m.Data.(metricdata.Sum[int64]).DataPoints {
		v, _ := p.Attributes.Value(attribute.Key(key))
		counts[v.AsString()] += p.Value
	}
	return counts
}

// numberOf is the value of a gauge without attributes.
func numberOf(m metricdata.Metrics) int64 {
	return m.Data.(metricdata.Gauge[int64]).DataPoints[0].Value
}

// sorted returns what the pipe of a stream has received, sorted.
func (b *bench[D, C]) sorted(stream string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Sorted(slices.Values(b.pipes[stream].items))
}
