package e2e

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Reloads under load with a destination that keeps a log of its own: what was
// acknowledged is in the files exactly once, however often their exporters stop
// and start. DATASTREAMS_RELOADS sets the number.
func TestDocumentParquetReloads(t *testing.T) {
	reloads, err := strconv.Atoi(cmp.Or(os.Getenv("DATASTREAMS_RELOADS"), "8"))
	require.NoError(t, err)
	v := draft{mover: "left", lake: true}
	d := newDesk(t, v)
	l := startTraffic(t, d.env["HTTP"])
	for i := range reloads {
		time.Sleep(500 * time.Millisecond)
		v.attempt = i + 1
		require.Equal(t, "graph", d.apply(v).Kind)
	}
	time.Sleep(500 * time.Millisecond)
	l.finish()
	l.requireOnce(d.sink, d.epochs)
	l.requireRefusals(d.reloads)
	d.stop() // Seals and stores what is left.

	book := &load{t: t, sent: make(map[string][]int64), acked: make(map[string][]int64)}
	l.eachRecord(func(r request, number int64) { book.enter(r.signal, []int64{number}, r.err == nil) })
	for _, signal := range []string{"traces", "logs"} {
		book.requireExactlyOnce(signal, filepath.Join(d.dir, "data", "parquet"))
	}
	gaps := l.longestGaps(d.reloads)
	t.Logf("%d reloads: the longest time without an acknowledgment in each: shortest %s, median %s, longest %s; %d of %d requests were refused",
		reloads, gaps[0], gaps[len(gaps)/2], gaps[len(gaps)-1], len(l.failed()), len(l.requests))
	require.Less(t, gaps[len(gaps)-1], 5*time.Second) // The goal is 300 ms, on a machine that does nothing else.
}

// longestGaps returns, of each of the times given, the longest time between two
// acknowledgments that overlaps with it; sorted.
func (l *traffic) longestGaps(times []epoch) []time.Duration {
	ends := l.acknowledgments()
	gaps := make([]time.Duration, 0, len(times))
	for _, e := range times {
		var longest time.Duration
		for i := 1; i < len(ends); i++ {
			if ends[i].After(e.from) && ends[i-1].Before(e.until) {
				longest = max(longest, ends[i].Sub(ends[i-1]))
			}
		}
		gaps = append(gaps, longest)
	}
	slices.Sort(gaps)
	return gaps
}
