package detect_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/detect"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/samples"
)

// every is the set of all built-in detectors.
func every() detect.Set {
	var all detect.Set
	for id := range detect.Names() {
		all |= detect.Of(detect.ID(id))
	}
	return all
}

func addSamples(f *testing.F) {
	r := samples.New(3)
	for _, kind := range samples.Kinds() {
		for range 4 {
			f.Add(r.Positive(kind).Text + " " + r.Benign("log"))
		}
	}
	for _, kind := range samples.BenignKinds() {
		f.Add(r.Benign(kind))
	}
}

// references are plain patterns for what some detectors look for in a way of
// their own: each match's first group must be covered by findings.
var references = map[detect.ID]*regexp.Regexp{
	detect.AWSAccessKeyID: regexp.MustCompile(`(?:^|[^A-Za-z0-9])((?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16})(?:[^A-Za-z0-9]|$)`),
	detect.APIToken:       regexp.MustCompile(`(?:^|[^A-Za-z0-9])(xoxb-[A-Za-z0-9-]{20,}|sk_live_[A-Za-z0-9]{16,}|AIza[A-Za-z0-9_-]{35}|hf_[A-Za-z0-9]{34})`),
	detect.JWT:            regexp.MustCompile(`(?:^|[^A-Za-z0-9])(eyJhbGciOiJIUzI1NiJ9\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)`),
	detect.Email:          regexp.MustCompile(`([A-Za-z0-9_]+@[a-z0-9]+\.(?:com|org|example))(?:[^A-Za-z0-9.@-]|$)`),
	detect.IPv4:           regexp.MustCompile(`(?:^|[ ="(,])((?:[1-9]?\d\.){3}[1-9]?\d)(?:[ ",)]|$)`),
	detect.CreditCard:     regexp.MustCompile(`(?:^|[^A-Za-z0-9.%\\])(4111111111111111|5500[- ]0000[- ]0000[- ]0004|340000000000009)(?:[^A-Za-z0-9]|$)`),
	detect.USSSN:          regexp.MustCompile(`(?:^|[^A-Za-z0-9.%\\-])([1-5]\d\d-[1-9]\d-[1-9]\d{3})(?:[^A-Za-z0-9-]|$)`),
	detect.BearerAuth:     regexp.MustCompile(`(?i)(?:^|[^a-z0-9])bearer +([a-z0-9]{24,})`),
	detect.URLUserinfo:    regexp.MustCompile(`[a-z]://[a-z]+:([a-z0-9]+)@[a-z]+/`),
}

// The screen never turns down what a detector finds, and the detectors find
// what plain patterns do.
func FuzzScreen(f *testing.F) {
	addSamples(f)
	sc := newScanner()
	f.Fuzz(func(t *testing.T, text string) {
		var p detect.Pass
		for _, hints := range []detect.Hints{0, detect.HintPhone | detect.HintSSN | detect.HintSecret | detect.HintDoubleQuotedSQL, detect.HintKeyValueSQL} {
			screened := sc.Screen(text, every(), hints)
			sc.Find(&p, text, every(), hints)
			for _, found := range p.Findings {
				require.True(t, screened.Has(found.Detector), "screened out: %s in %q", detect.Names()[found.Detector], text)
				if len(text) >= detect.MinText {
					require.True(t, detect.ScreenByCounts(text, every(), hints).Has(found.Detector), "screened out by counts: %s in %q", detect.Names()[found.Detector], text)
				}
				if wanted, more := detect.CleanTells(detect.Of(found.Detector)); wanted && hints == 0 {
					clean := detect.Clean(text, detect.Of(found.Detector)) && (!more || detect.CleanMore(text, detect.Of(found.Detector)))
					require.False(t, clean, "said to be clean: %s in %q", detect.Names()[found.Detector], text)
				}
				require.True(t, found.Start >= 0 && found.Start < found.End && found.End <= len(text), "%v", found)
			}
		}
		sc.Find(&p, text, every(), 0)
		covered := make([]bool, len(text))
		for _, found := range p.Findings {
			for i := found.Start; i < found.End; i++ {
				covered[i] = true
			}
		}
		for id, pattern := range references {
			for _, m := range pattern.FindAllStringSubmatchIndex(text, -1) {
				for i := m[2]; i < m[3]; i++ {
					require.True(t, covered[i], "%s: %q is not found in %q; found %v", detect.Names()[id], text[m[2]:m[3]], text, p.Findings)
				}
			}
		}
	})
}

// Merging loses no byte of a finding, and leaves none that overlap.
func FuzzMerge(f *testing.F) {
	f.Add([]byte{1, 5, 2, 3, 4, 9})
	f.Fuzz(func(t *testing.T, data []byte) {
		var findings []detect.Finding
		var covered [512]bool
		for ; len(data) >= 2; data = data[2:] {
			start, n := int(data[0]), int(data[1])%32+1
			findings = append(findings, detect.Finding{Start: start, End: start + n, Detector: detect.ID(data[1] % 7)})
			for i := start; i < start+n; i++ {
				covered[i] = true
			}
		}
		merged, _ := detect.Merge(findings)
		end := 0
		for _, m := range merged {
			require.GreaterOrEqual(t, m.Start, end)
			end = m.End
			for i := m.Start; i < m.End; i++ {
				require.True(t, covered[i], "byte %d was in no finding", i)
				covered[i] = false
			}
		}
		for i, left := range covered {
			require.False(t, left, "byte %d is lost", i)
		}
	})
}
