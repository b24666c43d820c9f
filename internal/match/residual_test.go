package match

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
)

// probe is a condition that records how many times it was asked.
type probe struct {
	answer bool
	err    error
	asked  int
}

func (p *probe) String() string { return "probe" }

func (p *probe) Holds(pcommon.Resource) (bool, error) {
	p.asked++
	return p.answer, p.err
}

// conditionTable has n streams by a term and a condition each, and a resource
// that belongs to the one in the middle.
func conditionTable(n int) (*Table, pcommon.Resource) {
	streams := make([]Stream, n)
	for i := range streams {
		streams[i] = one("service.name", Exact{fmt.Sprint("service-", i)})
		streams[i].Select[0].Condition = atLeast(10)
	}
	resource := benchResource()
	resource.Attributes().PutStr("service.name", fmt.Sprint("service-", n/2))
	return Compile(streams, AllStreams), resource
}

func TestConditionsAreAskedOnlyWhereTermsHold(t *testing.T) {
	p := &probe{answer: true}
	s := one("k", Exact{"v"})
	s.Select[0].Condition = p
	table := Compile([]Stream{s}, AllStreams)
	require.Empty(t, table.Match(attributes("k", "other")).Streams)
	require.Zero(t, p.asked)
	for i := range 3 {
		require.Equal(t, []int{0}, table.Match(attributes("k", "v")).Streams)
		require.Equal(t, i+1, p.asked, "an answer is of one resource")
	}
	p.answer = false
	require.Empty(t, table.Match(attributes("k", "v")).Streams)
}

// A condition is not asked if its answer cannot change the streams.
func TestConditionsThatMakeNoDifference(t *testing.T) {
	holds := Clause{}
	tests := []struct {
		name   string
		stream func(c Clause) Stream
		asked  int
		taken  []int
	}{
		{"selected anyway", func(c Clause) Stream { return Stream{Select: []Clause{holds, c}} }, 0, []int{0}},
		{"excluded anyway", func(c Clause) Stream { return Stream{Select: []Clause{c}, Exclude: []Clause{holds}} }, 0, nil},
		{"not selected anyway", func(c Clause) Stream { return Stream{Exclude: []Clause{c}} }, 0, nil},
		{"select", func(c Clause) Stream { return Stream{Select: []Clause{c}} }, 1, []int{0}},
		{"exclude", func(c Clause) Stream { return Stream{Select: []Clause{holds}, Exclude: []Clause{c}} }, 1, nil},
		{"exclude of a default", func(c Clause) Stream { return Stream{Default: true, Exclude: []Clause{c}} }, 1, nil},
		{"both", func(c Clause) Stream { return Stream{Select: []Clause{c}, Exclude: []Clause{c}} }, 2, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := &probe{answer: true}
			table := Compile([]Stream{tt.stream(Clause{Condition: p})}, AllStreams)
			require.Equal(t, tt.taken, table.Match(pcommon.NewMap()).Streams)
			require.Equal(t, tt.asked, p.asked)
		})
	}
}

func TestConditionErrorsCountAndDoNotHold(t *testing.T) {
	p := &probe{answer: true, err: errAtLeast}
	table := Compile([]Stream{{Select: []Clause{{Condition: p}}}, {Default: true}}, AllStreams)
	for range 3 {
		require.Equal(t, []int{1}, table.Match(pcommon.NewMap()).Streams)
	}
	require.Equal(t, uint64(3), table.ConditionErrors())
	table.Explain(pcommon.NewResource())
	require.Equal(t, uint64(3), table.ConditionErrors(), "an explanation is not traffic")
}

// Answers are told apart at the boundaries of their bit sets, and beyond what
// is kept on the stack.
func TestManyConditions(t *testing.T) {
	for _, n := range []int{63, 64, 65, outcomeWords * 64, outcomeWords*64 + 1} {
		streams := make([]Stream, n)
		probes := make([]*probe, n)
		for i := range streams {
			probes[i] = new(probe)
			streams[i].Select = []Clause{{Condition: probes[i]}}
		}
		table := Compile(streams, AllStreams)
		require.Empty(t, table.Match(pcommon.NewMap()).Streams)
		for _, i := range []int{0, n / 2, n - 1} {
			probes[i].answer = true
			for range 2 { // Cold and warm memo.
				require.Equal(t, []int{i}, table.Match(pcommon.NewMap()).Streams, "%d conditions", n)
			}
			probes[i].answer = false
		}
	}
}

func TestWarmConditionsDoNotAllocate(t *testing.T) {
	table, resource := conditionTable(100)
	require.Equal(t, []int{50}, table.MatchResource(resource).Streams)
	require.Zero(t, testing.AllocsPerRun(100, func() { table.MatchResource(resource) }))
}
