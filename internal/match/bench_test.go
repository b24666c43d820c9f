package match

import (
	"fmt"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// benchTable has n streams by two equality terms each, and a resource of 15
// attributes that belongs to the one in the middle.
func benchTable(n int) (*Table, pcommon.Map) {
	streams := make([]Stream, n)
	for i := range streams {
		streams[i].Select = []Clause{{
			{Key: "service.name", Predicate: Exact{fmt.Sprint("service-", i)}},
			{Key: "k8s.namespace.name", Predicate: Exact{fmt.Sprint("namespace-", i%20)}},
		}}
	}
	attrs := pcommon.NewMap()
	for i := range 13 {
		attrs.PutStr(fmt.Sprint("resource.attribute.", i), "value")
	}
	attrs.PutStr("k8s.namespace.name", fmt.Sprint("namespace-", n/2%20))
	attrs.PutStr("service.name", fmt.Sprint("service-", n/2))
	return Compile(streams, AllStreams), attrs
}

func BenchmarkMatch(b *testing.B) {
	for _, n := range []int{1, 10, 100, 1000, 10000} {
		b.Run(fmt.Sprintf("streams=%d", n), func(b *testing.B) {
			table, attrs := benchTable(n)
			b.ReportAllocs()
			for b.Loop() {
				if len(table.Match(attrs).Streams) != 1 {
					b.Fatal("the resource belongs to one stream")
				}
			}
		})
	}
}
