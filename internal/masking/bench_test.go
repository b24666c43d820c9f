package masking

import (
	"fmt"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/detect"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/samples"
)

// tenDetectors are those that the numbers in docs/masking-comparison.md are about.
var tenDetectors = detect.Of(detect.CreditCard, detect.Email, detect.IPv4, detect.JWT, detect.Phone, detect.AWSAccessKeyID, detect.IBAN,
	detect.APIToken, detect.URLUserinfo, detect.BearerAuth)

func BenchmarkTraces(b *testing.B) {
	const spans = 500
	for _, hits := range []int{0, 5, 100} {
		b.Run(fmt.Sprintf("hits=%d", hits), func(b *testing.B) {
			o := testOptions()
			o.Detectors = tenDetectors
			m := NewMasker(NewPolicy(o))
			td := samples.New(1).Traces(spans, hits)
			work := ptrace.NewTraces()
			td.CopyTo(work)
			b.ReportAllocs()
			for b.Loop() {
				if hits > 0 {
					b.StopTimer()
					td.CopyTo(work)
					b.StartTimer()
				}
				m.Traces(work)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/spans, "ns/span")
		})
	}
	b.Run("decode", func(b *testing.B) {
		data, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(samples.New(1).Traces(spans, 0))
		if err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(data); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/spans, "ns/span")
	})
}
