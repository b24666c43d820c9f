package masking

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/masking/samples"
)

// Goroutines that share a masker and its caches get what one alone gets.
func TestConcurrentUse(t *testing.T) {
	const goroutines, payloads = 4, 8
	want := make([]ptrace.Traces, payloads)
	alone := NewMasker(NewPolicy(testOptions()))
	for i := range want {
		want[i] = samples.New(uint64(i)).Traces(100, 50)
		alone.Traces(want[i])
	}
	shared := NewMasker(NewPolicy(testOptions()))
	got := make([][]ptrace.Traces, goroutines)
	var running sync.WaitGroup
	for g := range goroutines {
		running.Go(func() {
			for i := range payloads {
				td := samples.New(uint64(i)).Traces(100, 50)
				shared.Traces(td)
				got[g] = append(got[g], td)
			}
		})
	}
	running.Wait()
	for g := range goroutines {
		for i := range payloads {
			require.Equal(t, want[i], got[g][i])
		}
	}
	require.Equal(t, goroutines*alone.Tally().Bytes(), shared.Tally().Bytes())
}
