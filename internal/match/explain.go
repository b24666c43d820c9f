package match

import (
	"cmp"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Outcome is what a stream does with a resource.
type Outcome string

const (
	// Taken says that an entry of the stream's select holds.
	Taken Outcome = "taken"
	// TakenByDefault says that no other stream takes the resource, but this
	// default one.
	TakenByDefault Outcome = "default"
	// Observed says that the stream matches and takes nothing, because it only observes.
	Observed Outcome = "observed"
	// Excluded says that the stream would match, but for an entry of its exclude.
	Excluded Outcome = "excluded"
	// Beaten says that the stream matches, but FirstStream chose one before it.
	Beaten Outcome = "beaten"
	// Standby says that the stream is a default one, and another stream takes
	// the resource.
	Standby Outcome = "standby"
	// NoMatch says that no entry of the stream's select holds.
	NoMatch Outcome = "no match"
)

// Explanation is what a table does with one resource, and why. It is a snapshot
// that belongs to the caller.
type Explanation struct {
	// Taken and Observed are those of the Set that MatchResource returns.
	Taken, Observed []int
	// Streams has one element for each of the table's streams.
	Streams []StreamExplanation
}

// StreamExplanation says why a stream takes a resource or does not.
type StreamExplanation struct {
	Outcome Outcome
	// Select is the first entry of the stream's select that holds, nil for none.
	Select *Entry
	// Exclude is the first entry of the stream's exclude that holds, nil for none.
	Exclude *Entry
	// By is the stream because of which this one is Beaten or Standby; else -1.
	By int
	// NearMisses are the entries of select, when none of them holds. Those
	// with the fewest failed findings come first; of these, those with the most
	// that hold; of these, those that are written first.
	NearMisses []Entry
}

// Entry is one entry of a select or an exclude, as far as it was evaluated: a
// condition is asked only when all terms hold.
type Entry struct {
	// Index is the position of the entry in its list.
	Index int
	// Held and Failed are the findings that speak for the entry and against it.
	Held, Failed []Finding
}

// Finding compares what a term wants with what a resource has.
type Finding struct {
	// Key is the attribute's; ConditionKey if Condition is set.
	Key string
	// Want is the predicate or the condition as users write it.
	Want string
	// Value is the attribute's; "" if it is not Present, or for a condition.
	Value   string
	Present bool
	// Condition says that the finding is about a condition, and Err why it could
	// not be evaluated.
	Condition bool
	Err       error
}

// Explain tells what MatchResource does with the resource, and why. It
// evaluates every entry of every stream, so that it is for people, not for
// traffic. Errors of conditions are in the explanation and not in
// ConditionErrors.
func (t *Table) Explain(resource pcommon.Resource) Explanation {
	x := Explanation{Streams: make([]StreamExplanation, len(t.streams))}
	m := t.mark(nil)
	for i, s := range t.streams {
		e := &x.Streams[i]
		if !s.Default {
			e.Select, e.NearMisses = firstHeld(s.Select, resource)
		}
		e.Exclude, _ = firstHeld(s.Exclude, resource)
		m.selected[i] = e.Select != nil
		m.excluded[i] = e.Exclude != nil
	}
	set := t.choose(m)
	x.Taken, x.Observed = set.Streams, set.Observed
	for i := range x.Streams {
		t.explainOutcome(&x, i)
	}
	return x
}

// explainOutcome names what choose decided for stream i.
func (t *Table) explainOutcome(x *Explanation, i int) {
	e, s := &x.Streams[i], &t.streams[i]
	e.By = -1
	switch {
	case slices.Contains(x.Taken, i) && s.Default:
		e.Outcome = TakenByDefault
	case slices.Contains(x.Taken, i):
		e.Outcome = Taken
	case slices.Contains(x.Observed, i):
		e.Outcome = Observed
	case !s.Default && e.Select == nil:
		e.Outcome = NoMatch
	case e.Exclude != nil:
		e.Outcome = Excluded
	case s.Default && !t.streams[x.Taken[0]].Default:
		e.Outcome, e.By = Standby, x.Taken[0]
	default:
		e.Outcome, e.By = Beaten, x.Taken[0]
	}
}

// firstHeld returns the first clause that holds or, if none does, all of them,
// the nearest miss first.
func firstHeld(clauses []Clause, resource pcommon.Resource) (*Entry, []Entry) {
	var misses []Entry
	for i, c := range clauses {
		e := c.explain(resource)
		e.Index = i
		if len(e.Failed) == 0 {
			return &e, nil
		}
		misses = append(misses, e)
	}
	slices.SortStableFunc(misses, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(len(a.Failed), len(b.Failed)), cmp.Compare(len(b.Held), len(a.Held)))
	})
	return nil, misses
}

func (c Clause) explain(resource pcommon.Resource) Entry {
	var e Entry
	for _, term := range c.Terms {
		f := Finding{Key: term.Key, Want: term.Predicate.String()}
		if v, ok := resource.Attributes().Get(term.Key); ok {
			f.Value, f.Present = text(v), true
		}
		e.add(f, term.Predicate.Holds(f.Value, f.Present))
	}
	if c.Condition != nil && len(e.Failed) == 0 {
		ok, err := c.Condition.Holds(resource)
		f := Finding{Key: ConditionKey, Want: c.Condition.String(), Condition: true, Err: err}
		e.add(f, ok && err == nil)
	}
	return e
}

func (e *Entry) add(f Finding, holds bool) {
	if holds {
		e.Held = append(e.Held, f)
	} else {
		e.Failed = append(e.Failed, f)
	}
}
