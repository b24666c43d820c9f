package wal

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestBounds(t *testing.T) {
	o := Options{SegmentBytes: 200, MaxBytes: 400}
	l := openTest(t, newMemDisk(), o)
	_, err := l.Append(t.Context(), make([]byte, 400))
	require.ErrorIs(t, err, ErrTooLarge)
	record := make([]byte, 100)
	appendAll(t, l, string(record), string(record))
	_, err = l.Append(t.Context(), record)
	require.ErrorIs(t, err, ErrFull)
	require.LessOrEqual(t, l.Stats().Bytes, o.MaxBytes)
	require.NoError(t, l.Release(1))
	appendAll(t, l, string(record))
	require.Len(t, stored(t, l, 0), 2)

	o = DefaultOptions()
	o.ReserveBytes = 0
	l = openTest(t, newMemDisk(), o)
	_, err = l.Append(t.Context(), make([]byte, MaxRecordBytes+1))
	require.ErrorIs(t, err, ErrTooLarge)
	large := bytes.Repeat([]byte("0123456789abcdef"), MaxRecordBytes/16)
	appendAll(t, l, string(large))
	require.Equal(t, map[uint64]string{1: string(large)}, stored(t, l, 0))
}

// TestBoundOfAGroup checks that appends that are committed together do not
// exceed the bound together.
func TestBoundOfAGroup(t *testing.T) {
	o := Options{SegmentBytes: 1000, MaxBytes: 1300, CommitDelay: 20 * time.Millisecond}
	l := openTest(t, newMemDisk(), o)
	appendAll(t, l, string(make([]byte, 900)))
	errs := make(chan error, 10)
	for range cap(errs) {
		go func() {
			_, err := l.Append(t.Context(), make([]byte, 50))
			errs <- err
		}()
	}
	taken := 0
	for range cap(errs) {
		if err := <-errs; err == nil {
			taken++
		} else {
			require.ErrorIs(t, err, ErrFull)
		}
	}
	require.Equal(t, 3, taken) // Of 70 bytes in 236.
	require.LessOrEqual(t, l.Stats().Bytes, o.MaxBytes)
}
