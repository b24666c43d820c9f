package action

import (
	"fmt"
	"math"
	"strings"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/compile/selector"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/document"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/match"
)

// Keep is the name of the action whose rules the router asks.
const Keep = "keep"

func init() {
	register(Kind{
		Name: Keep,
		Doc:  "decides over whole traces which of them the stream keeps: the first rule whose conditions all hold decides, and what no rule is about is dropped; stands first among a stream's actions",
		Examples: `- keep: [{ errors: true }, { slower_than: 1s }, { percent: 10 }]
- keep:
    - { name: probes, sources: [{ service.name: prober }], never: true }
    - { name: checkout, attributes: { http.route: /checkout }, percent: 50 }
    - { name: rest, spans_per_second: 1000 }`,
		Spec:    func() any { return new(keepSpec) },
		Compile: func(spec any, s Site) (Output, document.Diagnostics) { return spec.(*keepSpec).compile(s) },
	})
}

// Rule is a rule of what a stream keeps, in the router.
type Rule struct {
	Config map[string]any
	// Text says what the rule does, for people.
	Text string
}

type keepSpec []document.KeepRule

func (a *keepSpec) compile(s Site) (Output, document.Diagnostics) {
	if s.Stream == "" {
		return Output{}, fail(s.Place, "put it into the actions of a stream; for all streams there is `sample`, or a tail sampler in `collector`",
			"keep is for one stream: the router decides for each")
	}
	if s.Index > 0 {
		return Output{}, fail(s.Place, "put it first; a filter before the decision can be a rule with never: true",
			"keep decides over what comes into the stream, before its other actions")
	}
	if len(*a) == 0 {
		return Output{}, fail(s.Place, "write rules such as [{ errors: true }, { percent: 10 }], or remove the action", "there are no rules")
	}
	texts := map[string][]string{document.Traces: {Keep}}
	found := unused(texts, s)
	var out Output
	names := make(map[string]bool)
	for i := range *a {
		r := &(*a)[i]
		if r.Place.Line == 0 {
			r.Place = s.Place // The action has no rules at all.
		}
		if r.Name == "" {
			r.Name = fmt.Sprintf("rule-%d", i+1)
		}
		found = append(found, checkRule(r)...)
		if names[r.Name] {
			found = append(found, fail(r.Place, "rename one of them", "there is a rule %q already", r.Name)...)
		}
		names[r.Name] = true
		if unconditional(r) && i < len(*a)-1 {
			found = append(found, fail(r.Place, "move it to the end, or give it a condition", "rule %q is about every trace, so that no rule after it is ever asked", r.Name)...)
		}
		out.Keep = append(out.Keep, Rule{ruleConfig(r), ruleText(r)})
	}
	if len(*a) == 1 && unconditional(&(*a)[0]) && keepsAll(&(*a)[0]) {
		return Output{}, append(found, fail(s.Place, "write rules such as [{ errors: true }, { percent: 10 }], or remove the action", "it keeps everything")...)
	}
	if len(signalsOf(texts, s)) == 0 {
		out.Keep = nil
	}
	return out, found
}

func unconditional(r *document.KeepRule) bool {
	return !r.Errors && !r.SlowerThan.Set && r.MinSpans == 0 && len(r.Attributes.Value) == 0 && r.Condition == "" && len(r.Sources) == 0
}

func keepsAll(r *document.KeepRule) bool {
	return !r.Never && (r.Percent == nil || *r.Percent == 100) && r.SpansPerSecond == nil
}

// checkRule returns what is wrong with a rule by itself.
func checkRule(r *document.KeepRule) document.Diagnostics {
	var found document.Diagnostics
	bad := func(remedy, format string, args ...any) {
		found = append(found, fail(r.Place, remedy, format, args...)...)
	}
	if n := len(actionsOf(r)); n > 1 {
		bad("keep one of them", "%s exclude each other", strings.Join(actionsOf(r), " and "))
	}
	if r.Percent != nil && !(*r.Percent <= 100) { // NaN is not.
		bad("use a number from 0 to 100", "percent: %v is more than 100", *r.Percent)
	}
	if r.SlowerThan.Set && r.SlowerThan.Duration == 0 {
		bad("write a time such as 1s, or remove it", "slower_than: every trace is slower than 0s")
	}
	if v := r.SpansPerSecond; v != nil && (!(*v > 0) || math.IsInf(*v, 1)) { // NaN is not.
		bad("write a rate such as 100, or never: true", "spans_per_second: %v is no rate", *v)
	}
	if r.Share != "" && r.SpansPerSecond == nil {
		bad("remove it, or set spans_per_second", "share is about spans_per_second, which is not set")
	}
	if r.Condition != "" {
		if err := selector.CheckSpanCondition(r.Condition); err != nil {
			bad("", "condition: %v", err)
		}
	}
	_, problems := selector.Entries(selector.Parser(), r.Sources, "name an attribute")
	return append(append(found, problems...), selector.Check(match.Parser{}, r.Attributes)...)
}

// actionsOf names what the rule says to do.
func actionsOf(r *document.KeepRule) []string {
	var names []string
	if r.Never {
		names = append(names, "never")
	}
	if r.Percent != nil {
		names = append(names, "percent")
	}
	if r.SpansPerSecond != nil {
		names = append(names, "spans_per_second")
	}
	return names
}
