package detect_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/detect"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/samples"
)

func newScanner() *detect.Scanner {
	return detect.NewScanner(detect.Options{JSONKeys: detect.SecretNames(), SQLKeys: detect.SecretNames(), PathKeys: []string{"users"}})
}

// covers reports whether the detector finds all of the secret in the text.
func covers(sc *detect.Scanner, p *detect.Pass, text, secret string, id detect.ID) bool {
	want, hints := detect.Of(id), detect.Hints(0)
	if id == detect.SQLLiteral {
		hints = detect.HintDoubleQuotedSQL // the database is not known
	}
	sc.Find(p, text, sc.Screen(text, want, hints), hints)
	at := strings.Index(text, secret)
	for _, f := range p.Findings {
		if f.Start <= at && f.End >= at+len(secret) && f.Detector == id {
			return true
		}
	}
	return false
}

// Each detector finds what is made for it, wherever it stands.
func TestRecall(t *testing.T) {
	const n = 2000
	sc := newScanner()
	var p detect.Pass
	for _, kind := range samples.Kinds() {
		t.Run(kind, func(t *testing.T) {
			id, ok := detect.ByName(kind)
			require.True(t, ok)
			r := samples.New(1)
			for range n {
				s := r.Positive(kind)
				require.True(t, covers(sc, &p, s.Text, s.Secret, id), "%q in %q; found %v", s.Secret, s.Text, p.Findings)
			}
		})
	}
}

// Text that looks like secrets and holds none is left alone: no more than one
// value in ten thousand is touched.
func TestFalsePositives(t *testing.T) {
	const n = 7000
	sc := newScanner()
	var p detect.Pass
	for _, group := range detect.Groups() {
		set, ok := detect.Group(group)
		require.True(t, ok)
		set &^= detect.Of(detect.SQLLiteral)
		r := samples.New(2)
		wrong, total := 0, 0
		for _, kind := range samples.BenignKinds() {
			texts, err := samples.ReadBenign("../../../testdata/masking", kind)
			require.NoError(t, err)
			for range n {
				texts = append(texts, r.Benign(kind))
			}
			for _, s := range texts {
				total++
				sc.Find(&p, s, sc.Screen(s, set, 0), 0)
				if len(p.Findings) > 0 {
					wrong++
					if wrong < 12 {
						t.Logf("%s: %q %v %s", kind, s, p.Findings, detect.Names()[p.Findings[0].Detector])
					}
				}
			}
		}
		t.Logf("%s: %d of %d", group, wrong, total)
		if group != detect.GroupNational {
			require.LessOrEqual(t, wrong, total/10_000, group)
		}
	}
}
