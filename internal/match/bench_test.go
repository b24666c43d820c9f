package match

import (
	"fmt"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// benchTable has n streams by two equality terms each, and a resource of 15
// attributes that belongs to the one in the middle.
func benchTable(n int) (*Table, pcommon.Resource) {
	streams := make([]Stream, n)
	for i := range streams {
		streams[i].Select = []Clause{{Terms: []Term{
			{Key: "service.name", Predicate: Exact{fmt.Sprint("service-", i)}},
			{Key: "k8s.namespace.name", Predicate: Exact{fmt.Sprint("namespace-", i%20)}},
		}}}
	}
	resource := benchResource()
	resource.Attributes().PutStr("k8s.namespace.name", fmt.Sprint("namespace-", n/2%20))
	resource.Attributes().PutStr("service.name", fmt.Sprint("service-", n/2))
	return Compile(streams, AllStreams), resource
}

func benchResource() pcommon.Resource {
	resource := pcommon.NewResource()
	for i := range 13 {
		resource.Attributes().PutStr(fmt.Sprint("resource.attribute.", i), "value")
	}
	return resource
}

func BenchmarkMatch(b *testing.B) {
	for _, n := range []int{1, 10, 100, 1000, 10000} {
		b.Run(fmt.Sprintf("streams=%d", n), func(b *testing.B) {
			table, resource := benchTable(n)
			b.ReportAllocs()
			for b.Loop() {
				if len(table.MatchResource(resource).Streams) != 1 {
					b.Fatal("the resource belongs to one stream")
				}
			}
		})
	}
}

// The cost grows with the distinct attribute keys that selectors name.
func BenchmarkMatchKeys(b *testing.B) {
	for _, n := range []int{2, 4, 8, 16} {
		b.Run(fmt.Sprintf("keys=%d", n), func(b *testing.B) {
			streams := make([]Stream, n)
			for i := range streams {
				streams[i].Select = []Clause{{Terms: []Term{{Key: fmt.Sprint("resource.attribute.", i), Predicate: Exact{"value"}}}}}
			}
			table, resource := Compile(streams, AllStreams), benchResource()
			b.ReportAllocs()
			for b.Loop() {
				if len(table.MatchResource(resource).Streams) == 0 {
					b.Fatal("the resource belongs to some streams")
				}
			}
		})
	}
}

// One condition is left to ask after the terms, whatever the streams.
func BenchmarkMatchCondition(b *testing.B) {
	for _, n := range []int{10, 1000} {
		b.Run(fmt.Sprintf("streams=%d", n), func(b *testing.B) {
			table, resource := conditionTable(n)
			b.ReportAllocs()
			for b.Loop() {
				if len(table.MatchResource(resource).Streams) != 1 {
					b.Fatal("the resource belongs to one stream")
				}
			}
		})
	}
}
