package match

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
)

// payload is what a Batch is given here.
type payload []pcommon.Resource

func (p payload) at(i int) pcommon.Resource { return p[i] }

// checkBatches holds what is found together, of payloads in which neighbors are
// often equal, against what is found one by one.
func checkBatches(t *testing.T, r random, table *Table) {
	var b Batch
	for _, n := range []int{1, minBatch - 1, minBatch, minBatch + 1, BatchSize} {
		p := make(payload, n)
		for i := range p {
			p[i] = r.resource()
			if i > 0 && r.IntN(2) == 0 {
				p[i] = p[i-1]
			}
		}
		for range 2 { // Cold and warm memos.
			from := r.IntN(n)
			sets := Sets(&b, table, p, from, n, payload.at)
			require.Len(t, sets, n-from)
			for i, set := range sets {
				require.Same(t, table.MatchResource(p[from+i]), set, "attributes %v", p[from+i].Attributes().AsRaw())
			}
		}
		if Alike(&b, table, p, n, payload.at) {
			for _, resource := range p {
				require.Same(t, table.MatchResource(p[0]), table.MatchResource(resource))
			}
		}
		for _, v := range b.values[:cap(b.values)] {
			require.Empty(t, v, "a batch keeps values alive")
		}
	}
}

// Resources are alike if they have the same strings, or none, for all keys. All
// others, and few, are matched.
func TestAlike(t *testing.T) {
	key := func(k string) Stream { return one(k, Exact{"v", "", "1"}) }
	two := Compile([]Stream{key("k"), key("l")}, AllStreams)
	conditional := Compile([]Stream{{Select: []Clause{{Condition: atLeast(1)}}}}, AllStreams)
	for name, c := range map[string]struct {
		table    *Table
		all, odd pcommon.Map
		n        int
		want     bool
	}{
		"the same values":      {two, attributes("k", "v", "l", "w"), attributes("m", "x", "l", "w", "k", "v"), minBatch, true},
		"few":                  {two, attributes("k", "v"), attributes("k", "v"), minBatch - 1, false},
		"nothing":              {two, attributes("m", "v"), attributes("m", "w"), minBatch, true},
		"no keys":              {Compile([]Stream{{Default: true}}, AllStreams), attributes("k", "v"), attributes("k", "w"), minBatch, true},
		"another value":        {two, attributes("k", "v", "l", "w"), attributes("k", "v", "l", "x"), minBatch, false},
		"absent":               {two, attributes("k", "v"), attributes("l", "v"), minBatch, false},
		"empty, and absent":    {two, attributes("k", ""), attributes("l", "v"), minBatch, false},
		"absent, and empty":    {two, attributes("l", "v"), attributes("k", "", "l", "v"), minBatch, false},
		"a number as text":     {two, attributes("k", "1"), number("k", 1), minBatch, false},
		"absent, and a number": {two, attributes("m", "1"), number("k", 1), minBatch, false},
		"a condition":          {conditional, attributes("k", "v"), attributes(), minBatch, false},
		"many, one is not":     {two, attributes("k", "v"), attributes("k", "w"), 1000, false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, at := range []int{0, c.n - 1} {
				p := slices.Repeat(payload{resourceOf(c.all)}, c.n)
				p[at] = resourceOf(c.odd)
				require.Equal(t, c.want, Alike(new(Batch), c.table, p, c.n, payload.at))
			}
		})
	}
}

func resourceOf(m pcommon.Map) pcommon.Resource {
	resource := pcommon.NewResource()
	m.CopyTo(resource.Attributes())
	return resource
}

func number(k string, n int64) pcommon.Map {
	m := pcommon.NewMap()
	m.PutInt(k, n)
	return m
}

func TestWarmBatchDoesNotAllocate(t *testing.T) {
	var b Batch
	table, p := benchPayload(100)
	match := func() {
		Alike(&b, table, p, len(p), payload.at)
		Sets(&b, table, p, 0, len(p), payload.at)
	}
	match()
	require.Zero(t, testing.AllocsPerRun(100, match))
}

// benchPayload has a table of n streams, and a resource for each of BatchSize of
// them.
func benchPayload(n int) (*Table, payload) {
	table, _ := benchTable(n)
	p := make(payload, BatchSize)
	for i := range p {
		p[i] = benchResource()
		p[i].Attributes().PutStr("k8s.namespace.name", fmt.Sprint("namespace-", i%n%20))
		p[i].Attributes().PutStr("service.name", fmt.Sprint("service-", i%n))
	}
	return table, p
}

// Per resource, what it costs to match a payload at once, and to see that there
// is nothing to match.
func BenchmarkBatch(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 10000} {
		table, p := benchPayload(n)
		same := slices.Repeat(p[:1], BatchSize)
		run := func(name string, f func(*Batch)) {
			b.Run(fmt.Sprintf("%s/streams=%d", name, n), func(b *testing.B) {
				var batch Batch
				b.ReportAllocs()
				for range b.N / BatchSize {
					f(&batch)
				}
			})
		}
		run("one=by=one", func(*Batch) {
			for _, resource := range p {
				table.MatchResource(resource)
			}
		})
		run("together", func(batch *Batch) { Sets(batch, table, p, 0, len(p), payload.at) })
		run("alike", func(batch *Batch) {
			if !Alike(batch, table, same, len(same), payload.at) {
				b.Fatal("the resources are one")
			}
		})
	}
}
