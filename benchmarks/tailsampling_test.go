package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Both samplers keep the errors and the slow traces, and a tenth of the others,
// for each stream.
func TestSamplersKeepTheSame(t *testing.T) {
	payloads, err := samplingPayloads(5000)
	require.NoError(t, err)
	const errorsAndSlow = 5000/20 + 5000/50
	for _, streams := range []int{1, 2} {
		want := spansPerTrace * streams * (errorsAndSlow + (5000-errorsAndSlow)/10)
		for _, m := range []samplerMaker{{"contrib", newContribSampler}, {"ours", newOurSampler}} {
			r, err := runSampler(m, streams, payloads)
			require.NoError(t, err)
			require.InEpsilon(t, want, r.delivered, 0.15, m.name)
		}
	}
}

func TestTailSamplingTable(t *testing.T) {
	table, err := measureTailSampling(5000)
	require.NoError(t, err)
	require.Len(t, strings.Split(strings.TrimSpace(table), "\n"), 2+4+2)
	require.NotContains(t, table, "NaN")
}
