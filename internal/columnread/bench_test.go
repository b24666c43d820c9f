package columnread

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/shop"
)

// BenchmarkTraces reads spans of the corpus; BenchmarkTraces/json also writes them as cat does.
func BenchmarkTraces(b *testing.B) {
	td := shop.New(1).Traces(12_000, time.Date(2026, 11, 22, 5, 30, 0, 0, time.UTC))
	spans := float64(td.SpanCount())
	data := write(b, traceKind, columnar.Options{}, td)
	for name, use := range map[string]func(ptrace.Traces) error{
		"rows": func(ptrace.Traces) error { return nil },
		"json": func(td ptrace.Traces) error { _, err := (&ptrace.JSONMarshaler{}).MarshalTraces(td); return err },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for _, td := range readAll(b, traceKind, data, 0) {
					require.NoError(b, use(td))
				}
			}
			b.ReportMetric(spans*float64(b.N)/b.Elapsed().Seconds(), "spans/s")
		})
	}
}
