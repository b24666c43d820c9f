package detect

import "strings"

// fileEndings are what follows the last dot in "icon@2x.png" and the like.
var fileEndings = newFoldSet([]string{
	"png", "jpg", "jpeg", "gif", "svg", "webp", "ico", "js", "mjs", "css", "ts", "tsx", "json", "html", "map", "tgz", "yaml", "yml", "so", "py", "rb", "go",
})

// emails finds mail addresses: local part, an at sign (or %40), and a name of
// two labels or more that ends in letters.
func (p *Pass) emails(s string) {
	for from := 0; ; {
		i, width := nextAt(s, from)
		if i < 0 {
			return
		}
		floor := from
		from = i + width
		start := runStart(s, i, floor, localByte)
		// What cannot begin an address belongs to what stands before it.
		for start < i && (s[start] == '.' || s[start] == '\'' || s[start] == '-') {
			start++
		}
		if start == i {
			continue
		}
		end := domainEnd(s, i+width)
		if end == 0 {
			p.Rejected[Email]++
			continue
		}
		p.add(start, end, Email)
		from = end
	}
}

// nextAt returns the place of the next at sign, or its escape, and its length.
// The place is negative if there is none.
func nextAt(s string, from int) (place, width int) {
	place, width = strings.IndexByte(s[from:], '@'), 1
	if escaped := strings.Index(s[from:], "%40"); escaped >= 0 && (place < 0 || escaped < place) {
		place, width = escaped, 3
	}
	if place >= 0 {
		place += from
	}
	return place, width
}

// domainEnd returns the end of the mail domain that starts at i, or 0 if there
// is none.
func domainEnd(s string, i int) int {
	labels, label := 0, i
	end := 0
	for ; ; i++ {
		if i < len(s) && (is(s[i], alnum|nonASCII) || s[i] == '-' && i > label) {
			continue
		}
		if i == label {
			break
		}
		labels++
		if labels > 1 && isTopLevel(s[label:i]) {
			end = i
		}
		if byteAt(s, i) != '.' {
			break
		}
		label = i + 1
	}
	return end
}

// isTopLevel reports whether a label can be the last one of a mail domain.
func isTopLevel(label string) bool {
	if len(label) < 2 {
		return false
	}
	if hasFoldPrefix(label, "xn--") {
		return true
	}
	for i := range len(label) {
		if !is(label[i], letter|nonASCII) {
			return false
		}
	}
	return !fileEndings.has(label)
}
