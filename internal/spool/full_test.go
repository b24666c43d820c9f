//go:build linux

package spool

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/wal"
)

// TestDiskFull fills a small disk with the log and the files, while the store is
// away. Senders are told to wait, nothing that was acknowledged is lost, and all
// of it drains when the store is back.
func TestDiskFull(t *testing.T) {
	t.Run("traces", func(t *testing.T) { testDiskFull(t, tracesKind) })
	if underRace {
		return // The race detector makes it long, and signals share all that may race.
	}
	t.Run("logs", func(t *testing.T) { testDiskFull(t, logsKind) })
	t.Run("metrics", func(t *testing.T) { testDiskFull(t, metricsKind) })
}

func testDiskFull[D any](t *testing.T, k kind[D]) {
	t.Parallel()
	volume := t.TempDir()
	if err := syscall.Mount("tmpfs", volume, "tmpfs", 0, "size=16m"); err != nil {
		t.Skipf("mounting a small disk needs rights that this process has not: %v", err)
	}
	t.Cleanup(func() { require.NoError(t, syscall.Unmount(volume, syscall.MNT_DETACH)) })
	b := newBenchOf(t, k)
	store := &fickleStore{Store: b.options.Store, err: errors.New("service unavailable")}
	b.options.Store, b.options.Directory = store, filepath.Join(volume, "spool")
	b.options.Log = wal.Options{SegmentBytes: 512 << 10, MaxBytes: 64 << 20, ReserveBytes: 2 << 20}
	b.options.Roll = Roll{MaxAge: 100 * time.Millisecond, MaxBytes: 1 << 30, MaxRows: 500}
	b.start()

	const size = 40
	n := 0
	// consume goes on for as long as it is told, which may depend on how often
	// there was no room.
	consume := func(more func(busy int) bool) {
		busy := 0
		for end := time.Now().Add(time.Minute); more(busy); {
			require.True(t, time.Now().Before(end), "%d items, there was no room %d times, %+v", n, busy, b.Stats())
			err := b.Consume(t.Context(), fmt.Sprint("stream-", n%3), k.incompressible(n, size))
			if err == nil {
				n += size
				continue
			}
			require.ErrorIs(t, err, ErrBusy)
			busy++
			time.Sleep(10 * time.Millisecond)
		}
	}
	consume(func(busy int) bool { return busy < 50 })
	var disk syscall.Statfs_t
	require.NoError(t, syscall.Statfs(volume, &disk))
	t.Logf("%d items, %d blocks of %d are free, %+v", n, disk.Bfree, disk.Blocks, b.Stats())
	require.Empty(t, b.objects())
	full := n

	store.fail(nil)
	consume(func(int) bool { return n < full+10*size })
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	require.Eventually(t, func() bool { b.seal(everything); return !b.hasPending() }, 60*time.Second, 100*time.Millisecond)
	require.NoError(t, b.Shutdown(ctx))
	require.Empty(t, b.lost)
	b.requireItems(n)
	b.requireItemsBySQL(b.numbers())
	b.requireEmpty()
}

// incompressible returns items that take some 1000 bytes each wherever they are.
func (k kind[D]) incompressible(first, n int) D {
	d := k.items(first, n, noon)
	k.visit(d, func(_, item pcommon.Map) {
		random := make([]byte, 960)
		_, _ = rand.Read(random) // It never fails.
		item.PutEmptyBytes("noise").FromRaw(random)
	})
	return d
}
