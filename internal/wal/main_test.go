package wal

import (
	"context"
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := runChild(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// small are the options of a log that rolls every few records.
func small() Options { return Options{SegmentBytes: 256, MaxBytes: 4096} }

func openTest(t testing.TB, d disk, o Options) *Log {
	l, err := open(d, o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l
}

func openPath(t testing.TB, path string, o Options) *Log {
	l, err := Open(path, o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l
}

func appendAll(t testing.TB, l *Log, records ...string) {
	for _, r := range records {
		_, err := l.Append(t.Context(), []byte(r))
		require.NoError(t, err)
	}
}

// stored returns the log's records by LSN, and checks that they come in order.
func stored(t testing.TB, l *Log, from uint64) map[uint64]string {
	records := map[uint64]string{}
	before := uint64(0)
	// A cleanup may call it, when the test's context has ended.
	err := l.Replay(context.Background(), from, func(lsn uint64, record []byte) error {
		require.Greater(t, lsn, before)
		before = lsn
		records[lsn] = string(record)
		return nil
	})
	require.NoError(t, err)
	return records
}
