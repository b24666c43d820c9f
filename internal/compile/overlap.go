package compile

import (
	"encoding/json"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
)

const (
	// maxAlternatives and maxTerms bound what is looked at of an entry.
	maxAlternatives = 256
	maxTerms        = 5
)

// checkOverlaps warns where two streams plainly take the same source: the terms
// of an entry of one are among those of the other. What patterns have in common
// shows when data flows.
func (c *compiler) checkOverlaps() {
	takers := make(map[string][]int) // Numbers of plans, by alternative.
	for i, p := range c.plans {
		if p.stream.Mode == document.Observe {
			continue
		}
		for _, s := range p.stream.Sources {
			for _, terms := range alternatives(s.Value) {
				key := strings.Join(terms, " and ")
				if !slices.Contains(takers[key], i) {
					takers[key] = append(takers[key], i)
				}
			}
		}
	}
	if c.doc.Match == document.First {
		c.checkUnreachable(takers)
	} else if c.doc.Dedupe != document.PerDestination {
		c.checkDoubles(takers)
	}
}

// checkUnreachable warns of entries that never decide, because an earlier stream
// takes what they select.
func (c *compiler) checkUnreachable(takers map[string][]int) {
	for i, p := range c.plans {
		for _, s := range p.stream.Sources {
			for _, terms := range alternatives(s.Value) {
				beats := func(j int) bool {
					first := c.plans[j]
					return j < i && len(first.stream.Exclude) == 0 && within(p.signals, first.signals)
				}
				if j := findTaker(takers, terms, beats); j >= 0 {
					c.warn(s.Place, "change the order, or the sources", "the stream never gets %s: with `match: first` it goes to %q, which comes before",
						strings.Join(terms, " and "), c.plans[j].name)
					break
				}
			}
		}
	}
}

// checkDoubles warns of destinations that get data of a source from two streams,
// once for each of them.
func (c *compiler) checkDoubles(takers map[string][]int) {
	type pair struct {
		stream int
		end    end
	}
	warned := make(map[pair]bool)
	ends := c.ends()
	for i, p := range c.plans {
		if p.stream.Mode == document.Observe {
			continue
		}
		for _, s := range p.stream.Sources {
			for _, terms := range alternatives(s.Value) {
				for _, e := range distinctEnds(p.signals, ends[i]) {
					shares := func(j int) bool { return i != j && sharesEnd(e, p.signals, ends[i], ends[j]) }
					j := findTaker(takers, terms, shares)
					if j < 0 || warned[pair{i, e}] || warned[pair{j, e}] {
						continue
					}
					warned[pair{i, e}] = true
					c.warn(s.Place, e.remedy(),
						"destination %q gets %s twice: from this stream and from %q", c.destinationOf(e), e.what(strings.Join(terms, " and ")), c.plans[j].name)
				}
			}
		}
	}
}

// findTaker returns the first plan that is wanted among those that take some of
// the terms alone, or -1.
func findTaker(takers map[string][]int, terms []string, wanted func(plan int) bool) int {
	for subset := 1; subset < 1<<len(terms); subset++ {
		var some []string
		for i, term := range terms {
			if subset&(1<<i) != 0 {
				some = append(some, term)
			}
		}
		if i := slices.IndexFunc(takers[strings.Join(some, " and ")], wanted); i >= 0 {
			return takers[strings.Join(some, " and ")][i]
		}
	}
	return -1
}

// alternatives returns what a selector's entry stands for: lists of terms such as
// key=value, all of which must hold. It is empty for an entry with too many.
func alternatives(selector map[string]any) [][]string {
	if len(selector) == 0 || len(selector) > maxTerms {
		return nil
	}
	all := [][]string{nil}
	for _, key := range sortedKeys(selector) {
		terms := termsOf(key, selector[key])
		if len(all)*len(terms) > maxAlternatives {
			return nil
		}
		var next [][]string
		for _, a := range all {
			for _, term := range terms {
				next = append(next, append(slices.Clone(a), term))
			}
		}
		all = next
	}
	return all
}

// termsOf returns one term for each value that a predicate lists. A pattern is a
// term as it is written.
func termsOf(key string, predicate any) []string {
	switch v := predicate.(type) {
	case []any:
		var all []string
		for _, item := range v {
			all = append(all, termsOf(key, item)...)
		}
		return all
	case map[string]any:
		text, err := json.Marshal(v)
		if err != nil {
			return nil
		}
		return []string{key + "=" + string(text)}
	default:
		value := pcommon.NewValueEmpty()
		if value.FromRaw(v) != nil {
			return nil
		}
		return []string{key + "=" + value.AsString()}
	}
}

// within reports whether all of a are in b.
func within(a, b []string) bool {
	return !slices.ContainsFunc(a, func(s string) bool { return !slices.Contains(b, s) })
}
