package tracehold

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Whatever the order and the portions in which spans come, a trace has all of
// them once and the same features, and nothing is left of it in the end.
func TestAnyOrder(t *testing.T) {
	const traces, spans = 40, 9
	var want []Features
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 1))
		s := New[string](options())
		var sent []string
		for i, td := range shuffled(r, traces, spans) {
			sent = append(sent, all(td)...)
			before := all(td)
			require.Empty(t, put(t, s, td, time.Duration(i)))
			require.Equal(t, before, all(td), "the payload was changed")
		}
		require.EqualValues(t, traces, s.Traces())
		require.EqualValues(t, traces*spans, s.Items())
		taken := s.Flush()
		slices.SortFunc(taken, func(a, b *Trace) int { return slices.Compare(a.ID[:], b.ID[:]) })
		got := spansOf(t, taken...)
		slices.Sort(got)
		slices.Sort(sent)
		require.Equal(t, sent, got)
		var features []Features
		for _, tr := range taken {
			f := tr.Features
			require.Equal(t, spans, f.Spans)
			resource, err := f.Root.Decode()
			require.NoError(t, err)
			require.Equal(t, fmt.Sprint("s", int(f.rootID[7])%4), name(resource))
			f.Root = nil // Another object in each store.
			features = append(features, f)
			require.Nil(t, s.Settle(tr, "", 0))
			s.Release(tr)
		}
		if want == nil {
			want = features
		}
		require.Equal(t, want, features)
		require.Zero(t, s.Bytes())
		require.Zero(t, s.Traces())
		require.Zero(t, s.Items())
		require.Empty(t, s.table.resources)
		require.Empty(t, s.table.origins)
	}
}

// A trace is due once its root has come and it was quiet, or after the longest
// time; spans that come meanwhile make it wait.
func TestDue(t *testing.T) {
	s := New[string](options())
	root := ptrace.NewTraces()
	spanOf(root, "a", "", 1, 0).SetParentSpanID(pcommon.SpanID{})
	rootless := ptrace.NewTraces()
	spanOf(rootless, "a", "", 2, 0)
	more := ptrace.NewTraces()
	spanOf(more, "b", "", 1, 1)

	put(t, s, root, 0)
	put(t, s, rootless, time.Second)
	put(t, s, more, 1900*time.Millisecond)
	require.Empty(t, s.Due(3899*time.Millisecond))
	due := s.Due(3900 * time.Millisecond)
	require.Len(t, due, 1)
	require.Equal(t, traceID(1), due[0].ID)
	require.Equal(t, Complete, due[0].Cause)
	require.Empty(t, s.Due(30*time.Second))
	due = s.Due(31 * time.Second)
	require.Len(t, due, 1)
	require.Equal(t, traceID(2), due[0].ID)
	require.Equal(t, Expired, due[0].Cause)
	require.Equal(t, time.Second, due[0].Since)
	require.Empty(t, s.Due(time.Hour))
}

// What comes while a trace is being decided is handed over with the verdict,
// what comes later gets it at once, until it is forgotten.
func TestVerdicts(t *testing.T) {
	s := New[string](options())
	piece := func(n int) ptrace.Traces {
		td := ptrace.NewTraces()
		spanOf(td, "a", "", 1, n)
		return td
	}
	put(t, s, piece(0), 0)
	taken := s.Flush()
	require.Len(t, taken, 1)
	require.Empty(t, put(t, s, piece(1), 0))
	require.Empty(t, put(t, s, piece(2), 0))
	require.Empty(t, s.Flush(), "a taken trace is taken once")
	waiting := s.Settle(taken[0], "kept", 0)
	require.Len(t, spansOf(t, taken[0]), 1)
	require.Len(t, spansOf(t, waiting), 2)
	s.Release(taken[0])
	s.Release(waiting)

	for _, now := range []time.Duration{time.Second, 59 * time.Second, 119 * time.Second} {
		late := put(t, s, piece(3), now)
		require.Len(t, late, 1, now)
		require.True(t, late[0].Decided)
		require.Equal(t, "kept", late[0].Verdict)
		require.Len(t, spansOf(t, late[0].Trace), 1)
		s.Release(late[0].Trace)
		require.Empty(t, s.Due(now+time.Second))
	}
	require.Zero(t, s.Bytes())
	require.Empty(t, put(t, s, piece(4), 121*time.Second), "forgotten")
	require.EqualValues(t, 1, s.Traces())
}

// The memory of verdicts is bounded, and what is forgotten early is counted.
func TestMaxVerdicts(t *testing.T) {
	o := options()
	o.MaxVerdicts = 20 * shards
	s := New[string](o)
	for i := range 100 * shards {
		td := ptrace.NewTraces()
		spanOf(td, "a", "", i, 0)
		put(t, s, td, 0)
		for _, tr := range s.Flush() {
			s.Settle(tr, "", 0)
			s.Release(tr)
		}
	}
	remembered := 0
	for i := range s.shards {
		remembered += len(s.shards[i].young) + len(s.shards[i].old)
	}
	require.LessOrEqual(t, remembered, o.MaxVerdicts)
	require.EqualValues(t, 100*shards-remembered, s.Forgotten())
}

// Spans without a trace ID are nobody's: they come back at once.
func TestNoTraceID(t *testing.T) {
	s := New[string](options())
	td := ptrace.NewTraces()
	spanOf(td, "a", "", 1, 0).SetTraceID(pcommon.TraceID{})
	spanOf(td, "b", "", 1, 1)
	got := put(t, s, td, 0)
	require.Len(t, got, 1)
	require.False(t, got[0].Decided)
	require.Equal(t, Loose, got[0].Trace.Cause)
	require.Nil(t, s.Settle(got[0].Trace, "", 0))
	s.Release(got[0].Trace)
	require.EqualValues(t, 1, s.Traces())
}

// Log records wait for their trace; those without one are left out.
func TestLogs(t *testing.T) {
	s := New[string](options())
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr("service.name", "a")
	sl := rl.ScopeLogs().AppendEmpty()
	sl.Scope().SetName("scope")
	for i := range 6 {
		record := sl.LogRecords().AppendEmpty()
		record.Body().SetStr(fmt.Sprint(i))
		if i != 2 {
			record.SetTraceID(traceID(i % 2))
		}
	}
	b, err := s.CutLogs(ld)
	require.NoError(t, err)
	require.Equal(t, 2, b.Pieces())
	require.Equal(t, 5, b.Items())
	require.True(t, s.Reserve(b))
	s.Add(b, 0, func(Arrival[string]) { t.Error("nothing is decided") })
	td := ptrace.NewTraces()
	spanOf(td, "a", "", 1, 0).SetParentSpanID(pcommon.SpanID{})
	put(t, s, td, time.Second)

	due := s.Due(3 * time.Second)
	require.Len(t, due, 1)
	require.Equal(t, traceID(1), due[0].ID)
	require.Equal(t, 3, due[0].Features.Records)
	var p Payload
	p.AddRecords(due[0], nil)
	logs, err := p.Logs()
	require.NoError(t, err)
	require.Equal(t, []string{"1|a|scope", "3|a|scope", "5|a|scope"}, allRecords(logs))
	count := 0
	due[0].CountRecords(func(_ *Resource, n int) { count += n })
	require.Equal(t, 3, count)
}

// Senders, decisions and evictions at once lose and double nothing.
func TestConcurrent(t *testing.T) {
	o := options()
	o.MaxBytes, o.MaxTraceBytes = 40<<10, 4<<10
	s := New[string](o)
	var mu sync.Mutex
	var got, sent []string
	release := func(tr *Trace) {
		names := spansOf(t, tr)
		mu.Lock()
		got = append(got, names...)
		mu.Unlock()
		s.Release(tr)
	}
	settle := func(traces []*Trace) {
		for _, tr := range traces {
			waiting := s.Settle(tr, "v", 0)
			release(tr)
			if waiting != nil {
				release(waiting)
			}
		}
	}
	var senders sync.WaitGroup
	for seed := range uint64(4) {
		payloads := shuffled(rand.New(rand.NewPCG(seed, 2)), 200, 9)
		for _, td := range payloads {
			sent = append(sent, all(td)...)
		}
		senders.Go(func() {
			for i, td := range payloads {
				b, err := s.Cut(td, nothing)
				if err != nil {
					t.Error(err)
					return
				}
				for !s.Reserve(b) {
					seen := s.Releases()
					if victims := s.Evict(b); len(victims) > 0 {
						settle(victims)
					} else {
						s.Await(seen)
					}
				}
				s.Add(b, time.Duration(i), func(a Arrival[string]) {
					if a.Decided {
						release(a.Trace)
					} else {
						settle([]*Trace{a.Trace})
					}
				})
				settle(s.Due(time.Duration(i) + o.Quiet - 50))
			}
		})
	}
	senders.Wait()
	settle(s.Flush())
	slices.Sort(sent)
	slices.Sort(got)
	require.Equal(t, sent, got)
	require.Zero(t, s.Bytes())
	require.Zero(t, s.Items())
}
