package detect

// nationalID describes a national identity number.
type nationalID struct {
	id ID
	// forms are what it looks like: d is a digit, x a letter or digit, all else is
	// itself.
	forms []string
	// checks says whether the letters and digits are a number that can have
	// been issued. Letters are capitals.
	checks func(number []byte) bool
}

const (
	minNationalID = 7  // digits
	maxNationalID = 15 // digits and letters
)

// nationalIDTable lists the numbers that have a check digit.
var nationalIDTable = []nationalID{
	{BRCPF, []string{"ddddddddddd", "ddd.ddd.ddd-dd"}, isCPF},
	{DETaxID, []string{"ddddddddddd", "dd ddd ddd ddd"}, isTaxID},
	{ESDNI, []string{"ddddddddx", "dddddddd-x", "xdddddddx", "x-ddddddd-x"}, isDNI},
	{FRNIR, []string{"dddddxddddddddd", "d dd dd dx ddd ddd dd"}, isNIR},
	{INAadhaar, []string{"dddddddddddd", "dddd dddd dddd", "dddd-dddd-dddd"}, isAadhaar},
	{NLBSN, []string{"ddddddddd"}, isBSN},
	{PLPESEL, []string{"ddddddddddd"}, isPESEL},
	{SEPersonnummer, []string{"dddddddddd", "dddddd-dddd", "dddddd+dddd", "dddddddddddd", "dddddddd-dddd"}, isPersonnummer},
	{UKNHS, []string{"dddddddddd", "ddd ddd dddd", "ddd-ddd-dddd"}, isNHS},
}

// nationalIDs finds national identity numbers.
func (p *Pass) nationalIDs(s string, set Set) {
	for i := 0; i+9 <= len(s); i++ {
		if !is(s[i], alnum) || !startsNumber(s, i) {
			continue
		}
		for k := range nationalIDTable {
			if n := &nationalIDTable[k]; set.Has(n.id) {
				p.nationalID(s, i, n)
			}
		}
	}
}

func (p *Pass) nationalID(s string, start int, n *nationalID) {
	for _, form := range n.forms {
		end := start + len(form)
		if end > len(s) || at(s, end, alnum) || !hasForm(s[start:end], form) {
			continue
		}
		var buf [maxNationalID]byte
		size := 0
		for _, b := range []byte(s[start:end]) {
			if is(b, lower) {
				b &^= 0x20
			}
			if is(b, alnum) {
				buf[size] = b
				size++
			}
		}
		if n.checks(buf[:size]) {
			p.add(start, end, n.id)
			return
		}
		p.Rejected[n.id]++
	}
}

// weighted returns the sum of the digits, each times its weight.
func weighted(d []byte, weights ...int) int {
	sum := 0
	for i, w := range weights {
		sum += w * int(d[i]-'0')
	}
	return sum
}

func isCPF(d []byte) bool {
	check := func(sum int) byte { return '0' + byte(10*sum%11%10) }
	return !allEqual(d) &&
		d[9] == check(weighted(d, 10, 9, 8, 7, 6, 5, 4, 3, 2)) &&
		d[10] == check(weighted(d, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2))
}

// isTaxID checks by ISO 7064 mod 11,10 and that of the first ten digits one
// occurs two or three times.
func isTaxID(d []byte) bool {
	var seen [10]int
	product := 10
	for _, b := range d[:10] {
		seen[b-'0']++
		sum := (int(b-'0') + product) % 10
		if sum == 0 {
			sum = 10
		}
		product = 2 * sum % 11
	}
	missing := 0
	for _, n := range seen {
		if n > 3 {
			return false
		}
		if n == 0 {
			missing++
		}
	}
	return d[0] != '0' && (missing == 1 || missing == 2) && int(d[10]-'0') == (11-product)%10
}

func isDNI(d []byte) bool {
	var digits [8]byte
	copy(digits[:], d)
	switch d[0] {
	case 'X', 'Y', 'Z':
		digits[0] = '0' + d[0] - 'X'
	default:
		if !is(d[0], digit) {
			return false
		}
	}
	n := 0
	for _, b := range digits {
		n = 10*n + int(b-'0')
	}
	return d[8] == "TRWAGMYFPDXBNJZSQVHLCKE"[n%23]
}

func isNIR(d []byte) bool {
	if d[0] < '1' || d[0] > '4' {
		return false
	}
	department := 0 // what the departments of Corsica count instead of their letter
	var digits [13]byte
	copy(digits[:], d)
	switch d[6] {
	case 'A':
		digits[6], department = '0', 1_000_000
	case 'B':
		digits[6], department = '0', 2_000_000
	default:
		if !is(d[6], digit) {
			return false
		}
	}
	n := 0
	for _, b := range digits {
		n = 10*n + int(b-'0')
	}
	return 97-(n-department)%97 == int(d[13]-'0')*10+int(d[14]-'0')
}

func isBSN(d []byte) bool {
	return weighted(d, 9, 8, 7, 6, 5, 4, 3, 2, -1)%11 == 0 && !allEqual(d)
}

func isPESEL(d []byte) bool {
	month := int(d[2]-'0')*10 + int(d[3]-'0')
	return month%20 >= 1 && month%20 <= 12 && weighted(d, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)%10 == 0
}

func isPersonnummer(d []byte) bool {
	if len(d) == 12 {
		if d[0] != '1' && d[0] != '2' {
			return false
		}
		d = d[2:]
	}
	month, day := int(d[2]-'0')*10+int(d[3]-'0'), int(d[4]-'0')*10+int(d[5]-'0')
	return month >= 1 && month <= 12 && day%60 >= 1 && day%60 <= 31 && luhn(d)
}

func isNHS(d []byte) bool {
	check := 11 - weighted(d, 10, 9, 8, 7, 6, 5, 4, 3, 2)%11
	return check%11 == int(d[9]-'0') && !allEqual(d)
}

// isAadhaar checks by the method of Verhoeff.
func isAadhaar(d []byte) bool {
	if d[0] < '2' {
		return false
	}
	c := byte(0)
	for i := range d {
		c = dihedral[c][permute(i%8, d[len(d)-1-i]-'0')]
	}
	return c == 0
}

// dihedral is the multiplication table of the dihedral group of order ten.
var dihedral = func() (t [10][10]byte) {
	for a := range 10 {
		for b := range 10 {
			switch {
			case a < 5 && b < 5:
				t[a][b] = byte((a + b) % 5)
			case a < 5:
				t[a][b] = byte((a+b)%5 + 5)
			case b < 5:
				t[a][b] = byte((a-b)%5 + 5)
			default:
				t[a][b] = byte((a - b + 5) % 5)
			}
		}
	}
	return t
}()

// permute applies Verhoeff's permutation n times.
func permute(n int, d byte) byte {
	for range n {
		d = [10]byte{1, 5, 7, 6, 2, 8, 3, 0, 9, 4}[d]
	}
	return d
}
