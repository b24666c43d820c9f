package wal

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// sample is a log of three segments, whose records contain what looks like
// records, and its contents.
func sample(t testing.TB) (*memDisk, map[uint64]string) {
	d := newMemDisk()
	l, err := open(d, small())
	require.NoError(t, err)
	salt := uint32(0)
	l.salt = func() uint32 { salt++; return salt }
	for i := range 9 {
		payload := []byte("forged")
		h := recordHeader{length: uint32(len(payload)), lsn: uint64(i + 1), sum: checksum(payload)}
		var head [recordHeaderSize]byte
		h.put(&head, 99)
		appendAll(t, l, fmt.Sprintf("%d %s%s", i, head[:], payload))
	}
	require.Equal(t, 3, l.Stats().Segments)
	records := stored(t, l, 0)
	require.Len(t, records, 9)
	require.NoError(t, l.Close())
	return d, records
}

// with is the disk with the file's contents changed.
func (d *memDisk) with(name string, data []byte) *memDisk {
	after := newMemDisk()
	maps.Copy(after.names, d.names)
	delete(after.names, name)
	if data != nil {
		after.names[name] = &memContent{name: name, data: data, synced: data}
	}
	after.durable = maps.Clone(after.names)
	return after
}

// reopen opens a damaged log, and checks that it holds nothing that was not
// appended, and that it takes a record and keeps it. It returns what was there, and the new record's LSN.
func reopen(t testing.TB, d *memDisk, want map[uint64]string) (map[uint64]string, Stats, uint64) {
	l, err := open(d, small())
	require.NoError(t, err)
	left := stored(t, l, 0)
	for lsn, record := range left {
		require.Equal(t, want[lsn], record)
	}
	stats := l.Stats()
	lsn, err := l.Append(t.Context(), []byte("new"))
	require.NoError(t, err)
	require.NoError(t, l.Close())

	l, err = open(d, small())
	require.NoError(t, err)
	again := stored(t, l, 0)
	require.Equal(t, "new", again[lsn])
	delete(again, lsn)
	require.Equal(t, left, again)
	require.NoError(t, l.Release(lsn))
	require.Empty(t, stored(t, l, 0))
	require.NoError(t, l.Close())
	return left, stats, lsn
}

// TestBitFlips flips each bit of a log. At most the record that it hits is
// missing, and that is counted, but for the very last record: to lose that is
// what a write that was cut short looks like.
func TestBitFlips(t *testing.T) {
	d, want := sample(t)
	last := uint64(len(want))
	for name, c := range d.names {
		for bit := range 8 * len(c.data) {
			data := bytes.Clone(c.data)
			data[bit/8] ^= 1 << (bit % 8)
			left, stats, lsn := reopen(t, d.with(name, data), want)
			at := fmt.Sprintf("bit %d of %s", bit, name)
			require.Greater(t, lsn, last, "%s: an LSN was given twice", at)
			if bit/8 < segmentHeaderSize {
				require.Len(t, left, len(want), at)
				require.Zero(t, stats.Lost, at)
				continue
			}
			require.Len(t, left, len(want)-1, at)
			if _, ok := left[last]; ok {
				require.Equal(t, uint64(1), stats.Lost, at)
				require.Zero(t, stats.TornBytes, at)
			} else {
				require.Zero(t, stats.Lost, at)
				require.NotZero(t, stats.TornBytes, at)
			}
		}
	}
}

// TestTornEnd cuts the last segment at each byte: what is left are the records
// before the cut, nothing counts as lost, and the LSNs go on.
func TestTornEnd(t *testing.T) {
	d, want := sample(t)
	name := slices.Max(slices.Collect(maps.Keys(d.names)))
	data := d.names[name].data
	first, _ := parseSegmentName(name)
	for size := segmentHeaderSize; size < len(data); size++ {
		end, whole := segmentHeaderSize, first-1
		for ; end+recordHeaderSize <= size; whole++ {
			next := end + recordHeaderSize + int(binary.LittleEndian.Uint32(data[end:]))
			if next > size {
				break
			}
			end = next
		}
		for _, tail := range [][]byte{nil, make([]byte, 100), bytes.Repeat([]byte{0xff}, 30)} {
			left, stats, _ := reopen(t, d.with(name, append(bytes.Clone(data[:size]), tail...)), want)
			require.Len(t, left, int(whole), size)
			require.Contains(t, left, whole)
			require.Zero(t, stats.Lost)
			require.Equal(t, int64(size-end+len(tail)), stats.TornBytes)
		}
	}
}

// TestUnreadableSegments checks that a segment that is gone, cut or overwritten
// costs its own records and no other.
func TestUnreadableSegments(t *testing.T) {
	d, want := sample(t)
	for name, c := range d.names {
		first, _ := parseSegmentName(name)
		isLast := first+3 > uint64(len(want))
		for what, data := range map[string][]byte{
			"gone":        nil,
			"empty":       {},
			"no header":   append(make([]byte, segmentHeaderSize), c.data[segmentHeaderSize:]...),
			"half header": c.data[:segmentHeaderSize/4],
			"zeros":       make([]byte, len(c.data)),
			"misnamed":    d.names[other(d, name)].data,
		} {
			left, stats, _ := reopen(t, d.with(name, data), want)
			require.Len(t, left, len(want)-3, "%s %s", name, what)
			require.NotContains(t, left, first)
			switch {
			case !isLast && (what != "gone" || first > 1):
				require.Equal(t, uint64(3), stats.Lost, "%s %s", name, what)
			case isLast && len(data) > segmentHeaderSize:
				require.Equal(t, uint64(1), stats.Lost, "%s %s", name, what)
			}
		}
	}
}

// TestRecordsInRecords replaces what looks like a record's header inside a
// payload by another one. Plain CRCs would not notice.
func TestRecordsInRecords(t *testing.T) {
	d, want := sample(t)
	const name, inside = "00000000000000000001.wal", segmentHeaderSize + recordHeaderSize + len("0 ")
	data := bytes.Clone(d.names[name].data)
	copy(data[inside:], []byte(want[2])[len("1 "):][:recordHeaderSize])
	left, stats, _ := reopen(t, d.with(name, data), want)
	require.Len(t, left, len(want)-1)
	require.Equal(t, uint64(1), stats.Lost)
}

func other(d *memDisk, name string) string {
	for n := range d.names {
		if n != name {
			return n
		}
	}
	return ""
}

func TestVersion(t *testing.T) {
	d, _ := sample(t)
	data := bytes.Clone(d.names[segmentName(1)].data)
	binary.LittleEndian.PutUint32(data[8:], version+1)
	binary.LittleEndian.PutUint32(data[headerCopySize-4:], checksum(data[:headerCopySize-4]))
	_, err := open(d.with(segmentName(1), data), small())
	require.ErrorIs(t, err, ErrVersion)
}

// TestUnreadableDisk checks that an error of the disk is not taken for damage,
// which would be skipped.
func TestUnreadableDisk(t *testing.T) {
	d, _ := sample(t)
	l := openTest(t, d, small())
	d.fault = func(op, _ string) error {
		if op == "open" {
			return syscall.EIO
		}
		return nil
	}
	require.ErrorIs(t, l.Replay(t.Context(), 0, func(uint64, []byte) error { return nil }), syscall.EIO)
	require.Zero(t, l.Stats().Lost)
	_, err := open(d, small())
	require.ErrorIs(t, err, syscall.EIO)
}

// FuzzDamage overwrites a part of a log: whatever is read back is what was
// appended under that LSN, and the log goes on.
func FuzzDamage(f *testing.F) {
	f.Add(uint8(0), uint16(80), []byte{0xff})
	f.Add(uint8(2), uint16(0), make([]byte, 300))
	f.Add(uint8(1), uint16(segmentHeaderSize+3), []byte("DSWALSEG"))
	d, want := sample(f)
	names := slices.Sorted(maps.Keys(d.names))
	f.Fuzz(func(t *testing.T, which uint8, at uint16, patch []byte) {
		name := names[int(which)%len(names)]
		data := bytes.Clone(d.names[name].data)
		pos := int(at) % len(data)
		if len(patch) > 10_000 {
			return
		}
		data = append(data[:pos], append(patch, data[min(len(data), pos+len(patch)):]...)...)
		reopen(t, d.with(name, data), want)
	})
}
