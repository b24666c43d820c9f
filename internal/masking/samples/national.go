package samples

import "fmt"

// nationalID returns a national identity number with check digits that fit. It
// looks for them by trying: the rules are written down here a second time, as
// sums that must divide.
func (r Rand) nationalID(kind string) string {
	switch kind {
	case "es_dni":
		n := r.IntN(100_000_000)
		return fmt.Sprintf("%08d%c", n, "TRWAGMYFPDXBNJZSQVHLCKE"[n%23])
	case "fr_nir":
		n := fmt.Sprintf("%d%02d%02d%02d%03d%03d", r.between(1, 2), r.IntN(100), r.between(1, 12), r.between(1, 95), r.between(1, 900), r.between(1, 999))
		v := 0
		for _, c := range n {
			v = (10*v + int(c-'0')) % 97
		}
		return fmt.Sprintf("%s%02d", n, 97-v)
	case "se_personnummer":
		n := fmt.Sprintf("%02d%02d%02d%03d", r.IntN(100), r.between(1, 12), r.between(1, 28), r.IntN(1000))
		n += luhnDigit(n)
		return n[:6] + r.one("-", "") + n[6:]
	}
	for {
		if n := r.candidate(kind); n != "" {
			return n
		}
	}
}

// candidate returns a random number of this kind if its check digit fits, and
// nothing otherwise.
func (r Rand) candidate(kind string) string {
	sum := func(n string, weights ...int) int {
		s := 0
		for i, w := range weights {
			s += w * int(n[i]-'0')
		}
		return s
	}
	switch kind {
	case "br_cpf":
		n := r.chars(digits, 11)
		if sum(n, 10, 9, 8, 7, 6, 5, 4, 3, 2)*10%11%10 == int(n[9]-'0') && sum(n, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2)*10%11%10 == int(n[10]-'0') {
			return r.one(n, n[:3]+"."+n[3:6]+"."+n[6:9]+"-"+n[9:])
		}
	case "nl_bsn":
		if n := r.chars(digits, 9); sum(n, 9, 8, 7, 6, 5, 4, 3, 2, 10)%11 == 0 {
			return n
		}
	case "pl_pesel":
		n := fmt.Sprintf("%02d%02d%02d", r.IntN(100), r.between(1, 12), r.between(1, 28)) + r.chars(digits, 5)
		if sum(n, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)%10 == 0 {
			return n
		}
	case "uk_nhs":
		if n := r.chars(digits, 10); sum(n, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1)%11 == 0 {
			return r.one(n, n[:3]+" "+n[3:6]+" "+n[6:])
		}
	case "de_tax_id":
		return r.taxID()
	case "in_aadhaar":
		return r.aadhaar()
	}
	return ""
}

// taxID returns a German tax number: nine digits that differ, one of them
// twice, and a check digit.
func (r Rand) taxID() string {
	order := r.Perm(10)
	if order[0] == 0 {
		return ""
	}
	ten := make([]byte, 10)
	for i := range ten {
		ten[i] = digits[order[i]]
	}
	ten[9] = ten[r.between(1, 8)]
	product := 10
	for _, b := range ten {
		s := (int(b-'0') + product) % 10
		if s == 0 {
			s = 10
		}
		product = s * 2 % 11
	}
	n := string(ten) + string(digits[(11-product)%10])
	return r.one(n, n[:2]+" "+n[2:5]+" "+n[5:8]+" "+n[8:])
}

// aadhaar returns an Indian number with a check digit by Verhoeff.
func (r Rand) aadhaar() string {
	const multiply = "0123456789" + "1234067895" + "2340178956" + "3401289567" + "4012395678" +
		"5987604321" + "6598710432" + "7659821043" + "8765932104" + "9876543210"
	const permute = "0123456789" + "1576283094" + "5803796142" + "8916043527" + "9453126870" + "4286573901" + "2793806415" + "7046913258"
	number := r.chars("23456789", 1) + r.chars(digits, 10)
	for _, check := range digits {
		n := number + string(check)
		c := byte('0')
		for i := range n {
			c = multiply[int(c-'0')*10+int(permute[i%8*10+int(n[len(n)-1-i]-'0')]-'0')]
		}
		if c == '0' {
			return r.one(n, n[:4]+" "+n[4:8]+" "+n[8:])
		}
	}
	return ""
}
