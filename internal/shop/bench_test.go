package shop

import (
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"
)

// The generator must cost little beside what it is used to measure.
func BenchmarkShop(b *testing.B) {
	const n = 1000
	for _, sig := range []struct {
		name string
		make func(*Shop)
	}{
		{"traces", func(s *Shop) { s.Traces(n, noon) }},
		{"logs", func(s *Shop) { s.Logs(n, noon) }},
		{"metrics", func(s *Shop) { s.Metrics(n, noon) }},
		{"profiles", func(s *Shop) { s.Profiles(n/100, noon) }},
	} {
		b.Run("signal="+sig.name, func(b *testing.B) {
			s := New(1)
			b.ReportAllocs()
			for b.Loop() {
				sig.make(s)
			}
		})
	}
	b.Run("size=traces", func(b *testing.B) {
		s := New(1)
		bytes, spans := 0, 0
		for b.Loop() {
			bytes += (&ptrace.ProtoMarshaler{}).TracesSize(s.Traces(n, noon))
			spans += n
		}
		b.ReportMetric(float64(bytes)/float64(spans), "B/span")
	})
}
