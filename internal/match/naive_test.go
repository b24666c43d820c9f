package match

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// naive is the specification: it evaluates every clause of every stream.
func naive(streams []Stream, mode Mode, resource pcommon.Resource) (taken, observed []int) {
	holds := func(clauses []Clause) bool {
		for _, c := range clauses {
			if naiveClause(c, resource) {
				return true
			}
		}
		return false
	}
	collect := func(observe, fallback bool) (found []int) {
		for i, s := range streams {
			if s.Observe == observe && s.Default == fallback && (fallback || holds(s.Select)) && !holds(s.Exclude) {
				found = append(found, i)
			}
		}
		return found
	}
	taken = collect(false, false)
	observes := map[int]bool{}
	for _, i := range collect(true, false) {
		observes[i] = true
	}
	if len(taken) == 0 {
		taken = collect(false, true)
		for _, i := range collect(true, true) {
			observes[i] = true
		}
	}
	for i := range streams {
		if observes[i] {
			observed = append(observed, i)
		}
	}
	if mode == FirstStream && len(taken) > 1 {
		taken = taken[:1]
	}
	return taken, observed
}

func naiveClause(c Clause, resource pcommon.Resource) bool {
	for _, t := range c.Terms {
		v, ok := resource.Attributes().Get(t.Key)
		value := ""
		if ok {
			value = v.AsString()
		}
		if !t.Predicate.Holds(value, ok) {
			return false
		}
	}
	if c.Condition == nil {
		return true
	}
	ok, err := c.Condition.Holds(resource)
	return ok && err == nil
}

// atLeast holds when the resource has this many attributes. It fails, with a
// misleading true, for a resource that has the attribute k0.
type atLeast int

var errAtLeast = errors.New("k0 is in the way")

func (c atLeast) String() string { return fmt.Sprintf("at least %d attributes", int(c)) }

func (c atLeast) Holds(resource pcommon.Resource) (bool, error) {
	if _, ok := resource.Attributes().Get("k0"); ok {
		return true, errAtLeast
	}
	return resource.Attributes().Len() >= int(c), nil
}

// random makes streams and resources that often meet.
type random struct{ *rand.Rand }

func (r random) value() string { return fmt.Sprintf("%c%d", 'a'+r.IntN(3), r.IntN(6)) }
func (r random) key() string   { return fmt.Sprintf("k%d", r.IntN(5)) }

func (r random) predicate(depth int) Predicate {
	kinds := 5
	if depth > 0 {
		kinds = 8
	}
	switch r.IntN(kinds) {
	case 0:
		return Exact{r.value()}
	case 1:
		return Exact{r.value(), r.value(), ""}
	case 2:
		return Exists(r.IntN(2) == 0)
	case 3:
		return Glob([]string{"a*", "*1", "b?", "*", "?*2"}[r.IntN(5)])
	case 4:
		return Regex{regexp.MustCompile([]string{"^a", "1$", "[bc][0-2]"}[r.IntN(3)])}
	case 5:
		return Not{r.predicate(depth - 1)}
	case 6:
		return Any{r.predicate(depth - 1), r.predicate(depth - 1)}
	default:
		return All{r.predicate(depth - 1), r.predicate(depth - 1)}
	}
}

func (r random) clauses(most int) []Clause {
	clauses := make([]Clause, r.IntN(most+1))
	for i := range clauses {
		c := &clauses[i]
		for range r.IntN(4) {
			c.Terms = append(c.Terms, Term{Key: r.key(), Predicate: r.predicate(2)})
		}
		// Few clauses are empty, or most streams would take everything.
		if r.IntN(4) == 0 || len(c.Terms) == 0 && r.IntN(10) > 0 {
			c.Condition = atLeast(r.IntN(5))
		}
	}
	return clauses
}

func (r random) streams(n int) []Stream {
	streams := make([]Stream, n)
	for i := range streams {
		streams[i] = Stream{
			Select:  r.clauses(2),
			Exclude: r.clauses(1),
			Default: r.IntN(20) == 0,
			Observe: r.IntN(5) == 0,
		}
	}
	return streams
}

func (r random) resource() pcommon.Resource {
	resource := pcommon.NewResource()
	m := resource.Attributes()
	for range r.IntN(6) {
		switch k := r.key(); r.IntN(8) {
		case 0:
			m.PutInt(k, int64(r.IntN(3)))
		case 1:
			m.PutBool(k, true)
		case 2:
			m.PutEmpty(k)
		case 3:
			m.PutEmptySlice(k).AppendEmpty().SetStr("a1")
		default:
			m.PutStr(k, r.value())
		}
	}
	return resource
}
