package wal

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// model is what a log has promised.
type model struct {
	acked    map[uint64]string // acknowledged, by LSN
	tried    map[string]bool   // appended, acknowledged or not
	released uint64
	highest  uint64 // the highest LSN that was acknowledged or replayed
}

// check compares a log that was just opened with its promises.
func (m *model) check(t *testing.T, l *Log) {
	left := stored(t, l, 0)
	for lsn, record := range m.acked {
		got, ok := left[lsn]
		require.True(t, ok || lsn <= m.released, "acknowledged record %d is missing; released up to %d", lsn, m.released)
		require.True(t, !ok || got == record, "record %d is not what was appended", lsn)
	}
	for lsn, record := range left {
		require.True(t, m.tried[record], "record %d was never appended", lsn)
		m.highest = max(m.highest, lsn)
		// What has been read once is a promise, acknowledged or not.
		m.acked[lsn] = record
	}
	require.GreaterOrEqual(t, l.Last()+1, l.First())
}

// run does what random callers do, one thing after the other, until the disk
// fails for good or n things are done.
func (m *model) run(t *testing.T, l *Log, rng *rand.Rand, n int) {
	for range n {
		switch rng.IntN(10) {
		case 0:
			upTo := m.released + uint64(rng.IntN(8))
			m.released = max(m.released, upTo) // Also if it fails: some may be gone.
			_ = l.Release(upTo)
		case 1:
			_ = l.Yield()
		default:
			record := fmt.Sprintf("%d %*d", rng.Uint64(), rng.IntN(100), 0)
			m.tried[record] = true
			lsn, err := l.Append(t.Context(), []byte(record))
			if err != nil {
				continue
			}
			require.Greater(t, lsn, m.highest, "an LSN was given twice")
			m.highest = lsn
			m.acked[lsn] = record
		}
	}
}

// TestPowerLoss runs random operations on a disk that fails at random and
// loses, at random moments, what was not synced, and checks after each restart
// that the log kept its promises.
func TestPowerLoss(t *testing.T) {
	for seed := range uint64(300) {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) { powerLoss(t, rand.New(rand.NewPCG(seed, 0))) })
	}
}

func powerLoss(t *testing.T, rng *rand.Rand) {
	m := &model{acked: map[uint64]string{}, tried: map[string]bool{}}
	o := Options{SegmentBytes: 300, MaxBytes: 3000, ReserveBytes: int64(rng.IntN(2) * 100)}
	d := newMemDisk()
	for range 10 {
		l, err := open(d, o)
		require.NoError(t, err)
		l.now = hurry()
		m.check(t, l)
		faults, every := rng.IntN(3), 1+rng.IntN(40)
		d.mu.Lock()
		d.fault = func(string, string) error {
			switch {
			case faults == 0 || rng.IntN(every) > 0:
				return nil
			case faults == 1:
				return syscall.ENOSPC
			}
			return syscall.EIO
		}
		d.mu.Unlock()
		m.run(t, l, rng, rng.IntN(40))
		if rng.IntN(4) == 0 {
			require.NoError(t, l.Close())
			d = d.kill()
			continue
		}
		after := d.cut(rng)
		require.NoError(t, l.Close()) // It has no way to touch the new disk.
		d = after
	}
}

// hurry is a clock that passes a second with each look.
func hurry() func() time.Time {
	now := time.Now()
	return func() time.Time {
		now = now.Add(time.Second)
		return now
	}
}

// TestFailedSync checks that nothing is acknowledged on the word of a file
// whose sync failed once: the kernel may have dropped what it could not write.
func TestFailedSync(t *testing.T) {
	d := newMemDisk()
	l := openTest(t, d, small())
	appendAll(t, l, "before")
	failing := segmentName(1)
	d.fault = func(op, name string) error {
		if op == "sync" && name == failing {
			return syscall.EIO
		}
		return nil
	}
	_, err := l.Append(t.Context(), []byte("refused"))
	require.ErrorIs(t, err, syscall.EIO)
	require.NotErrorIs(t, err, ErrFull)
	appendAll(t, l, "after")
	require.Equal(t, map[uint64]string{1: "before", 3: "after"}, stored(t, l, 0))
	require.Equal(t, 2, l.Stats().Segments)
	require.NoError(t, l.Close())

	l = openTest(t, d.kill(), small())
	require.Equal(t, map[uint64]string{1: "before", 3: "after"}, stored(t, l, 0))
	require.Zero(t, l.Stats().Lost)
}

// TestFailedRoll checks that no record goes into a segment that the disk may
// know to have ended: the new segment's name may be there although making it
// durable failed.
func TestFailedRoll(t *testing.T) {
	for _, op := range []string{"create", "write", "sync", "rename", "syncdir"} {
		t.Run(op, func(t *testing.T) {
			d := newMemDisk()
			l := openTest(t, d, small())
			long := string(make([]byte, 150))
			appendAll(t, l, long)
			d.fault = func(o, name string) error {
				if o == op && (op == "syncdir" || name == newSegment || name == segmentName(2)) {
					return syscall.EIO
				}
				return nil
			}
			_, err := l.Append(t.Context(), []byte(long))
			require.ErrorIs(t, err, syscall.EIO)
			_, errShort := l.Append(t.Context(), []byte("short"))
			after := d.kill()
			d.fault = nil
			l2 := openTest(t, after, small())
			left := stored(t, l2, 0)
			require.Equal(t, long, left[1])
			if errShort == nil {
				require.Equal(t, "short", left[2])
			}
			require.NoError(t, l2.Close())
			appendAll(t, l, "goes on")
		})
	}
}

func TestFailedWrite(t *testing.T) {
	d := newMemDisk()
	l := openTest(t, d, small())
	appendAll(t, l, "before")
	fail := map[string]error{"write": syscall.EIO}
	d.fault = func(op, _ string) error { return fail[op] }
	_, err := l.Append(t.Context(), []byte("refused"))
	require.ErrorIs(t, err, syscall.EIO)
	fail = nil
	appendAll(t, l, "after")
	require.Equal(t, map[uint64]string{1: "before", 3: "after"}, stored(t, l, 0))
}

func TestFailedRemoveIsTriedAgain(t *testing.T) {
	d := newMemDisk()
	l := openTest(t, d, small())
	long := string(make([]byte, 200))
	appendAll(t, l, long, long, long)
	errRemove := errors.New("not now")
	fail := map[string]error{"remove": errRemove}
	d.fault = func(op, _ string) error { return fail[op] }
	require.ErrorIs(t, l.Release(2), errRemove)
	require.Len(t, stored(t, l, 0), 3)
	fail = nil
	require.NoError(t, l.Release(2))
	require.Len(t, stored(t, l, 0), 1)
}

// TestDeletionsAreOrdered checks that no deletion is on its way to the disk
// before the one of the older segment has arrived.
func TestDeletionsAreOrdered(t *testing.T) {
	d := newMemDisk()
	l := openTest(t, d, small())
	long := string(make([]byte, 200))
	appendAll(t, l, long, long, long)
	var ops []string
	d.fault = func(op, name string) error {
		ops = append(ops, op+name)
		return nil
	}
	require.NoError(t, l.Release(2))
	require.Equal(t, []string{"remove" + segmentName(1), "syncdir", "remove" + segmentName(2), "syncdir"}, ops)
}

// A log that was left without records, as a clean shutdown leaves it, is opened
// without a sync: a collector that reloads has senders waiting.
func TestOpenEmptyWithoutSync(t *testing.T) {
	d, o := newMemDisk(), Options{SegmentBytes: 1 << 10, MaxBytes: 1 << 20, ReserveBytes: 1 << 10}
	l, err := open(d, o)
	require.NoError(t, err)
	lsn, err := l.Append(t.Context(), []byte("record"))
	require.NoError(t, err)
	require.NoError(t, l.Close())
	syncs := 0
	d.fault = func(op, _ string) error {
		if op == "sync" || op == "syncdir" {
			syncs++
		}
		return nil
	}
	l, err = open(d, o)
	require.NoError(t, err)
	require.Equal(t, 1, syncs, "what is read must not vanish later")
	require.NoError(t, l.Release(lsn))
	require.NoError(t, l.Close())
	syncs = 0
	l, err = open(d, o)
	require.NoError(t, err)
	require.Zero(t, syncs)
	require.Equal(t, lsn, l.Last())
	require.NoError(t, l.Close())
}
