package wal

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAppendReplayRelease(t *testing.T) {
	path := filepath.Join(t.TempDir(), "made", "by", "open")
	l := openPath(t, path, small())
	require.Equal(t, uint64(1), l.First())
	require.Zero(t, l.Last())
	require.Empty(t, stored(t, l, 0))

	long := strings.Repeat("x", 300) // Longer than a segment.
	appendAll(t, l, "a", "", long, "d", "e")
	require.Equal(t, map[uint64]string{1: "a", 2: "", 3: long, 4: "d", 5: "e"}, stored(t, l, 0))
	require.Equal(t, map[uint64]string{4: "d", 5: "e"}, stored(t, l, 4))
	require.Equal(t, 3, l.Stats().Segments)

	require.NoError(t, l.Release(1)) // The second is in the same segment.
	require.Equal(t, uint64(1), l.First())
	require.NoError(t, l.Release(3))
	require.Equal(t, uint64(4), l.First())
	require.Equal(t, uint64(5), l.Last())

	require.NoError(t, l.Close())
	require.NoError(t, l.Close())
	l = openPath(t, path, small())
	require.Equal(t, map[uint64]string{4: "d", 5: "e"}, stored(t, l, 0))
	require.Zero(t, l.Stats().Lost)
	require.Zero(t, l.Stats().TornBytes)

	require.NoError(t, l.Release(99))
	require.Empty(t, stored(t, l, 0))
	require.Equal(t, uint64(6), l.First())
	require.Equal(t, uint64(5), l.Last())
	require.Equal(t, int64(segmentHeaderSize), l.Stats().Bytes)
	require.NoError(t, l.Release(99))

	require.NoError(t, l.Close())
	l = openPath(t, path, small())
	require.Equal(t, uint64(6), l.First())
	require.Equal(t, uint64(5), l.Last())
	appendAll(t, l, "f")
	require.Equal(t, map[uint64]string{6: "f"}, stored(t, l, 0))
}

func TestCrashLoopsTakeNoSpace(t *testing.T) {
	d := newMemDisk()
	for range 10 {
		l := openTest(t, d, small())
		require.NoError(t, l.Close())
	}
	sizes, err := d.list()
	require.NoError(t, err)
	require.Empty(t, sizes)
}

func TestEachGroupSharesASync(t *testing.T) {
	o := DefaultOptions()
	o.ReserveBytes = 0
	o.CommitDelay = 50 * time.Millisecond
	syncs := 0
	o.Synced = func(time.Duration) { syncs++ }
	l := openTest(t, newMemDisk(), o)
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			if _, err := l.Append(t.Context(), []byte("record")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	s := l.Stats()
	require.Equal(t, uint64(100), s.Appends)
	require.Less(t, s.Commits, uint64(50))
	require.Equal(t, s.Commits, uint64(syncs))
}

func TestConcurrentUse(t *testing.T) {
	o := small()
	o.MaxBytes = 1 << 20
	o.ReserveBytes = 1000
	l := openPath(t, t.TempDir(), o)
	const writers, each = 8, 100
	var (
		wg, others sync.WaitGroup
		acked      sync.Map
		released   uint64
	)
	done := make(chan struct{})
	others.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				released = max(l.Last(), 20) - 20
				l.First()
				l.Stats()
				err := l.Replay(t.Context(), released, func(uint64, []byte) error { return nil })
				if err := errors.Join(err, l.Release(released)); err != nil {
					t.Error(err)
					return
				}
			}
		}
	})
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				record := strings.Repeat(string(rune('a'+w)), i)
				lsn, err := l.Append(t.Context(), []byte(record))
				if err != nil {
					t.Error(err)
					return
				}
				acked.Store(lsn, record)
			}
		})
	}
	wg.Wait()
	close(done)
	others.Wait()
	require.Equal(t, uint64(writers*each), l.Last())
	left := stored(t, l, 0)
	require.NotZero(t, released)
	for lsn := uint64(1); lsn <= writers*each; lsn++ {
		want, ok := acked.Load(lsn)
		require.True(t, ok, lsn)
		got, ok := left[lsn]
		require.True(t, ok || lsn <= released, lsn)
		if ok {
			require.Equal(t, want, got)
		}
	}
	require.Zero(t, l.Stats().Lost)
}

// TestContext checks that Append returns early only while nobody reads the
// caller's record, also if it is another caller who commits it.
func TestContext(t *testing.T) {
	d := newMemDisk()
	inSync, resume := make(chan struct{}), make(chan struct{})
	d.fault = func(op, name string) error {
		if op == "sync" && name != newSegment {
			inSync <- struct{}{}
			<-resume
		}
		return nil
	}
	l := openTest(t, d, small())
	ctx, cancel := context.WithCancel(t.Context())
	call := func(ctx context.Context) <-chan error {
		answer := make(chan error, 1)
		go func() {
			_, err := l.Append(ctx, []byte("record"))
			answer <- err
		}()
		return answer
	}
	waiting := func(n int) {
		require.Eventually(t, func() bool {
			l.mu.Lock()
			defer l.mu.Unlock()
			return len(l.pending) == n
		}, 5*time.Second, time.Millisecond)
	}
	alone := call(ctx)
	<-inSync
	left, right := call(ctx), call(ctx)
	waiting(2)
	resume <- struct{}{}
	require.NoError(t, <-alone)
	<-inSync // One of the two commits both.
	late := call(ctx)
	waiting(1)
	cancel()
	require.ErrorIs(t, <-late, context.Canceled)
	time.Sleep(10 * time.Millisecond)
	require.Empty(t, left, "an append returned while its record was being written")
	require.Empty(t, right, "an append returned while its record was being written")
	resume <- struct{}{}
	require.NoError(t, <-left)
	require.NoError(t, <-right)
	require.ErrorIs(t, <-call(ctx), context.Canceled)
	require.Len(t, stored(t, l, 0), 3)
}

func TestReplayEndsWithItsCaller(t *testing.T) {
	l := openTest(t, newMemDisk(), small())
	appendAll(t, l, "a", "b")
	errCaller := errors.New("the caller's")
	require.ErrorIs(t, l.Replay(t.Context(), 0, func(uint64, []byte) error { return errCaller }), errCaller)
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	require.ErrorIs(t, l.Replay(ctx, 0, func(uint64, []byte) error { calls++; cancel(); return nil }), context.Canceled)
	require.Equal(t, 1, calls)
	require.Zero(t, l.Stats().Lost)
}

func TestClosed(t *testing.T) {
	l, err := open(newMemDisk(), small())
	require.NoError(t, err)
	require.NoError(t, l.Close())
	_, err = l.Append(t.Context(), nil)
	require.ErrorIs(t, err, ErrClosed)
	require.ErrorIs(t, l.Release(1), ErrClosed)
	require.ErrorIs(t, l.Yield(), ErrClosed)
	require.ErrorIs(t, l.Replay(t.Context(), 0, nil), ErrClosed)
}

func TestOneProcessAtATime(t *testing.T) {
	path := t.TempDir()
	l := openPath(t, path, small())
	_, err := Open(path, small())
	require.ErrorIs(t, err, ErrLocked)
	require.NoError(t, l.Close())
	openPath(t, path, small())
}

func TestOptions(t *testing.T) {
	for name, o := range map[string]Options{
		"holds no record":        {SegmentBytes: 92, MaxBytes: 1000},
		"has no room":            {SegmentBytes: 1001, MaxBytes: 1000},
		"a reserve cannot have":  {SegmentBytes: 200, MaxBytes: 1000, ReserveBytes: -1},
		"is not within a second": {SegmentBytes: 200, MaxBytes: 1000, CommitDelay: time.Minute},
	} {
		_, err := Open(t.TempDir(), o)
		require.ErrorContains(t, err, name)
	}
	require.NoError(t, DefaultOptions().validate())
}

func TestOnlyTheUserCanRead(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("file modes say nothing here")
	}
	path := filepath.Join(t.TempDir(), "log")
	o := small()
	o.ReserveBytes = 1
	appendAll(t, openPath(t, path, o), "a")
	names := []string{}
	require.NoError(t, filepath.WalkDir(path, func(p string, entry fs.DirEntry, err error) error {
		require.NoError(t, err)
		info, err := os.Lstat(p)
		require.NoError(t, err)
		require.Zero(t, info.Mode().Perm()&0o077, p)
		names = append(names, entry.Name())
		return nil
	}))
	require.Equal(t, []string{"log", "00000000000000000001.wal", lockName, reserveName}, names)
}

func TestOpenFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := Open(file, small())
	require.ErrorContains(t, err, "is not a directory")
	_, err = Open(filepath.Join(file, "below"), small())
	require.Error(t, err)
}
