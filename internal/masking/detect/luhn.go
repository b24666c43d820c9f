package detect

// luhn reports whether the last of the decimal digits, as ASCII, is the check
// digit of the others.
func luhn(digits []byte) bool {
	sum := 0
	for i, b := range digits {
		d := int(b - '0')
		if (len(digits)-i)%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// allEqual reports whether all bytes are the same.
func allEqual(b []byte) bool {
	for i := range b {
		if b[i] != b[0] {
			return false
		}
	}
	return true
}
