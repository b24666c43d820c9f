package wal

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestGolden holds the bytes on disk: what a released version has written must
// be readable for ever. A new format has a new version.
func TestGolden(t *testing.T) {
	d := newMemDisk()
	l := openTest(t, d, Options{SegmentBytes: 1000, MaxBytes: 1000})
	l.salt = func() uint32 { return 0x01020304 }
	want := map[uint64]string{1: "first", 2: "", 3: "third\x00\xff"}
	appendAll(t, l, want[1], want[2], want[3])

	golden := filepath.Join("testdata", "segment.hex")
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(hex.Dump(d.names[segmentName(1)].data)), 0o600))
	}
	dump, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(dump), hex.Dump(d.names[segmentName(1)].data))
	require.Equal(t, want, stored(t, openTest(t, d.kill(), small()), 0))
}

func TestSegmentNames(t *testing.T) {
	for name, want := range map[string]uint64{
		"00000000000000000001.wal":  1,
		"18446744073709551615.wal":  1<<64 - 1,
		"00000000000000000000.wal":  0,
		"0000000000000000001.wal":   0,
		"+0000000000000000001.wal":  0,
		"99999999999999999999.wal":  0,
		"00000000000000000001.wal2": 0,
		newSegment:                  0,
		reserveName:                 0,
	} {
		first, ok := parseSegmentName(name)
		require.Equal(t, want > 0, ok, name)
		if ok {
			require.Equal(t, want, first)
		}
	}
}
