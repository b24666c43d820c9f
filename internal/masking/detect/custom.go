package detect

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// Custom is a detector of the user's: a regular expression and what a match
// must satisfy beside it. It is safe for concurrent use.
type Custom struct {
	pattern *regexp.Regexp
	next    *regexp.Regexp // finds a match in its first group, not at the first character
	literal string         // in every match; may be empty

	// Luhn wants the digits of a match to end in a check digit.
	Luhn bool
	// MinEntropy is what a match must have of bits per byte.
	MinEntropy float64
}

// NewCustom compiles a pattern in the syntax of RE2. If it has capturing groups
// the first one that holds text is what is found, and if none does, as where the
// other side of an alternation matches, the whole match. A pattern that matches
// the empty text is an error.
func NewCustom(pattern string) (*Custom, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("%w; the syntax is RE2, which has no look-around and no back-references", err)
	}
	if re.MatchString("") {
		return nil, fmt.Errorf("the pattern %q matches the empty text, and so everywhere", pattern)
	}
	next, err := nextMatch(pattern)
	if err != nil {
		return nil, err
	}
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, err
	}
	return &Custom{pattern: re, next: next, literal: requiredLiteral(parsed.Simplify())}, nil
}

// nextMatch compiles a pattern to go on with behind the last finding. It is for
// what follows, with the byte before, which anchors and word boundaries look at.
func nextMatch(pattern string) (*regexp.Regexp, error) {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, err
	}
	neverAtStart(parsed)
	return regexp.Compile(`\A(?s:.)(?s:.*?)(` + parsed.String() + `)`)
}

// neverAtStart makes nothing match what asks for the start of the text.
func neverAtStart(re *syntax.Regexp) {
	if re.Op == syntax.OpBeginText {
		re.Op = syntax.OpNoMatch
	}
	for _, sub := range re.Sub {
		neverAtStart(sub)
	}
}

// requiredLiteral returns the longest text, as far as it is easy to see, that
// each match contains. A literal in any case is none: there are more cases of some
// letters than two, such as the Kelvin sign of k.
func requiredLiteral(re *syntax.Regexp) string {
	switch re.Op {
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase == 0 {
			return longestEncoded(re.Rune)
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

// longestEncoded returns the longest part of a literal that stands in each match
// in these bytes. That is not so of U+FFFD, which RE2 takes invalid UTF-8 for.
func longestEncoded(literal []rune) string {
	longest := ""
	for part := range strings.SplitSeq(string(literal), string(utf8.RuneError)) {
		if len(part) > len(longest) {
			longest = part
		}
	}
	return longest
}

// possible reports whether s holds what all matches hold.
func (c *Custom) possible(s string) bool { return strings.Contains(s, c.literal) }

// find goes on behind each finding, not behind its match: in 1,2,3 the pattern
// (?:^|,)(\d)(?:,|$) would otherwise find no 2, whose comma is part of a match.
func (c *Custom) find(p *Pass, s string, id ID) {
	if !c.pattern.MatchString(s) {
		return
	}
	base := 0 // where m counts from
	for m := c.pattern.FindStringSubmatchIndex(s); m != nil; {
		start, end := foundBy(m)
		start, end = base+start, base+end
		switch {
		case start == end: // as \b matches
			end++
		case c.Luhn && !digitsPassLuhn(s[start:end]), c.MinEntropy > 0 && entropy(s[start:end]) < c.MinEntropy:
			p.Rejected[id]++
		default:
			p.add(start, end, id)
		}
		if end >= len(s) {
			return
		}
		base = end - 1
		if m = c.next.FindStringSubmatchIndex(s[base:]); m != nil {
			m = m[2:]
		}
	}
}

// foundBy returns which part of a match is the finding. The match has the places
// of itself and of its groups, -1 for those that took no part.
func foundBy(match []int) (start, end int) {
	for groups := match[2:]; len(groups) > 0; groups = groups[2:] {
		if groups[0] < groups[1] {
			return groups[0], groups[1]
		}
	}
	return match[0], match[1]
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
