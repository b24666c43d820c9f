package match

import (
	"fmt"
	"regexp"
	"slices"
)

// Predicate decides over the value of one attribute. Implementations are
// immutable and safe for concurrent use.
type Predicate interface {
	// Holds reports whether the attribute satisfies the predicate. If present
	// is false, the resource has no such attribute and value is "".
	Holds(value string, present bool) bool
	// Stringer gives the predicate as users write it, in YAML's flow style.
	fmt.Stringer
}

// Exact holds when the attribute is present and equals one of the values.
type Exact []string

// Holds implements Predicate.
func (p Exact) Holds(value string, present bool) bool {
	return present && slices.Contains(p, value)
}

// Exists holds when the attribute's presence is as stated. An empty value is
// present.
type Exists bool

// Holds implements Predicate.
func (p Exists) Holds(_ string, present bool) bool { return present == bool(p) }

// Glob holds when the attribute is present and its whole value matches the
// pattern: '*' stands for any characters, also none, and '?' for exactly one
// byte; every other byte stands for itself.
type Glob string

// Holds implements Predicate in O(len(pattern) * len(value)) at worst: only
// the latest '*' is ever retried.
func (p Glob) Holds(value string, present bool) bool {
	if !present {
		return false
	}
	i, j := 0, 0
	star, mark := -1, 0
	for j < len(value) {
		switch {
		case i < len(p) && p[i] == '*':
			star, mark = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == value[j]):
			i++
			j++
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}

// Regex holds when the attribute is present and the RE2 expression finds a
// match anywhere in its value; anchor it to match the whole value.
type Regex struct{ *regexp.Regexp }

// Holds implements Predicate.
func (p Regex) Holds(value string, present bool) bool { return present && p.MatchString(value) }

// Not holds when its predicate does not: `not: prod` also takes resources that
// lack the attribute.
type Not struct{ Predicate }

// Holds implements Predicate.
func (p Not) Holds(value string, present bool) bool { return !p.Predicate.Holds(value, present) }

// Any holds when one of its predicates does.
type Any []Predicate

// Holds implements Predicate.
func (p Any) Holds(value string, present bool) bool {
	for _, q := range p {
		if q.Holds(value, present) {
			return true
		}
	}
	return false
}

// All holds when each of its predicates does.
type All []Predicate

// Holds implements Predicate.
func (p All) Holds(value string, present bool) bool {
	for _, q := range p {
		if !q.Holds(value, present) {
			return false
		}
	}
	return true
}

// literals calls yield with each value that p compares for equality, and
// reports whether p depends on values in any other way.
func literals(p Predicate, yield func(string)) (open bool) {
	switch p := p.(type) {
	case Exact:
		for _, v := range p {
			yield(v)
		}
	case Exists:
	case Not:
		return literals(p.Predicate, yield)
	case Any:
		return anyOpen(p, yield)
	case All:
		return anyOpen(p, yield)
	default:
		return true
	}
	return false
}

func anyOpen(ps []Predicate, yield func(string)) (open bool) {
	for _, q := range ps {
		open = literals(q, yield) || open
	}
	return open
}
