package detect

import "strings"

// jsonFields finds the values of these keys in text that holds JSON, or what
// looks like it: "key": value, also with single quotes and inside a string,
// where the quotes have backslashes. Strings are found without their quotes.
func (p *Pass) jsonFields(s string, keys foldSet) {
	for from := 0; ; {
		i := strings.IndexByte(s[from:], ':')
		if i < 0 {
			return
		}
		colon := from + i
		from = colon + 1
		if !isQuotedKey(s[:colon], keys) {
			continue
		}
		start, end := jsonValue(s, from)
		if start < end && !isConstant(s[start:end]) {
			p.add(start, end, JSONField)
			from = end
		}
	}
}

// isQuotedKey reports whether s ends with one of the keys in quotes.
func isQuotedKey(s string, keys foldSet) bool {
	s = strings.TrimRight(s, " \t")
	if s == "" || s[len(s)-1] != '"' && s[len(s)-1] != '\'' {
		return false
	}
	quote := s[len(s)-1]
	s = strings.TrimRight(s[:len(s)-1], `\`)
	open := strings.LastIndexByte(s[max(0, len(s)-keys.longest-1):], quote)
	if open < 0 {
		return false
	}
	key := s[max(0, len(s)-keys.longest-1)+open+1:]
	return key != "" && keys.has(key)
}

// isConstant reports whether a JSON value tells nothing.
func isConstant(s string) bool { return s == "null" || s == "true" || s == "false" }

// jsonValue returns the place of the value that follows at i.
func jsonValue(s string, i int) (start, end int) {
	for byteAt(s, i) == ' ' || byteAt(s, i) == '\t' || byteAt(s, i) == '\n' || byteAt(s, i) == '\r' {
		i++
	}
	start = i
	for byteAt(s, i) == '\\' {
		i++
	}
	switch quote := byteAt(s, i); quote {
	case '"', '\'':
		return i + 1, escapedEnd(s, i+1, s[start:i+1])
	case '{', '[':
		return start, bracketEnd(s, start)
	}
	end = start
	for end < len(s) && s[end] != ',' && s[end] != '}' && s[end] != ']' && s[end] > ' ' {
		end++
	}
	return start, end
}

// escapedEnd returns where the text at i ends that the quote, with the
// backslashes before it, encloses. Without an end that is the end of s.
func escapedEnd(s string, i int, quote string) int {
	if len(quote) == 1 {
		if end := quotedEnd(s, i, quote[0]); end >= 0 {
			return end
		}
		return len(s)
	}
	for {
		n := strings.Index(s[i:], quote)
		if n < 0 {
			return len(s)
		}
		if i += n; byteAt(s, i-1) != '\\' {
			return i
		}
		i++
	}
}

// bracketEnd returns the end of the object or list that starts at i, or of s.
func bracketEnd(s string, i int) int {
	depth := 0
	for ; i < len(s); i++ {
		switch s[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		case '"':
			if end := quotedEnd(s, i+1, '"'); end >= 0 {
				i = end
			}
		}
	}
	return len(s)
}

// sqlFields finds the literals that these columns are compared with, or set
// to: key = 'value'.
func (p *Pass) sqlFields(s string, keys foldSet) {
	for from := 0; ; {
		i := strings.IndexByte(s[from:], '=')
		if i < 0 {
			return
		}
		equals := from + i
		from = equals + 1
		name := strings.TrimRight(s[:equals], " \t<>!:")
		name = strings.TrimRight(name, "\"`]")
		start := runStart(name, len(name), 0, alnum|tokenMark)
		if name = name[start:]; name == "" {
			continue
		}
		if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
			name = name[dot+1:]
		}
		if name == "" || !keys.has(name) {
			continue
		}
		value := from
		for byteAt(s, value) == ' ' {
			value++
		}
		if value == len(s) {
			return
		}
		end := assignedEnd(s, value)
		if s[value] == '?' || s[value] == ':' || s[value] == '$' || s[value] == '@' {
			continue // a parameter
		}
		if end > value {
			p.addUnquoted(s, value, end, SQLField)
			from = end
		}
	}
}

// pathSegments finds what follows these names in a path: /key/value.
func (p *Pass) pathSegments(s string, keys foldSet) {
	for from := 0; ; {
		i := strings.IndexByte(s[from:], '/')
		if i < 0 {
			return
		}
		start := from + i + 1
		from = start
		end := segmentEnd(s, start)
		if end == start || byteAt(s, end) != '/' || !keys.has(s[start:end]) {
			continue
		}
		value := end + 1
		if end = segmentEnd(s, value); end > value && s[value] != '{' && s[value] != ':' {
			p.add(value, end, PathSegment)
			from = end
		}
	}
}

func segmentEnd(s string, i int) int {
	for i < len(s) && s[i] != '/' && s[i] != '?' && s[i] != '#' && !endsURL(s[i]) {
		i++
	}
	return i
}
