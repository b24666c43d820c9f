package detect

const (
	minIBAN = 15
	maxIBAN = 34
)

// ibanLengths maps countries to the length of their IBANs.
var ibanLengths = map[string]int{
	"AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29,
	"BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29,
	"ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28,
	"HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28,
	"LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MN": 20,
	"MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25,
	"QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27,
	"SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30,
}

// ibanLength is ibanLengths by the two letters, counted from A.
var ibanLength = func() (t [26][26]uint8) {
	for country, n := range ibanLengths {
		t[country[0]-'A'][country[1]-'A'] = uint8(n)
	}
	return t
}()

// ibans finds international bank account numbers, in capitals or not, plain or
// in groups of four: of the country's length, with at least seven digits and
// right check digits.
func (p *Pass) ibans(s string) {
	for start, n := nextIBAN(s, 0); n > 0; start, n = nextIBAN(s, start) {
		var buf [maxIBAN]byte
		end := ibanChars(buf[:n], s, start)
		switch {
		case end == 0 || at(s, end, alnum):
		case !ibanChecks(buf[:n]):
			p.Rejected[IBAN]++
		default:
			p.add(start, end, IBAN)
			start = end
			continue
		}
		start++
	}
}

// nextIBAN returns where the next word from there on begins with a country and
// two digits, and the length of that country's IBANs, or 0 if there is none.
func nextIBAN(s string, from int) (start, length int) {
	for i := from + 2; i+minIBAN-2 <= len(s); i++ {
		// Of the two digits, one byte in two tells.
		if !is(s[i+1], digit) {
			i++
			continue
		}
		if !is(s[i], digit) || !is(s[i-1], letter) || !is(s[i-2], letter) {
			continue
		}
		if n := int(ibanLength[s[i-2]&^0x20-'A'][s[i-1]&^0x20-'A']); n > 0 && startsWord(s, i-2) {
			return i - 2, n
		}
	}
	return 0, 0
}

// ibanChars fills buf with the letters and digits from start on, in capitals.
// The same space or dash may stand behind every fourth. It returns the end, or 0
// if there are not enough.
func ibanChars(buf []byte, s string, start int) int {
	separator := byteAt(s, start+4)
	grouped := separator == ' ' || separator == '-'
	i := start
	for n := range buf {
		if grouped && n > 0 && n%4 == 0 {
			if byteAt(s, i) != separator {
				return 0
			}
			i++
		}
		if !at(s, i, alnum) {
			return 0
		}
		buf[n] = s[i]
		if is(s[i], lower) {
			buf[n] &^= 0x20
		}
		i++
	}
	return i
}

// ibanChecks reports whether an IBAN has enough digits, and the right check
// digits by ISO 7064 mod 97-10.
func ibanChecks(b []byte) bool {
	digits, rest := 0, 0
	for i := range b {
		c := b[(i+4)%len(b)]
		if is(c, digit) {
			digits++
			rest = (10*rest + int(c-'0')) % 97
		} else {
			rest = (100*rest + int(c-'A') + 10) % 97
		}
	}
	return rest == 1 && digits >= 7
}
