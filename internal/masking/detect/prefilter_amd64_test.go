//go:build !purego

package detect

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The implementations of the prefilter, with what the processor must have.
var prefilters = map[string]struct {
	have            bool
	prefilter, more func(string) Set
}{
	"avx512": {haveAVX512, prefilter512, prefilterMore512},
	"avx2":   {haveAVX2, prefilter2, prefilterMore2},
	"chosen": {havePrefilter, prefilter, prefilterMore},
}

// view is a window of a text. Places outside are of no class.
type view string

func (v view) is(i int, class uint8) bool { return at(string(v), i, class) }

func (v view) has(i int, bytes string) bool {
	return i >= 0 && i < len(v) && strings.IndexByte(bytes, v[i]) >= 0
}

// count returns how many places are as asked for.
func (v view) count(f func(i int) bool) (n int) {
	for i := range len(v) {
		if f(i) {
			n++
		}
	}
	return n
}

// row reports whether there are n places in a row as asked for, from i on.
func row(i, n int, f func(i int) bool) bool {
	for j := range n {
		if !f(i + j) {
			return false
		}
	}
	return true
}

// name returns the set if there is a place as asked for.
func (v view) name(set Set, f func(i int) bool) Set {
	if v.count(f) > 0 {
		return set
	}
	return 0
}

// plainPrefilter is prefilter in plain Go, for one window.
func plainPrefilter(v view) Set {
	mark := func(i int) bool { return v.has(i, `@+%\`) }
	marks := v.count(mark)
	starts := func(i int) bool { return i < 3 || !v.is(i-1, alnum) || marks > 0 }
	digits := v.count(func(i int) bool { return v.is(i, digit) })
	dot := func(i int) bool { return v.has(i, ".") && v.is(i-1, digit) && v.is(i+1, digit) }
	pair := func(i int) bool { return dot(i) && (dot(i+2) || dot(i+3) || dot(i+4) && v.is(i+2, digit)) }
	return v.name(setMarked, mark) |
		v.name(setIBAN, func(i int) bool {
			return v.is(i, letter) && v.is(i+1, letter) && v.is(i+2, digit) && v.is(i+3, digit) && starts(i)
		}) |
		v.name(setAuth, func(i int) bool { return v.has(i, "bB") && (v.has(i+5, " ") || v.has(i+6, " ")) }) |
		v.name(setIPv4, func(i int) bool { return pair(i) && (pair(i+2) || pair(i+3) || pair(i+4)) }) |
		v.name(setCard, func(i int) bool {
			return digits >= minCard && row(i, minCard, func(i int) bool {
				return v.is(i, digit) || v.has(i, ` -._@+%\`) && v.is(i-1, digit) && v.is(i+1, digit)
			})
		}) |
		v.name(setTokens, func(i int) bool {
			return v.is(i, letter) && starts(i) && row(i, minRun, func(i int) bool { return v.is(i, tokenByte) }) &&
				tokenGroups[0][v[i]]&tokenGroups[1][v[i+1]]&tokenGroups[2][v[i+2]] != 0
		})
}

// plainPrefilterMore is prefilterMore in plain Go, for one window.
func plainPrefilterMore(v view) Set {
	isDigit := func(i int) bool { return v.is(i, digit) }
	next := func(i int) bool {
		return v.has(i, ":") && (v.has(i+2, ":") || v.has(i+3, ":") || v.has(i+4, ":") || v.has(i+5, ":"))
	}
	pairs := func(i int, separator string) bool {
		return row(0, 5, func(j int) bool { return v.has(i+3*j, separator) })
	}
	s := v.name(setAssigned, func(i int) bool { return v.has(i, "=") }) |
		v.name(setJSON, func(i int) bool { return v.has(i, ":") && v.has(i-1, "\"' \t") }) |
		v.name(setMAC, func(i int) bool { return pairs(i, ":") || pairs(i, "-") }) |
		v.name(setIPv6, func(i int) bool {
			return v.has(i, ":") && v.has(i+1, ":") || next(i) && (next(i+2) || next(i+3) || next(i+4) || next(i+5))
		}) |
		v.name(setPEM, func(i int) bool { return row(i, 5, func(i int) bool { return v.has(i, "-") }) }) |
		v.name(setSSN, func(i int) bool {
			return v.has(i, "-") && v.has(i+3, "-") && isDigit(i-1) && isDigit(i-2) && isDigit(i+1) && isDigit(i+2) && isDigit(i+4) && isDigit(i+7)
		}) |
		v.name(setAWSSecret, func(i int) bool { return row(i, minRun, func(i int) bool { return v.is(i, base64) }) })
	if v.count(isDigit) >= minNationalID {
		s |= setNational
	}
	return s
}

// eachWindow calls f with the windows of a text.
func eachWindow(s string, f func(view)) {
	base := 0
	for ; base < len(s)-window; base += stride {
		f(view(s[base : base+window]))
	}
	f(view(s[max(0, len(s)-window):]))
}

// requireEqualPrefilters checks all implementations against the ones in plain Go.
func requireEqualPrefilters(t *testing.T, s string) {
	t.Helper()
	var want, wantMore Set
	eachWindow(s, func(v view) {
		want |= plainPrefilter(v)
		wantMore |= plainPrefilterMore(v)
	})
	if countDigits(s) == 0 {
		wantMore &^= setIPv6
	}
	for name, p := range prefilters {
		if !p.have {
			continue
		}
		require.Equal(t, want, p.prefilter(s), "%s: %q", name, s)
		require.Equal(t, wantMore, p.more(s), "%s: %q", name, s)
	}
}

// randomText returns n bytes of a few kinds, so that all that is asked for occurs.
func randomText(r *rand.Rand, n int) string {
	alphabets := []string{"0123456789", "0123456789.", "0123456789-", "09:a", "abcXYZ019_-.", "ghp_skAKIAeyJ0-", "bearer Basic ", "DE12AB", "+/=a1", "-", "@%\\+ \"'\t:=", "\x00\x80\xb0\xe1\xff/@:;[`{"}
	var b strings.Builder
	for b.Len() < n {
		alphabet := alphabets[r.IntN(len(alphabets))]
		for range 1 + r.IntN(30) {
			b.WriteByte(alphabet[r.IntN(len(alphabet))])
		}
	}
	return b.String()[:n]
}

// All implementations name what the one in plain Go does, at any alignment, and
// each answer occurs.
func TestPrefiltersAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var named Set
	memory := make([]byte, 400)
	for n := 1; n <= 300; n++ {
		for range 40 {
			start := r.IntN(70)
			for i := range memory { // what is around the text would be named if it were read
				memory[i] = "0123.:@"[i%7]
			}
			copy(memory[start:], randomText(r, n))
			s := string(memory) // one allocation for all, so that only start moves the text
			requireEqualPrefilters(t, s[start:start+n])
			named |= prefilter(s[start:start+n]) | prefilterMore(s[start:start+n])
		}
	}
	require.Equal(t, setPrefiltered, named)
}

// The implementations agree, whatever the text and where it starts.
func FuzzPrefilters(f *testing.F) {
	r := rand.New(rand.NewPCG(3, 4))
	for n := range 100 {
		f.Add(randomText(r, 3*n+1), uint8(n))
	}
	f.Fuzz(func(t *testing.T, s string, offset uint8) {
		if s == "" || len(s) > 500 {
			t.Skip()
		}
		padded := strings.Repeat("9", int(offset)) + s + "1.1.1.1"
		requireEqualPrefilters(t, padded[offset:int(offset)+len(s)])
	})
}

// The tables that assembly reads hold a class of a byte for each mask, and places of
// a window.
func TestPrefilterTables(t *testing.T) {
	require.Equal(t, uint8(0x80), maskClasses['@'])
	require.Equal(t, uint8(0x40|0x08|0x04), maskClasses['b'])
	require.Equal(t, uint8(0x08|0x02), maskClasses['7'])
	require.Equal(t, uint8(0x80|0x20), moreMaskClasses['='])
	for i, place := range countUp {
		require.Equal(t, i%window, int(place))
	}
}

// What the prefilter takes for granted of tokens.
func TestTokenPrefixes(t *testing.T) {
	for _, prefix := range tokenPrefixes() {
		require.GreaterOrEqual(t, len(prefix), 3, prefix)
		require.True(t, is(prefix[0], letter), prefix)
		require.True(t, row(0, len(prefix), func(i int) bool { return is(prefix[i], tokenByte) }), prefix)
	}
}

func BenchmarkPrefilter(b *testing.B) {
	for _, s := range []string{"postgresql", "http-nio-8080-exec-12", "SELECT id, cart_id, name, created_at FROM shop.orders WHERE customer_id = ? AND created_at > $1 ORDER BY created_at LIMIT $2"} {
		for name, p := range prefilters {
			if p.have {
				b.Run(name+"/"+s[:4], func(b *testing.B) {
					for b.Loop() {
						p.prefilter(s)
					}
				})
			}
		}
	}
}
