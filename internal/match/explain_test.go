package match

import (
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name, got string) {
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

// An explanation takes what matching takes, and each outcome has its reason.
func TestExplainEqualsMatch(t *testing.T) {
	seen := make(map[Outcome]int)
	for seed := range uint64(300) {
		r := random{rand.New(rand.NewPCG(seed, 7))}
		defs := r.streams(int(seed % 12))
		table := Compile(defs, []Mode{AllStreams, FirstStream}[seed%2])
		for range 20 {
			resource := r.resource()
			set, x := table.MatchResource(resource), table.Explain(resource)
			require.Equal(t, set.Streams, x.Taken)
			require.Equal(t, set.Observed, x.Observed)
			require.Len(t, x.Streams, len(defs))
			for i, e := range x.Streams {
				checkReason(t, defs, x, i)
				seen[e.Outcome]++
			}
		}
	}
	for _, o := range []Outcome{Taken, TakenByDefault, Observed, Excluded, Beaten, Standby, NoMatch} {
		require.Positive(t, seen[o], o)
	}
}

func checkReason(t *testing.T, defs []Stream, x Explanation, i int) {
	e, s := x.Streams[i], defs[i]
	switch e.Outcome {
	case Taken, TakenByDefault:
		require.Contains(t, x.Taken, i)
		require.Equal(t, s.Default, e.Outcome == TakenByDefault)
	case Observed:
		require.Contains(t, x.Observed, i)
	case Excluded:
		require.NotNil(t, e.Exclude)
	case Beaten, Standby:
		require.Equal(t, x.Taken[0], e.By)
	case NoMatch:
		require.Nil(t, e.Select)
		require.Len(t, e.NearMisses, len(s.Select))
	}
	for j, miss := range e.NearMisses {
		require.NotEmpty(t, miss.Failed)
		if j > 0 {
			before := e.NearMisses[j-1]
			require.Negative(t, slices.Compare(
				[]int{len(before.Failed), -len(before.Held), before.Index},
				[]int{len(miss.Failed), -len(miss.Held), miss.Index},
			))
		}
	}
}

// clause parses an entry whose condition is one of the tests'.
func clause(t *testing.T, entry map[string]any) Clause {
	conditions := map[string]Condition{
		"fails":     &probe{err: errAtLeast},
		"is so":     &probe{answer: true},
		"is not so": &probe{},
	}
	p := Parser{Condition: func(text string) (Condition, error) { return named{conditions[text], text}, nil }}
	c, err := p.Clause(entry)
	require.NoError(t, err)
	return c
}

type named struct {
	Condition
	text string
}

func (n named) String() string { return n.text }

// explained is a set of streams with every outcome that one mode can have.
func explained(t *testing.T) []Stream {
	type entry = map[string]any
	entries := func(list ...entry) (clauses []Clause) {
		for _, e := range list {
			clauses = append(clauses, clause(t, e))
		}
		return clauses
	}
	shop := entry{"service.name": []any{"cart", "checkout"}}
	return []Stream{
		{Select: entries(entry{"env": "dev"}, entry{"env": "prod", "service.name": map[string]any{"glob": "check*"}, "condition": "is so"})},
		{Select: entries(shop)},
		{Select: entries(shop), Observe: true},
		{Select: entries(shop), Exclude: entries(entry{"env": map[string]any{"not": "dev"}})},
		{Select: entries(
			entry{"env": "dev", "region": map[string]any{"exists": true}, "port": 80},
			entry{"env": "prod", "k8s.namespace.name": []any{"pay", map[string]any{"regex": "^bill"}}},
			entry{"service.name": "checkout", "condition": "is not so"},
			entry{"condition": "fails"},
			entry{"port": map[string]any{"any": []any{"80", "443"}}},
		), Exclude: entries(shop)},
		{},
		{Select: []Clause{{}}},
		{Default: true},
		{Default: true, Exclude: entries(shop)},
		{Default: true, Observe: true},
	}
}

func explainedResource() pcommon.Resource {
	resource := pcommon.NewResource()
	resource.Attributes().PutStr("service.name", "checkout")
	resource.Attributes().PutStr("env", "prod")
	resource.Attributes().PutInt("port", 8080)
	resource.Attributes().PutStr("k8s.namespace.name", strings.Repeat("long", 50))
	return resource
}

func TestExplanationText(t *testing.T) {
	streams := explained(t)
	resource := explainedResource()
	unmatched := pcommon.NewResource()
	unmatched.Attributes().PutEmpty("env")
	golden(t, "explain_all.txt", Compile(streams, AllStreams).Explain(resource).String())
	golden(t, "explain_first.txt", Compile(streams, FirstStream).Explain(resource).String())
	golden(t, "explain_default.txt", Compile(append(streams[:6:6], streams[7:]...), FirstStream).Explain(unmatched).String())
}

func TestExplanationTextNamesStreams(t *testing.T) {
	table := Compile([]Stream{one("k", Exact{"v"}), {Default: true}}, AllStreams)
	resource := pcommon.NewResource()
	resource.Attributes().PutStr("k", "v")
	require.Equal(t, `pay: taken, because select::0 holds
  k is "v", as in v
rest: not needed, because it is the default and pay takes it
`, table.Explain(resource).Text(func(stream int) string { return []string{"pay", "rest"}[stream] }))
}
