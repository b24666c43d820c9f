package otlptest

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/ledger"
)

// Numbers returns the int64 attribute key of each item of signal that c took,
// sorted. An item without it fails the test.
func (c *Collector) Numbers(t *testing.T, signal, key string) []int64 {
	t.Helper()
	var numbers []int64
	add := func(_, record pcommon.Map) {
		v, ok := record.Get(key)
		require.True(t, ok, "an item of %s without %s", signal, key)
		numbers = append(numbers, v.Int())
	}
	switch signal {
	case "traces":
		for _, td := range c.Traces.AllTraces() {
			ledger.Spans(td, add)
		}
	case "logs":
		for _, ld := range c.Logs.AllLogs() {
			ledger.LogRecords(ld, add)
		}
	case "metrics":
		for _, md := range c.Metrics.AllMetrics() {
			ledger.DataPoints(md, add)
		}
	case "profiles":
		for _, pd := range c.Profiles.AllProfiles() {
			require.NoError(t, ledger.Profiles(pd, add))
		}
	default:
		t.Fatalf("there is no signal %q", signal)
	}
	slices.Sort(numbers)
	return numbers
}

// UpTo returns 0, 1, ... n-1: what Numbers returns if nothing was lost or sent
// twice.
func UpTo(n int64) []int64 {
	numbers := make([]int64, n)
	for i := range numbers {
		numbers[i] = int64(i)
	}
	return numbers
}
