package compile

import (
	"encoding/json"
	"fmt"
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
	warned := make(map[string]bool)
	for i, p := range c.plans {
		if p.stream.Mode == document.Observe {
			continue
		}
		for _, s := range p.stream.Sources {
			for _, terms := range alternatives(s.Value) {
				for _, e := range p.exporters {
					shares := func(j int) bool { return i != j && c.shared(p, c.plans[j], e) }
					j := findTaker(takers, terms, shares)
					if j < 0 || warned[fmt.Sprint(i, e.id)] || warned[fmt.Sprint(j, e.id)] {
						continue
					}
					warned[fmt.Sprint(i, e.id)] = true
					c.warn(s.Place, "set `dedupe: per_destination`, or change the sources of one of them",
						"destination %q gets %s twice: from this stream and from %q", e.name, strings.Join(terms, " and "), c.plans[j].name)
				}
			}
		}
	}
}

// shared reports whether both streams deliver some signal to e.
func (c *compiler) shared(p, q plan, e exporter) bool {
	return slices.ContainsFunc(q.exporters, func(o exporter) bool { return o.id == e.id }) &&
		slices.ContainsFunc(e.signals, func(s string) bool { return slices.Contains(p.signals, s) && slices.Contains(q.signals, s) })
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

// checkDedupe reports what `dedupe: per_destination` cannot keep: a pipeline
// gets a payload for all of its exporters, or not at all.
func (c *compiler) checkDedupe() {
	if c.doc.Dedupe != document.PerDestination || c.doc.Match == document.First {
		return
	}
	for i, p := range c.plans {
		if slices.ContainsFunc(p.stream.Actions, func(a document.Action) bool { return a.Kind == "span_metrics" }) {
			c.warn(p.place, "make the metrics in a global action", "`dedupe: per_destination` does not know the destinations of a stream with span_metrics")
			continue
		}
		for _, earlier := range c.plans[:i] {
			if name := c.partlyShared(earlier, p); name != "" {
				c.fail(p.place, "list it in a stream of its own, with the same sources",
					"`dedupe: per_destination`: destination %q is also one of %q, but this stream has others, too", name, earlier.name)
			}
		}
	}
}

// partlyShared returns a destination that both streams have, if the second one
// has others for the same signal.
func (c *compiler) partlyShared(first, second plan) string {
	for _, signal := range second.signals {
		var both, only []string
		for _, e := range second.exporters {
			if !slices.Contains(e.signals, signal) {
				continue
			}
			if slices.Contains(first.signals, signal) && c.shared(second, first, e) {
				both = append(both, e.name)
			} else {
				only = append(only, e.name)
			}
		}
		if len(both) > 0 && len(only) > 0 {
			return both[0]
		}
	}
	return ""
}
