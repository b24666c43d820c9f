package wal

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// bounded makes d a disk with so many bytes in all.
func bounded(d *memDisk, space *int) {
	// What is written next: a record of these tests, or nothing.
	needs := map[string]int{"write": 150, "allocate": 0}
	d.fault = func(op, _ string) error {
		used := 0
		for _, c := range d.names {
			used += len(c.data)
		}
		if need, ok := needs[op]; ok && used+need > *space {
			return syscall.ENOSPC
		}
		return nil
	}
}

func files(d *memDisk) []string { return slices.Sorted(maps.Keys(d.names)) }

// TestDiskFull follows a log through a full disk: the append that meets it is
// refused and leaves no trace, the owner gets the reserve, the log does not
// take it away, and goes on when there is space again.
func TestDiskFull(t *testing.T) {
	o := Options{SegmentBytes: 300, MaxBytes: 1 << 20, ReserveBytes: 500}
	d, space := newMemDisk(), 3000
	bounded(d, &space)
	l := openTest(t, d, o)
	now := time.Now()
	l.now = func() time.Time { return now }
	require.Contains(t, files(d), reserveName)
	record := strings.Repeat("r", 100)
	var err error
	for err == nil {
		_, err = l.Append(t.Context(), []byte(record))
	}
	require.ErrorIs(t, err, ErrFull)
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.NotContains(t, files(d), reserveName)
	require.False(t, l.Stats().Reserved)
	n := int(l.Last())
	require.Greater(t, n, 10)
	require.Len(t, stored(t, l, 0), n)

	// The space of the reserve would take an append, but it is the owner's.
	_, err = l.Append(t.Context(), nil)
	require.ErrorIs(t, err, ErrFull)
	now = now.Add(time.Minute)
	_, err = l.Append(t.Context(), nil) // Not enough for the reserve and a segment.
	require.ErrorIs(t, err, ErrFull)
	require.NotContains(t, files(d), reserveName)

	require.NoError(t, l.Release(uint64(n/2)))
	require.True(t, l.Stats().Reserved)
	require.Contains(t, files(d), reserveName)
	appendAll(t, l, record)
	require.NoError(t, l.Close())
	l = openTest(t, d.kill(), o)
	require.Contains(t, stored(t, l, 0), uint64(n+1))
	require.Zero(t, l.Stats().Lost)
}

// TestFullFromOutside checks that a log that is empty, and so will see no
// Release, goes on by itself once others have made space.
func TestFullFromOutside(t *testing.T) {
	o := Options{SegmentBytes: 300, MaxBytes: 1 << 20, ReserveBytes: 500}
	d, space := newMemDisk(), 100
	bounded(d, &space)
	l := openTest(t, d, o)
	now := time.Now()
	l.now = func() time.Time { return now }
	require.False(t, l.Stats().Reserved)
	_, err := l.Append(t.Context(), []byte("a"))
	require.ErrorIs(t, err, ErrFull)
	space = 3000
	_, err = l.Append(t.Context(), []byte("a"))
	require.ErrorIs(t, err, ErrFull)
	now = now.Add(reservePatience)
	appendAll(t, l, "a")
	require.True(t, l.Stats().Reserved)

	require.NoError(t, l.Yield())
	_, err = l.Append(t.Context(), []byte("b"))
	require.ErrorIs(t, err, ErrFull)
	require.NoError(t, l.Yield())
	now = now.Add(reservePatience)
	appendAll(t, l, "b")
}

// TestReleaseOnAFullDisk checks that a log can be emptied although that needs a
// new segment.
func TestReleaseOnAFullDisk(t *testing.T) {
	o := Options{SegmentBytes: 300, MaxBytes: 1 << 20, ReserveBytes: 500}
	d, space := newMemDisk(), 3000
	bounded(d, &space)
	l := openTest(t, d, o)
	appendAll(t, l, "a")
	d.mu.Lock()
	space = len(d.names[segmentName(1)].data) + 500
	d.mu.Unlock()
	require.NoError(t, l.Release(1))
	require.Empty(t, stored(t, l, 0))
	require.False(t, l.Stats().Reserved)
	require.Equal(t, []string{segmentName(2)}, files(d))
}

func TestNoReserve(t *testing.T) {
	o := Options{SegmentBytes: 300, MaxBytes: 1 << 20}
	d, space := newMemDisk(), 1000
	bounded(d, &space)
	l := openTest(t, d, o)
	var err error
	for err == nil {
		_, err = l.Append(t.Context(), make([]byte, 100))
	}
	require.ErrorIs(t, err, ErrFull)
	require.NoError(t, l.Yield())
	space = 3000
	appendAll(t, l, "at once")
}

// TestTruncateFails checks that a segment with the rest of a refused write at
// its end is given up if the rest cannot be cut off.
func TestTruncateFails(t *testing.T) {
	d := newMemDisk()
	l := openTest(t, d, small())
	appendAll(t, l, "a")
	fail := map[string]error{"write": syscall.ENOSPC, "truncate": errors.New("no")}
	d.fault = func(op, _ string) error { return fail[op] }
	_, err := l.Append(t.Context(), []byte("b"))
	require.ErrorIs(t, err, ErrFull)
	fail = nil
	appendAll(t, l, "c")
	require.Equal(t, 2, l.Stats().Segments)
	require.Equal(t, map[uint64]string{1: "a", 3: "c"}, stored(t, l, 0))
}

func TestReserveOfAnotherSize(t *testing.T) {
	d := newMemDisk()
	for _, size := range []int64{500, 700, 100} {
		o := small()
		o.ReserveBytes = size
		l := openTest(t, d, o)
		require.NoError(t, l.Close())
		require.Len(t, d.names[reserveName].data, int(size))
	}
	l := openTest(t, d, small())
	require.False(t, l.Stats().Reserved)
	require.NotContains(t, d.names, reserveName)
}
