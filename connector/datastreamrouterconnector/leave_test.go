package datastreamrouterconnector

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/featuregate"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/xpdata/pref"
)

// Guarantees that a sender who leaves between a refusal and its account is told
// of the refusal.
func TestLeaveDuringRefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := tracesSubject
		failed := false
		x := &pipe[ptrace.Traces]{name: "x", fail: func() error { failed = true; return errBusy }}
		b := newBench(t, s, policed(refusalPushBack), x)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		r := b.member.(*tracesRouter)
		items := r.kind.Items
		r.kind.Items = func(d ptrace.Traces) int {
			if failed { // The refused payload is being counted, which takes a while.
				cancel()
				time.Sleep(time.Millisecond)
			}
			return items(d)
		}
		require.Error(t, b.consume(ctx, s.payload("a1")))
	})
}

// Guarantees that what a sender is told to send again is still there when the
// call has returned, although pdata recycles what it received.
func TestRefusalSurvivesRecycling(t *testing.T) {
	const gate = "pdata.useProtoPooling"
	require.NoError(t, featuregate.GlobalRegistry().Set(gate, true))
	t.Cleanup(func() { require.NoError(t, featuregate.GlobalRegistry().Set(gate, false)) })
	s := tracesSubject
	for _, words := range []string{"a2", "a2 c1"} {
		t.Run(words, func(t *testing.T) {
			x := &pipe[ptrace.Traces]{name: "x", fail: func() error { return errBusy }}
			b := newBench(t, s, shop(), x, &pipe[ptrace.Traces]{name: "y"})
			d := s.payload(words)
			var err error
			func() {
				if pref.MarkPipelineOwnedTraces(d) {
					defer pref.UnrefTraces(d)
				}
				err = b.consume(t.Context(), d)
			}()
			require.Error(t, err)
			require.Equal(t, []string{"a#0", "a#1"}, s.read(s.failed(err)))
		})
	}
}
