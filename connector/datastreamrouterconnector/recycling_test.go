package datastreamrouterconnector

import (
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/featuregate"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/xpdata/pref"
)

// With the Collector's recycling of payloads on, the graph reuses a payload's
// memory once the first consumer of a pipeline has returned. Data that was
// refused by then must still be whole when it is offered again.
func TestHeldDataIsNotRecycled(t *testing.T) {
	require.NoError(t, featuregate.GlobalRegistry().Set(recyclingGate, true))
	t.Cleanup(func() { require.NoError(t, featuregate.GlobalRegistry().Set(recyclingGate, false)) })
	synctest.Test(t, func(t *testing.T) {
		s := tracesSubject
		var refusing atomic.Bool
		refusing.Store(true)
		var mu sync.Mutex
		x := &pipe[ptrace.Traces]{name: "x"}
		x.spoil = func(d ptrace.Traces) error {
			if pref.MarkPipelineOwnedTraces(d) {
				defer pref.UnrefTraces(d)
			}
			if refusing.Load() {
				return errBusy
			}
			mu.Lock()
			defer mu.Unlock()
			x.items = append(x.items, s.read(d)...)
			return nil
		}
		b := newBench(t, s, policed(refusalRetry), x, &pipe[ptrace.Traces]{name: "y"})
		b.send(s.payload("a2"))
		b.send(s.payload("a1 c1"))
		time.Sleep(10 * time.Second)
		refusing.Store(false)
		time.Sleep(time.Minute)
		synctest.Wait()
		require.ElementsMatch(t, []string{"a#0", "a#1", "a#0"}, x.items)
	})
}
