package detect

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// Custom is a detector of the user's: a regular expression and what a match
// must satisfy beside it. It is safe for concurrent use.
type Custom struct {
	pattern *regexp.Regexp
	group   int
	literal string // in every match; may be empty

	// Luhn wants the digits of a match to end in a check digit.
	Luhn bool
	// MinEntropy is what a match must have of bits per byte.
	MinEntropy float64
}

// NewCustom compiles a pattern in the syntax of RE2. If it has capturing groups
// the first is what is found, not the whole match. A pattern that matches the
// empty text is an error.
func NewCustom(pattern string) (*Custom, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("%w; the syntax is RE2, which has no look-around and no back-references", err)
	}
	if re.MatchString("") {
		return nil, fmt.Errorf("the pattern %q matches the empty text, and so everywhere", pattern)
	}
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, err
	}
	return &Custom{pattern: re, group: min(1, re.NumSubexp()), literal: requiredLiteral(parsed.Simplify())}, nil
}

// requiredLiteral returns the longest text, as far as it is easy to see, that
// each match contains.
func requiredLiteral(re *syntax.Regexp) string {
	switch re.Op {
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase == 0 {
			return string(re.Rune)
		}
	case syntax.OpCapture, syntax.OpPlus:
		return requiredLiteral(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return requiredLiteral(re.Sub[0])
		}
	case syntax.OpConcat:
		longest := ""
		for _, sub := range re.Sub {
			if l := requiredLiteral(sub); len(l) > len(longest) {
				longest = l
			}
		}
		return longest
	}
	return ""
}

// possible reports whether s holds what all matches hold.
func (c *Custom) possible(s string) bool { return strings.Contains(s, c.literal) }

func (c *Custom) find(p *Pass, s string, id ID) {
	if !c.pattern.MatchString(s) {
		return
	}
	for _, m := range c.pattern.FindAllStringSubmatchIndex(s, -1) {
		start, end := m[2*c.group], m[2*c.group+1]
		switch {
		case start < 0 || start == end: // the group took no part in the match
		case c.Luhn && !digitsPassLuhn(s[start:end]), c.MinEntropy > 0 && entropy(s[start:end]) < c.MinEntropy:
			p.Rejected[id]++
		default:
			p.add(start, end, id)
		}
	}
}

// digitsPassLuhn checks the digits of s, whatever stands between them.
func digitsPassLuhn(s string) bool {
	var digits []byte
	for i := range len(s) {
		if is(s[i], digit) {
			digits = append(digits, s[i])
		}
	}
	return len(digits) > 1 && luhn(digits)
}
