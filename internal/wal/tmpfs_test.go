//go:build linux

package wal

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestSmallDisk fills a real disk to the last byte, from the log and from
// outside, and checks that the owner has room to write what it needs before it
// releases records, and that log and owner drain it in turns until all is well.
func TestSmallDisk(t *testing.T) {
	volume := t.TempDir()
	if err := syscall.Mount("tmpfs", volume, "tmpfs", 0, "size=8m"); err != nil {
		t.Skipf("mounting a small disk needs rights that this process has not: %v", err)
	}
	t.Cleanup(func() { require.NoError(t, syscall.Unmount(volume, 0)) })
	path := filepath.Join(volume, "log")
	o := Options{SegmentBytes: 512 << 10, MaxBytes: 1 << 30, ReserveBytes: 2 << 20}
	l := openPath(t, path, o)
	now := time.Now()
	l.now = func() time.Time { return now }
	record := make([]byte, 50_000)
	want := map[uint64]string{}
	fill := func() {
		for {
			lsn, err := l.Append(t.Context(), record)
			if err != nil {
				require.ErrorIs(t, err, ErrFull)
				return
			}
			record[0]++
			want[lsn] = string(record[:1])
		}
	}
	fill()
	require.Greater(t, len(want), 90)

	// The owner drains the log through a file of the reserve's size, while a
	// sender tries again and again. The first time the log has made room.
	spool := filepath.Join(volume, "spool")
	spooled := make([]byte, o.ReserveBytes-64<<10)
	require.NoError(t, os.WriteFile(spool, spooled, 0o600))
	for last := l.Last(); l.First() <= last; {
		require.NoError(t, l.Release(l.First()+30))
		require.NoError(t, os.Remove(spool))
		if _, err := l.Append(t.Context(), record); err != nil {
			require.ErrorIs(t, err, ErrFull)
		}
		if err := os.WriteFile(spool, spooled, 0o600); err != nil {
			require.ErrorIs(t, err, syscall.ENOSPC)
			require.NoError(t, l.Yield())
			require.NoError(t, os.WriteFile(spool, spooled, 0o600))
		}
	}
	require.NoError(t, os.Remove(spool))
	now = now.Add(reservePatience)
	require.NoError(t, l.Release(l.Last()))
	require.Empty(t, stored(t, l, 0))
	before := l.Last()
	fill()
	require.Greater(t, l.Last(), before+90)

	// Somebody else fills what is left, and the log is opened anew.
	require.NoError(t, l.Close())
	other := filepath.Join(volume, "other")
	f, err := os.Create(other)
	require.NoError(t, err)
	require.ErrorIs(t, fillZeros(f, 64<<20), syscall.ENOSPC)
	require.NoError(t, f.Close())
	l = openPath(t, path, o)
	require.Len(t, stored(t, l, 0), int(l.Last()-before))
	require.NoError(t, l.Release(l.Last()))
	require.NoError(t, os.Remove(other))
	require.NoError(t, l.Release(l.Last()))
	appendAll(t, l, "goes on")
	require.Zero(t, l.Stats().Lost)
}
