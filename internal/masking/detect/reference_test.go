package detect_test

import (
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/detect"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/samples"
)

// reference is a plain pattern for what a detector looks for in a way of its own,
// with a validator that is written another way, if there is one. It may find less
// than the detector: each match's first group must be covered by findings.
type reference struct {
	detector detect.ID
	pattern  *regexp.Regexp
	valid    func(string) bool
}

// No pattern ignores case by (?i), which takes the long s for an s.
var references = []reference{
	{detect.AWSAccessKeyID, regexp.MustCompile(`(?:^|[^A-Za-z0-9])((?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16})(?:[^A-Za-z0-9]|$)`), nil},
	{detect.APIToken, regexp.MustCompile(`(?:^|[^A-Za-z0-9])(xoxb-[A-Za-z0-9-]{20,}|sk_live_[A-Za-z0-9]{16,}|AIza[A-Za-z0-9_-]{35}|hf_[A-Za-z0-9]{34})`), nil},
	{detect.JWT, regexp.MustCompile(`(?:^|[^A-Za-z0-9])(eyJ[A-Za-z0-9_-]{1,400}\.[A-Za-z0-9_-]{9,}\.[A-Za-z0-9_-]+)`), validJWT},
	{detect.Email, regexp.MustCompile(`([A-Za-z0-9_]+@[a-z0-9]+\.(?:com|org|example))(?:[^A-Za-z0-9.@-]|$)`), nil},
	{detect.IPv4, regexp.MustCompile(`(?:^|[ ="(,])((?:[1-9]?\d\.){3}[1-9]?\d)(?:[ ",)]|$)`), nil},
	{detect.CreditCard, regexp.MustCompile(`(?:^|[^A-Za-z0-9.%\\])(4\d{15}|5[1-5]\d{14}|5500[- ]0000[- ]0000[- ]0004|34\d{13})(?:[^A-Za-z0-9]|$)`), validCard},
	{detect.BearerAuth, regexp.MustCompile(`(?:^|[^A-Za-z0-9])[Bb](?:earer|EARER) +([A-Za-z0-9]{24,})`), nil},
	{detect.URLUserinfo, regexp.MustCompile(`[a-z]://[a-z]*:([A-Za-z0-9]+)@[a-z]+[/.]`), nil},
	{detect.USSSN, regexp.MustCompile(`(?:^|[^A-Za-z0-9.%\\-])(\d{3}-\d{2}-\d{4})(?:[^A-Za-z0-9-]|$)`), validSSN},
	{detect.IBAN, regexp.MustCompile(`(?:^|[ =":,(])([A-Z]{2}\d{2}[A-Z0-9]{11,23}|[A-Z]{2}\d{2}(?: [A-Z0-9]{4}){2,5}(?: [A-Z0-9]{1,3})?)(?:[",);]|$)`), validIBAN},
	{detect.IPv6, regexp.MustCompile(`(?:^|[ ="(,[])([0-9A-Fa-f:]{6,39})(?:[] ",)]|$)`), validIPv6},
	{detect.MAC, regexp.MustCompile(`(?:^|[ ="(,])([0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2}){5})(?:[ ",)]|$)`), validMAC},
	{detect.BasicAuth, regexp.MustCompile(`(?:^|[^A-Za-z0-9])[Bb](?:asic|ASIC) +([A-Za-z0-9+/]{4,400}={0,2})(?:[ ",]|$)`), validBasic},
	{detect.PrivateKey, regexp.MustCompile(`-----BEGIN (?:RSA |EC |)PRIVATE KEY-----([A-Za-z0-9+/=\n]+)-----END (?:RSA |EC |)PRIVATE KEY-----`), nil},
	{detect.URLQuerySecret, regexp.MustCompile(`(?:^|[ ;&?,])(?:password|api_key|access_token|client_secret)=([A-Za-z0-9]+)`), nil},
	{detect.JSONField, regexp.MustCompile(`"(?:password|token|secret|api_key)"[ \t]*:[ \t]*"([A-Za-z0-9]+)"`), func(s string) bool { return s != "null" && s != "true" && s != "false" }},
}

func validJWT(s string) bool {
	header, _, _ := strings.Cut(s, ".")
	decoded, err := base64.RawURLEncoding.DecodeString(header)
	return err == nil && json.Valid(decoded) && strings.Contains(string(decoded), `"alg"`)
}

func validCard(s string) bool {
	sum, double := 0, false
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] < '0' {
			continue
		}
		n := int(s[i] - '0')
		if double {
			n = 2*n/10 + 2*n%10
		}
		sum, double = sum+n, !double
	}
	return sum%10 == 0
}

func validSSN(s string) bool {
	return !strings.HasPrefix(s, "000") && !strings.HasPrefix(s, "666") && s[0] < '9' && !strings.Contains(s, "-00-") && !strings.HasSuffix(s, "-0000")
}

// validIBAN knows a few countries.
func validIBAN(s string) bool {
	s = strings.ReplaceAll(s, " ", "")
	if len(s) != map[string]int{"DE": 22, "GB": 22, "FR": 27, "NL": 18, "NO": 15}[s[:2]] {
		return false
	}
	var numeric strings.Builder
	digits := 0
	for _, c := range s[4:] + s[:4] {
		if c <= '9' {
			digits++
			numeric.WriteRune(c)
		} else {
			numeric.WriteString(big.NewInt(int64(c - 'A' + 10)).String())
		}
	}
	n, ok := new(big.Int).SetString(numeric.String(), 10)
	return ok && digits >= 7 && n.Mod(n, big.NewInt(97)).Int64() == 1
}

func validIPv6(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil && strings.ContainsAny(s, "0123456789")
}

func validMAC(s string) bool { return strings.Count(s, s[:2]) < 6 }

func validBasic(s string) bool {
	decoded, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(s, "="))
	return err == nil && len(decoded) <= 380 && strings.Contains(string(decoded), ":") &&
		strings.IndexFunc(string(decoded), func(r rune) bool { return r < ' ' || r == 0x7f }) < 0
}

// in returns the places of what is found in a text.
func (r reference) in(text string) (places [][2]int) {
	for _, m := range r.pattern.FindAllStringSubmatchIndex(text, -1) {
		if r.valid == nil || r.valid(text[m[2]:m[3]]) {
			places = append(places, [2]int{m[2], m[3]})
		}
	}
	return places
}

// requireReferences checks that no screen turns down what a reference finds, and
// that the detectors find it.
func requireReferences(t *testing.T, sc *detect.Scanner, text string) {
	t.Helper()
	var p detect.Pass
	sc.Find(&p, text, every(), 0)
	covered := make([]bool, len(text))
	for _, found := range p.Findings {
		for i := found.Start; i < found.End; i++ {
			covered[i] = true
		}
	}
	for _, r := range references {
		for _, place := range r.in(text) {
			requireNotScreenedOut(t, sc, text, r.detector, 0)
			for i := place[0]; i < place[1]; i++ {
				require.True(t, covered[i], "%s: %q is not found in %q; found %v", detect.Names()[r.detector], text[place[0]:place[1]], text, p.Findings)
			}
		}
	}
}

// requireNotScreenedOut checks that each screen lets a text through to a built-in
// detector.
func requireNotScreenedOut(t *testing.T, sc *detect.Scanner, text string, id detect.ID, hints detect.Hints) {
	t.Helper()
	name, of := detect.Names()[id], detect.Of(id)
	require.True(t, sc.Screen(text, every(), hints).Has(id), "screened out: %s in %q", name, text)
	if len(text) >= detect.MinText {
		require.True(t, detect.ScreenByCounts(text, every(), hints).Has(id), "screened out by counts: %s in %q", name, text)
	}
	if can, more := detect.CleanTells(of); can && hints == 0 {
		require.False(t, detect.Clean(text, of) && (!more || detect.CleanMore(text, of)), "said to be clean: %s in %q", name, text)
	}
}

// Each reference finds something in the samples of its detector: it says
// something.
func TestReferencesFind(t *testing.T) {
	const n = 400
	sc := newScanner()
	for _, ref := range references {
		r := samples.New(9)
		found := 0
		for range n {
			text := r.Positive(detect.Names()[ref.detector]).Text
			found += len(ref.in(text))
			requireReferences(t, sc, text)
		}
		require.Greater(t, found, n/100, detect.Names()[ref.detector])
	}
}
