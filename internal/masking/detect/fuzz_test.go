package detect_test

import (
	"regexp"
	"slices"
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

// The screen never turns down what a detector finds, and the detectors find
// what plain patterns do.
func FuzzScreen(f *testing.F) {
	addSamples(f)
	f.Add("-----BEGIN PRIVATE KEY-----a-----END X-----BEGIN EC PRIVATE KEY-----b\n-----END EC PRIVATE KEY-----")
	sc := newScanner()
	f.Fuzz(func(t *testing.T, text string) {
		var p detect.Pass
		for _, hints := range []detect.Hints{0, detect.HintPhone | detect.HintSSN | detect.HintSecret | detect.HintDoubleQuotedSQL, detect.HintKeyValueSQL} {
			sc.Find(&p, text, every(), hints)
			for _, found := range p.Findings {
				requireNotScreenedOut(t, sc, text, found.Detector, hints)
				require.True(t, found.Start >= 0 && found.Start < found.End && found.End <= len(text), "%v", found)
			}
		}
		requireReferences(t, sc, text)
	})
}

// The screen never turns down what a custom detector finds, and a custom detector
// finds something of each match of its pattern.
func FuzzScreenCustom(f *testing.F) {
	addSamples(f)
	for _, pattern := range customPatterns {
		f.Add(pattern)
	}
	for _, text := range customTexts {
		f.Add(text)
	}
	sc, set := customScanner(f, customPatterns...)
	var plain []*regexp.Regexp
	for _, pattern := range customPatterns {
		plain = append(plain, regexp.MustCompile(pattern))
	}
	f.Fuzz(func(t *testing.T, text string) {
		var p detect.Pass
		sc.Find(&p, text, sc.Screen(text, set|every(), 0)&set, 0)
		for i, re := range plain {
			for _, m := range re.FindAllStringIndex(text, -1) {
				require.True(t, slices.ContainsFunc(p.Findings, func(found detect.Finding) bool {
					return found.Detector == detect.CustomID(i) && found.Start < found.End && found.Start >= m[0] && found.End <= m[1]
				}), "%s matches %q in %q; found %v", re, text[m[0]:m[1]], text, p.Findings)
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
