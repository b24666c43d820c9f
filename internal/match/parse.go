package match

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/suggest"
)

// ConditionKey is the key of a selector's entry that is not an attribute's: its
// value is the text of a condition over the whole resource.
const ConditionKey = "condition"

// Parser reads the entries of selectors. The zero value refuses conditions.
type Parser struct {
	// Condition parses the text of a condition, which is not empty.
	Condition func(text string) (Condition, error)
}

// ParseClause is Clause of a Parser that refuses conditions.
func ParseClause(entry map[string]any) (Clause, error) { return Parser{}.Clause(entry) }

// Clause reads one entry of a selector, as decoded from YAML: attribute keys to
// predicates, and ConditionKey to a condition. The error joins all problems,
// each starting with its key.
func (p Parser) Clause(entry map[string]any) (Clause, error) {
	var clause Clause
	if len(entry) == 0 {
		return clause, errors.New("an empty entry would take everything; name an attribute, or use `default: true`")
	}
	var errs []error
	for _, key := range slices.Sorted(maps.Keys(entry)) {
		var err error
		if key == ConditionKey {
			clause.Condition, err = p.condition(entry[key])
		} else {
			var predicate Predicate
			if predicate, err = ParsePredicate(entry[key]); err == nil {
				clause.Terms = append(clause.Terms, Term{Key: key, Predicate: predicate})
			}
		}
		errs = append(errs, prefixed(key, err)...)
	}
	return clause, errors.Join(errs...)
}

func (p Parser) condition(raw any) (Condition, error) {
	text, ok := raw.(string)
	switch {
	case !ok || strings.TrimSpace(text) == "":
		return nil, errors.New("wants an OTTL condition over the resource, such as 'IsMatch(attributes[\"service.name\"], \"^a\")'")
	case p.Condition == nil:
		return nil, errors.New("conditions cannot be used here; match attributes by key")
	}
	return p.Condition(text)
}

// ParsePredicate reads a predicate as decoded from YAML: a scalar (exact), a
// list (any of), or a map with exactly one of the operators glob, regex,
// exists, not, any and all.
func ParsePredicate(raw any) (Predicate, error) {
	if text, ok := scalar(raw); ok {
		return Exact{text}, nil
	}
	switch v := raw.(type) {
	case nil:
		return nil, errors.New("no value; to ask whether the attribute is there, write { exists: true }")
	case []any:
		return parseList(v)
	case map[string]any:
		return parseOperator(v)
	default:
		return nil, fmt.Errorf("cannot compare with a value of type %T; quote it, or write a list or an operator", raw)
	}
}

// scalar returns the form in which a resource attribute of raw's type and
// value compares.
func scalar(raw any) (string, bool) {
	switch raw.(type) {
	case nil, []any, map[string]any:
		return "", false
	}
	v := pcommon.NewValueEmpty()
	if v.FromRaw(raw) != nil {
		return "", false
	}
	return v.AsString(), true
}

func parseList(list []any) (Predicate, error) {
	if len(list) == 0 {
		return nil, errors.New("an empty list matches nothing; name at least one value")
	}
	var exact Exact
	var others Any
	var errs []error
	for i, item := range list {
		p, err := ParsePredicate(item)
		if err != nil {
			errs = append(errs, prefixed(strconv.Itoa(i), err)...)
			continue
		}
		if e, ok := p.(Exact); ok {
			exact = append(exact, e...)
			continue
		}
		others = append(others, p)
	}
	if len(others) == 0 {
		return exact, errors.Join(errs...)
	}
	if len(exact) > 0 {
		others = append(Any{exact}, others...)
	}
	return others, errors.Join(errs...)
}

var operators = map[string]func(any) (Predicate, error){
	"glob":   parseGlob,
	"regex":  parseRegex,
	"exists": parseExists,
}

// The recursive operators are listed apart, because a map literal that refers
// to ParsePredicate would be an initialization cycle.
func operator(name string) func(any) (Predicate, error) {
	switch name {
	case "not":
		return func(raw any) (Predicate, error) {
			p, err := ParsePredicate(raw)
			return Not{p}, err
		}
	case "any":
		return func(raw any) (Predicate, error) {
			list, ok := raw.([]any)
			if !ok {
				return nil, errors.New("wants a list of predicates")
			}
			return parseList(list)
		}
	case "all":
		return parseAll
	default:
		return operators[name]
	}
}

var operatorNames = []string{"all", "any", "exists", "glob", "not", "regex"}

func parseOperator(m map[string]any) (Predicate, error) {
	if len(m) != 1 {
		names := slices.Collect(maps.Keys(m))
		sort.Strings(names)
		return nil, fmt.Errorf("wants exactly one operator, got %q; combine several with { all: [...] } or { any: [...] }", names)
	}
	for name, raw := range m {
		parse := operator(name)
		if parse == nil {
			return nil, fmt.Errorf("unknown operator %q%s", name, suggest.Among(name, operatorNames))
		}
		p, err := parse(raw)
		if err != nil {
			return nil, errors.Join(prefixed(name, err)...)
		}
		return p, nil
	}
	panic("unreachable: the map has one entry")
}

func parseAll(raw any) (Predicate, error) {
	list, ok := raw.([]any)
	if !ok || len(list) == 0 {
		return nil, errors.New("wants a list of predicates")
	}
	var all All
	var errs []error
	for i, item := range list {
		p, err := ParsePredicate(item)
		if err != nil {
			errs = append(errs, prefixed(strconv.Itoa(i), err)...)
			continue
		}
		all = append(all, p)
	}
	return all, errors.Join(errs...)
}

func parseGlob(raw any) (Predicate, error) {
	text, ok := raw.(string)
	if !ok || text == "" {
		return nil, errors.New("wants a pattern such as \"checkout-*\"")
	}
	return Glob(text), nil
}

func parseRegex(raw any) (Predicate, error) {
	text, ok := raw.(string)
	if !ok || text == "" {
		return nil, errors.New("wants an RE2 expression such as \"^load-\"")
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, fmt.Errorf("%w; the syntax is RE2, which has no look-around and no back-references", err)
	}
	return Regex{re}, nil
}

func parseExists(raw any) (Predicate, error) {
	want, ok := raw.(bool)
	if !ok {
		return nil, errors.New("wants true or false")
	}
	return Exists(want), nil
}

// Problems returns the single errors that err joins, however deeply.
func Problems(err error) []error {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var errs []error
	for _, e := range joined.Unwrap() {
		errs = append(errs, Problems(e)...)
	}
	return errs
}

// prefixed puts the path element in front of each of the errors that err joins.
func prefixed(element string, err error) []error {
	errs := Problems(err)
	for i, e := range errs {
		errs[i] = fmt.Errorf("%s: %w", element, e)
	}
	return errs
}
