package datastreamrouterconnector

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl/contexts/ottlspan"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/match"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/match/ottlcondition"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/sampling"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/tracehold"
)

// keepRules is the compiled rules of all streams. What they ask of spans is
// asked once per span as it arrives, whatever the number of streams: the
// answers are facts of the trace.
type keepRules struct {
	settings component.TelemetrySettings
	streams  map[string]*keeper
	facts    []fact
	byText   map[string]int
	errors   atomic.Int64 // conditions that failed, which counts as not holding
}

// maxFacts bounds the distinct conditions over spans and sources.
const maxFacts = 64

// fact is a condition over a resource or a span: one of the three is set.
type fact struct {
	sources    []match.Clause
	attributes []match.Term
	condition  *ottlcondition.Span
}

// keeper is the rules of one stream.
type keeper struct {
	rules []rule
	// decisions counts what the rules decided, by rule and then by whether it was
	// kept; the last rule is the one of what no rule is about.
	decisions [][2]atomic.Int64
}

// rule is one rule, compiled.
type rule struct {
	name       string
	errors     bool
	slowerThan time.Duration
	minSpans   int
	facts      tracehold.Facts
	threshold  sampling.Threshold
	target     *sampling.Target // instead of a threshold
}

// noRule is the name, in metrics, of what no rule is about.
const noRule = "_none"

// compile compiles the rules of a stream and returns everything wrong with them.
func (r *keepRules) compile(rules []KeepRule) (*keeper, []error) {
	var errs []error
	k := &keeper{decisions: make([][2]atomic.Int64, len(rules)+1)}
	names := make(map[string]bool)
	for i := range rules {
		c := &rules[i]
		for _, err := range append(c.problems(), r.add(k, c)...) {
			errs = append(errs, fmt.Errorf("%d::%w", i, err))
		}
		if names[c.Name] && c.Name != "" {
			errs = append(errs, fmt.Errorf("%d::name: the stream has a rule %q already", i, c.Name))
		}
		names[c.Name] = true
		if c.isUnconditional() && i < len(rules)-1 {
			errs = append(errs, fmt.Errorf("%d: rule %q has no condition, so that no rule after it is ever asked; move it to the end", i, c.Name))
		}
	}
	return k, errs
}

// add compiles a rule.
func (r *keepRules) add(k *keeper, c *KeepRule) []error {
	var errs []error
	compiled := rule{name: c.Name, errors: c.Errors, slowerThan: c.SlowerThan, minSpans: c.MinSpans}
	switch {
	case c.Never:
		compiled.threshold = sampling.Never
	case c.Percent != nil:
		compiled.threshold = sampling.OfProbability(*c.Percent / 100)
	case c.SpansPerSecond != nil:
		compiled.target = sampling.NewTarget(*c.SpansPerSecond, c.share())
	}
	note := func(text string, f fact) { compiled.facts |= r.number(text, f) }
	if len(c.Sources) > 0 {
		parser := match.Parser{Condition: func(text string) (match.Condition, error) { return ottlcondition.Parse(text, r.settings) }}
		texts := make([]string, 0, len(c.Sources))
		for _, s := range c.Sources {
			texts = append(texts, plainMap(s))
		}
		note("sources "+strings.Join(texts, "\n"), fact{sources: parseClauses(parser, "sources", c.Sources, &errs)})
	}
	if len(c.Attributes) > 0 {
		clause, err := match.ParseClause(c.Attributes)
		for _, e := range match.Problems(err) {
			errs = append(errs, fmt.Errorf("attributes::%w", e))
		}
		note("attributes "+plainMap(c.Attributes), fact{attributes: clause.Terms})
	}
	if c.Condition != "" {
		condition, err := ottlcondition.ParseSpan(c.Condition, r.settings)
		if err != nil {
			errs = append(errs, fmt.Errorf("condition: %w", err))
		}
		note("condition "+c.Condition, fact{condition: condition})
	}
	k.rules = append(k.rules, compiled)
	return errs
}

// number returns the bit of a fact. Equal ones have the same.
func (r *keepRules) number(text string, f fact) tracehold.Facts {
	if r.byText == nil {
		r.byText = make(map[string]int)
	}
	i, ok := r.byText[text]
	if !ok {
		i = len(r.facts)
		r.byText[text] = i
		r.facts = append(r.facts, f)
	}
	return 1 << i // Beyond maxFacts it is 0, and an error.
}

// inspect implements tracehold.Inspect.
func (r *keepRules) inspect(rs ptrace.ResourceSpans) (found tracehold.Facts, ask func(ptrace.ScopeSpans, ptrace.Span) tracehold.Facts) {
	ofSpans := false
	for i := range r.facts {
		if f := &r.facts[i]; f.sources == nil {
			ofSpans = true
		} else if r.isSource(f, rs.Resource()) {
			found |= 1 << i
		}
	}
	if !ofSpans {
		return found, nil
	}
	return found, func(ss ptrace.ScopeSpans, span ptrace.Span) tracehold.Facts { return r.ofSpan(rs, ss, span) }
}

func (r *keepRules) isSource(f *fact, resource pcommon.Resource) bool {
	for i := range f.sources {
		c := &f.sources[i]
		if !termsHold(c.Terms, resource.Attributes()) {
			continue
		}
		if c.Condition == nil {
			return true
		}
		ok, err := c.Condition.Holds(resource)
		if err != nil {
			r.errors.Add(1)
		} else if ok {
			return true
		}
	}
	return false
}

func (r *keepRules) ofSpan(rs ptrace.ResourceSpans, ss ptrace.ScopeSpans, span ptrace.Span) (found tracehold.Facts) {
	for i := range r.facts {
		f := &r.facts[i]
		switch {
		case f.attributes != nil && termsHold(f.attributes, span.Attributes()):
			found |= 1 << i
		case f.condition != nil:
			tCtx := ottlspan.NewTransformContextPtr(rs, ss, span)
			// A condition neither waits nor reads the context of a request.
			ok, err := f.condition.Eval(context.Background(), tCtx)
			tCtx.Close()
			if err != nil {
				r.errors.Add(1)
			} else if ok {
				found |= 1 << i
			}
		}
	}
	return found
}

func termsHold(terms []match.Term, attributes pcommon.Map) bool {
	for i := range terms {
		v, ok := attributes.Get(terms[i].Key)
		text := ""
		if ok {
			text = v.AsString()
		}
		if !terms[i].Predicate.Holds(text, ok) {
			return false
		}
	}
	return true
}

// find returns the first rule that is about the trace, or the number of rules.
func (k *keeper) find(f *tracehold.Features) int {
	for i := range k.rules {
		if k.rules[i].isAbout(f) {
			return i
		}
	}
	return len(k.rules)
}

func (r *rule) isAbout(f *tracehold.Features) bool {
	return (!r.errors || f.Error) &&
		(r.slowerThan == 0 || f.Duration() > uint64(r.slowerThan)) &&
		f.Spans >= r.minSpans && f.Facts&r.facts == r.facts
}
