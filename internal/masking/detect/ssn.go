package detect

import "strings"

// ssns finds US social security numbers: three, two and four digits with
// dashes, of an area and a group that can be. With the hint nine digits in a
// row are enough.
func (p *Pass) ssns(s string, hints Hints) {
	for from := 0; ; {
		i := strings.IndexByte(s[from:], '-')
		if i < 0 {
			break
		}
		start := from + i - 3
		from += i + 1
		end := start + len("ddd-dd-dddd")
		if start < 0 || end > len(s) || !hasForm(s[start:end], "ddd-dd-dddd") || !standsAlone(s, start, end) {
			continue
		}
		p.ssn(start, end, s[start:start+3], s[start+4:start+6], s[start+7:end])
	}
	if hints&HintSSN == 0 {
		return
	}
	for i := 0; i < len(s); i++ {
		if !is(s[i], digit) {
			continue
		}
		end := runEnd(s, i, digit)
		if end-i == 9 && startsWord(s, i) && !at(s, end, alnum) {
			p.ssn(i, end, s[i:i+3], s[i+3:i+5], s[i+5:end])
		}
		i = end
	}
}

// standsAlone reports whether a number is part of no longer one, with dashes.
func standsAlone(s string, start, end int) bool {
	return startsNumber(s, start) && byteAt(s, start-1) != '-' && !at(s, end, alnum) && byteAt(s, end) != '-'
}

func (p *Pass) ssn(start, end int, area, group, serial string) {
	if area == "000" || area == "666" || area[0] == '9' || group == "00" || serial == "0000" {
		p.Rejected[USSSN]++
		return
	}
	p.add(start, end, USSSN)
}

// hasForm reports whether s has the form: d is a digit, x a letter or digit, all
// else is itself. They are equally long.
func hasForm(s, form string) bool {
	for i := range len(form) {
		switch form[i] {
		case 'd':
			if !is(s[i], digit) {
				return false
			}
		case 'x':
			if !is(s[i], alnum) {
				return false
			}
		default:
			if s[i] != form[i] {
				return false
			}
		}
	}
	return true
}
