package detect

import "strings"

// privateKeys finds private keys in PEM, from their first line to their last
// one, or to the end of the text if that was cut off.
func (p *Pass) privateKeys(s string) {
	const begin, dashes, what = "-----BEGIN ", "-----", "PRIVATE KEY"
	for from := 0; ; {
		i := strings.Index(s[from:], begin)
		if i < 0 {
			return
		}
		start := from + i
		label := start + len(begin)
		from = label
		n := strings.Index(s[label:], dashes)
		if n < 0 || !strings.Contains(s[label:label+n], what) {
			continue
		}
		end := len(s)
		if last := strings.Index(s[label+n:], "-----END "); last >= 0 {
			last += label + n + len("-----END ")
			if n := strings.Index(s[last:], dashes); n >= 0 {
				end = last + n + len(dashes)
			}
		}
		p.add(start, end, PrivateKey)
		from = end - len(dashes) // which may be the first ones of the next key
	}
}
