package tracehold

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

func smallOptions() Options {
	o := options()
	o.MaxBytes, o.MaxTraceBytes = 1<<20, 1<<16
	return o
}

// What is held stays within the bound, exactly, and those go first that are
// oldest and largest.
func TestBound(t *testing.T) {
	s := New[string](smallOptions())
	evicted := 0
	for i := range 20_000 {
		td := ptrace.NewTraces()
		for n := range 1 + i%3 {
			spanOf(td, "a", "", i, n)
		}
		b, err := s.Cut(td, nothing)
		require.NoError(t, err)
		for !s.Reserve(b) {
			victims := s.Evict(b)
			require.NotEmpty(t, victims)
			for _, tr := range victims {
				require.Equal(t, Pressure, tr.Cause)
				evicted++
				s.Settle(tr, "", 0)
				s.Release(tr)
			}
		}
		require.LessOrEqual(t, s.Bytes(), int64(1<<20))
		s.Add(b, time.Duration(i), func(Arrival[string]) { t.Error("only pressure decides") })
	}
	require.Positive(t, evicted)
	require.EqualValues(t, 20_000-evicted, s.Traces())
}

// A trace that outgrows its share is taken and evicts nobody; the rest of it
// follows its verdict.
func TestGiantTrace(t *testing.T) {
	s := New[string](smallOptions())
	small := ptrace.NewTraces()
	spanOf(small, "a", "", 7, 0)
	put(t, s, small, 0)
	var full []*Trace
	for i := range 2000 {
		td := ptrace.NewTraces()
		spanOf(td, "a", "", 1, i).Attributes().PutStr("k", strings.Repeat("v", 500))
		for _, a := range put(t, s, td, 0) {
			if a.Decided {
				s.Release(a.Trace)
				continue
			}
			require.Equal(t, Full, a.Trace.Cause)
			full = append(full, a.Trace)
			require.Nil(t, s.Settle(a.Trace, "", 0))
			s.Release(a.Trace)
		}
	}
	require.Len(t, full, 1)
	require.EqualValues(t, 1, s.Traces(), "the small one is held still")
}

// A batch that is larger than everything passes when nothing else is held.
func TestGiantBatch(t *testing.T) {
	s := New[string](smallOptions())
	small := ptrace.NewTraces()
	spanOf(small, "a", "", 7, 0)
	put(t, s, small, 0)
	td := ptrace.NewTraces()
	for i := range 4000 {
		spanOf(td, "a", "", 10+i, 0).Attributes().PutStr("k", strings.Repeat("v", 500))
	}
	b, err := s.Cut(td, nothing)
	require.NoError(t, err)
	require.False(t, s.Reserve(b))
	victims := s.Evict(b)
	require.Len(t, victims, 1)
	s.Settle(victims[0], "", 0)
	s.Release(victims[0])
	require.True(t, s.Reserve(b))
	s.Add(b, 0, func(Arrival[string]) {})
	require.Len(t, s.Flush(), 4000)
}

// The count of what is held is what it takes: neither more than a tenth less
// than the heap grows by, nor much more than the encoded bytes.
func TestBytesAreMemory(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector needs memory of its own")
	}
	s := New[string](options())
	encoded := 0
	before := heap()
	for i := range 5000 {
		td := ptrace.NewTraces()
		for n := range 10 {
			span := spanOf(td, "a", "scope", i, n)
			for _, key := range []string{"http.method", "http.route", "db.statement", "net.peer.name"} {
				span.Attributes().PutStr(key, strings.Repeat(key, 5))
			}
			span.SetStartTimestamp(pcommon.Timestamp(n + 1))
		}
		encoded += (&ptrace.ProtoMarshaler{}).TracesSize(td)
		put(t, s, td, time.Duration(i))
	}
	used := heap() - before
	t.Logf("%d bytes of OTLP, counted as %d, take %d", encoded, s.Bytes(), used)
	require.InEpsilon(t, used, s.Bytes(), 0.1)
	require.Less(t, float64(used), 1.2*float64(encoded))
	runtime.KeepAlive(s)
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
