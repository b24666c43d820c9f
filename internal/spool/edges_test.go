package spool

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/objectstore"
)

// script says which of the next files can be sealed: those with a dot, and all
// beyond its end.
type script struct{ atomic.Pointer[string] }

func (s *script) set(outcomes string) { s.Store(&outcomes) }

func (s *script) next() (ok bool) {
	for {
		left := s.Load()
		if left == nil || *left == "" {
			return true
		}
		if rest := (*left)[1:]; s.CompareAndSwap(left, &rest) {
			return (*left)[0] == '.'
		}
	}
}

func (b *bench[D]) sealsBy() *script {
	s := new(script)
	b.options.step = func(step string) {
		if step != stepRename || s.next() {
			return
		}
		open, err := filepath.Glob(filepath.Join(b.options.Directory, "files", "*"+openSuffix))
		require.NoError(b.t, err)
		for _, path := range open {
			require.NoError(b.t, os.Remove(path))
		}
	}
	return s
}

// A file that has to be written again after a crash does not hold what a later
// file of its partition holds.
func TestWrittenAgainBetween(t *testing.T) {
	b := newBench(t)
	seals := b.sealsBy()
	b.start()
	require.NoError(t, b.Consume(t.Context(), "a", spans(0, 10, noon)))
	seals.set("x")
	b.seal(everything)
	require.True(t, b.hasPending())
	require.NoError(t, b.Consume(t.Context(), "a", spans(10, 10, noon)))
	b.seal(everything) // The first one is not due yet.
	require.Len(t, b.sealed, 1)
	b.crash()

	seals.set("x")
	b.start()
	require.NoError(t, b.Consume(t.Context(), "a", spans(20, 10, noon)))
	b.seal(everything)
	require.Eventually(t, func() bool { b.seal(everything); return !b.hasPending() }, 10*time.Second, 10*time.Millisecond)
	b.shutdown()
	b.requireItems(30)
	b.requireEmpty()
}

// What the log held when it was switched off is in files of the log, also when
// they are written late: switching it on again does not bring it back.
func TestWrittenAgainWithoutLog(t *testing.T) {
	b := newBench(t)
	seals := b.sealsBy()
	b.start()
	require.NoError(t, b.Consume(t.Context(), "a", spans(0, 10, noon)))
	require.NoError(t, b.Consume(t.Context(), "b", spans(10, 10, noon)))
	b.crash()
	b.options.Durable = false
	seals.set("xx." + strings.Repeat("x", 1000))
	b.start()
	// One of them is written again; the other one keeps the log.
	require.Eventually(t, func() bool {
		b.seal(everything)
		b.mu.Lock()
		defer b.mu.Unlock()
		return len(b.sealed) > 0
	}, 10*time.Second, 10*time.Millisecond)
	b.crash()
	seals.set("")
	b.options.Durable = true
	b.start()
	b.shutdown()
	b.requireItems(20)
	b.requireEmpty()
}

// Rows that arrived under other bounds stay where they were filed.
func TestOtherBounds(t *testing.T) {
	for _, after := range []time.Duration{time.Hour, 1000 * time.Hour} {
		b := newBench(t)
		b.options.MaxPast = 200 * time.Hour
		b.start()
		require.NoError(t, b.Consume(t.Context(), "keeper", spans(0, 1, noon)))
		require.NoError(t, b.Consume(t.Context(), "a", spans(1, 1, noon.Add(-100*time.Hour))))
		require.NoError(t, b.Consume(t.Context(), "a", spans(2, 1, noon.Add(-300*time.Hour))))
		b.sealStream("a")
		b.crash()
		b.options.MaxPast = after
		b.start()
		b.shutdown()
		b.requireItems(3)
	}
}

// A log that was removed starts to count anew. Files of the old one say nothing
// of what is in it.
func TestLogRemoved(t *testing.T) {
	b := newBench(t)
	store := &fickleStore{Store: b.options.Store, err: errors.New("service unavailable")}
	b.options.Store = store
	b.start()
	require.NoError(t, b.Consume(t.Context(), "a", spans(0, 10, noon)))
	b.seal(everything)
	b.crash()
	require.NoError(t, os.RemoveAll(filepath.Join(b.options.Directory, "log")))
	b.start()
	require.NoError(t, b.Consume(t.Context(), "a", spans(10, 10, noon)))
	b.crash()
	store.fail(nil)
	b.start()
	b.shutdown()
	b.requireItems(20)
	b.requireEmpty()
}

// Without a log nothing needs marks, so there are none to pile up.
func TestNoMarksWithoutLog(t *testing.T) {
	b := newBench(t)
	b.options.Durable = false
	b.start()
	for i := range 5 {
		require.NoError(t, b.Consume(t.Context(), "a", spans(i, 1, noon)))
		b.seal(everything)
	}
	require.Eventually(t, func() bool { return b.Stats().SealedFiles == 0 }, 10*time.Second, time.Millisecond)
	b.requireEmpty()
	b.shutdown()
	b.requireItems(5)
}

// pickyStore does not take what has a word in its key.
type pickyStore struct {
	objectstore.Store
	word string
}

func (s pickyStore) PutIfAbsent(ctx context.Context, o objectstore.Object) (bool, error) {
	if strings.Contains(o.Key, s.word) {
		return false, errors.New("access denied")
	}
	return s.Store.PutIfAbsent(ctx, o)
}

// Files that the store does not take leave others their turn.
func TestPickyStore(t *testing.T) {
	b := newBench(t)
	b.options.Store = pickyStore{b.options.Store, "stream=a"}
	b.options.Uploads, b.options.Drain = 1, time.Millisecond
	b.start()
	require.NoError(t, b.Consume(t.Context(), "a", spans(0, 1, noon)))
	b.seal(everything)
	require.NoError(t, b.Consume(t.Context(), "b", spans(1, 1, noon)))
	b.seal(everything)
	require.Eventually(t, func() bool { return b.Stats().SealedFiles == 1 }, 10*time.Second, 10*time.Millisecond)
	b.shutdown()
	require.Len(t, b.numbers(), 1)
}

// A log with records that this version cannot read is left for one that can.
func TestOtherVersion(t *testing.T) {
	b := newBench(t)
	b.start()
	_, err := b.log.Append(t.Context(), []byte{recordVersion + 1})
	require.NoError(t, err)
	b.crash()
	payload, err := tracesKind.payload(1000)
	require.NoError(t, err)
	_, err = Open(t.Context(), b.options, payload)
	require.ErrorIs(t, err, errRecordVersion)
}

// A stream whose name does not fit into a file's name is refused before it is in
// the log.
func TestLongStream(t *testing.T) {
	b := newBench(t)
	b.start()
	require.NoError(t, b.Consume(t.Context(), strings.Repeat("s", maxStream), spans(0, 1, noon)))
	require.ErrorIs(t, b.Consume(t.Context(), strings.Repeat("s", maxStream+1), spans(1, 1, noon)), ErrTooLarge)
	b.shutdown()
	b.requireItems(1)
}

// A record that the disk loses while its file has to be written again is
// counted.
func TestLostFromLog(t *testing.T) {
	b := newBench(t)
	seals := b.sealsBy()
	b.options.Log.SegmentBytes = 200 // One record each.
	b.start()
	require.NoError(t, b.Consume(t.Context(), "a", spans(0, 10, noon)))
	require.NoError(t, b.Consume(t.Context(), "a", spans(10, 5, noon)))
	seals.set("x")
	b.seal(everything)
	require.True(t, b.hasPending())
	segments, err := filepath.Glob(filepath.Join(b.options.Directory, "log", "0*1.*"))
	require.NoError(t, err)
	require.Len(t, segments, 1)
	require.NoError(t, os.Remove(segments[0]))
	require.Eventually(t, func() bool { b.seal(everything); return !b.hasPending() }, 10*time.Second, 10*time.Millisecond)
	b.shutdown()
	require.Equal(t, []Reason{Damaged}, b.reasons)
	require.Equal(t, 10, b.lost[0].Rows)
	require.Len(t, b.numbers(), 5)
}

// A clock that is set back does not keep a file open.
func TestClockSetBack(t *testing.T) {
	b := newBench(t)
	b.start()
	f := b.newFile(partition{}, 0, time.Now().Add(1000*time.Hour))
	require.WithinDuration(t, time.Now(), f.opened, time.Minute)
	f.discard()
	b.shutdown()
}
