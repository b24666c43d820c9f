package detect

import "strings"

// sqlLiterals finds the literals of a query: strings and numbers in SQL, values
// in JSON, and all but the first word where the hint says so. Quotes are part
// of the finding.
//
// Dialects differ in what a backslash, a hash and two dashes mean, and we may
// not know the dialect. So the text is read in every way that its bytes allow,
// and what is a literal in one of them is a finding.
func (p *Pass) sqlLiterals(s string, hints Hints) {
	text := strings.TrimLeft(s, " \t\r\n(")
	if hints&HintKeyValueSQL != 0 {
		p.arguments(s)
		return
	}
	if text != "" && (text[0] == '{' || text[0] == '[') {
		p.jsonLiterals(s)
		return
	}
	dialects := 1
	if strings.IndexByte(s, '\\') >= 0 {
		dialects |= backslashEscapes
	}
	if strings.IndexByte(s, '#') >= 0 || strings.Contains(s, "--") || strings.Contains(s, "/*") {
		dialects |= comments
	}
	for d := range 8 {
		if d&1 == 0 && d&^dialects == 0 {
			p.sqlDialect(s, d, hints&HintDoubleQuotedSQL != 0)
		}
	}
}

// What bytes may mean in SQL, as bits.
const (
	backslashEscapes = 2
	comments         = 4
)

// sqlDialect finds the literals of SQL.
func (p *Pass) sqlDialect(s string, dialect int, doubleQuoted bool) {
	for i := 0; i < len(s); {
		start := i
		switch b := s[i]; {
		case b == '\'' || b == '"' && doubleQuoted:
			i = sqlStringEnd(s, i, dialect&backslashEscapes != 0)
			p.add(start, i, SQLLiteral)
		case b == '"' || b == '`':
			i = sqlStringEnd(s, i, false)
		case b == '$':
			i = p.dollar(s, i)
		case is(b, digit) || b == '.' && at(s, i+1, digit):
			i = sqlNumberEnd(s, i)
			p.add(start, i, SQLLiteral)
		case startsName(b):
			i = p.sqlWord(s, i)
		case dialect&comments != 0 && startsComment(s, i):
			i = commentEnd(s, i)
		default:
			i++
		}
	}
}

func startsName(b byte) bool { return is(b, letter|nonASCII) || b == '_' || b == '@' }

// sqlNumberEnd returns the end of the number at i.
func sqlNumberEnd(s string, i int) int {
	for i < len(s) && (is(s[i], alnum) || s[i] == '.' || i > 0 && (s[i] == '+' || s[i] == '-') && s[i-1]|0x20 == 'e' && at(s, i+1, digit)) {
		i++
	}
	return i
}

// sqlWord returns the end of the name or keyword at i, with what Oracle quotes
// by one.
func (p *Pass) sqlWord(s string, i int) int {
	start := i
	for i++; i < len(s) && (is(s[i], alnum|nonASCII) || s[i] == '_' || s[i] == '$'); {
		i++
	}
	word := s[start:i]
	if byteAt(s, i) != '\'' || !equalFold(word, "q") && !equalFold(word, "nq") {
		return i
	}
	end := oracleQuoteEnd(s, i)
	p.add(i, end, SQLLiteral)
	return end
}

func startsComment(s string, i int) bool {
	return s[i] == '#' || strings.HasPrefix(s[i:], "--") || strings.HasPrefix(s[i:], "/*")
}

func commentEnd(s string, i int) int {
	if s[i] == '/' {
		return endOf(s, i+2, "*/")
	}
	return endOf(s, i, "\n")
}

// endOf returns the end of the next mark behind i, or of s.
func endOf(s string, i int, mark string) int {
	if n := strings.Index(s[i:], mark); n >= 0 {
		return i + n + len(mark)
	}
	return len(s)
}

// sqlStringEnd returns the end of the quoted text at i, where a quote within is
// doubled, or escaped. Text without an end goes to the end of s.
func sqlStringEnd(s string, i int, escapes bool) int {
	quote := s[i]
	for i++; i < len(s); i++ {
		switch {
		case escapes && s[i] == '\\':
			i++
		case s[i] == quote && byteAt(s, i+1) == quote:
			i++
		case s[i] == quote:
			return i + 1
		}
	}
	return len(s)
}

// oracleQuoteEnd returns the end of q'[...]', whose quote is at i.
func oracleQuoteEnd(s string, i int) int {
	closing := byteAt(s, i+1)
	switch closing {
	case '[':
		closing = ']'
	case '{':
		closing = '}'
	case '(':
		closing = ')'
	case '<':
		closing = '>'
	}
	for j := i + 2; j < len(s); j++ {
		if s[j] == closing && byteAt(s, j+1) == '\'' {
			return j + 2
		}
	}
	return len(s)
}

// dollar looks at a dollar sign: a parameter ($1), or text between two equal
// tags ($$...$$, $tag$...$tag$), which is a finding. It returns the end.
func (p *Pass) dollar(s string, i int) int {
	end := i + 1
	if at(s, end, digit) {
		return runEnd(s, end, digit)
	}
	for at(s, end, alnum|nonASCII) || byteAt(s, end) == '_' {
		end++
	}
	if byteAt(s, end) != '$' {
		return end
	}
	tag := s[i : end+1]
	end = endOf(s, end+1, tag)
	p.add(i, end, SQLLiteral)
	return end
}

// jsonLiterals finds the strings and numbers of a query in JSON. What stands
// before a colon is a name and stays.
func (p *Pass) jsonLiterals(s string) {
	for i := 0; i < len(s); {
		start := i
		switch b := s[i]; {
		case b == '"' || b == '\'':
			if end := quotedEnd(s, i+1, b); end >= 0 {
				i = end + 1
			} else {
				i = len(s)
			}
			if next := strings.TrimLeft(s[i:], " \t\r\n"); next != "" && next[0] == ':' {
				continue
			}
			p.add(start, i, SQLLiteral)
		case is(b, digit):
			i = runEnd(s, i, alnum|tokenMark)
			p.add(start, i, SQLLiteral)
		case is(b, letter|nonASCII) || b == '_':
			i = runEnd(s, i, alnum|nonASCII|tokenMark)
		default:
			i++
		}
	}
}

// arguments finds all but the first word of every line. A word that is a
// question mark was found before.
func (p *Pass) arguments(s string) {
	first := true
	for i := 0; i < len(s); {
		start := i
		switch {
		case s[i] == '\n':
			first = true
			i++
		case s[i] <= ' ':
			i++
		default:
			if quote := s[i]; quote == '"' || quote == '\'' {
				if i = quotedEnd(s, i+1, quote) + 1; i == 0 {
					i = len(s)
				}
			}
			for i < len(s) && s[i] > ' ' {
				i++
			}
			if !first && s[start:i] != "?" {
				p.add(start, i, SQLLiteral)
			}
			first = false
		}
	}
}
