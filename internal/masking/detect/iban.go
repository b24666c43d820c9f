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
	for i := 2; i+minIBAN-2 <= len(s); i++ {
		// A country and two digits. Of those, one byte in two tells.
		if !is(s[i+1], digit) {
			i++
			continue
		}
		if !is(s[i], digit) || !is(s[i-1], letter) || !is(s[i-2], letter) {
			continue
		}
		want := int(ibanLength[s[i-2]&^0x20-'A'][s[i-1]&^0x20-'A'])
		if want == 0 || !startsWord(s, i-2) {
			continue
		}
		var buf [maxIBAN]byte
		end := ibanChars(buf[:want], s, i-2)
		switch {
		case end == 0 || at(s, end, alnum):
		case !ibanChecks(buf[:want]):
			p.Rejected[IBAN]++
		default:
			p.add(i-2, end, IBAN)
			i = end
		}
	}
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
