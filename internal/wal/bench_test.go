package wal

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// burst is for how long one side appends before it is the other's turn.
const burst = 50 * time.Millisecond

// BenchmarkAppend compares the log with the least that could be done: writing
// the same number of records of the same size between two syncs to one file.
// The two take turns, so that other users of the disk disturb both; what is
// reported are medians over the turns, x_raw that of their ratio. The bar is
// x_raw >= 0.6. Shared disks need many turns: -benchtime 40x.
func BenchmarkAppend(b *testing.B) {
	for _, size := range []int{1 << 10, 16 << 10, 256 << 10} {
		for _, appenders := range []int{1, 16, 64} {
			b.Run(fmt.Sprintf("record=%dKiB/appenders=%d", size>>10, appenders), func(b *testing.B) {
				benchmarkAppend(b, size, appenders)
			})
		}
	}
}

func benchmarkAppend(b *testing.B, size, appenders int) {
	o := DefaultOptions()
	o.MaxBytes = 16 << 30
	l := openPath(b, b.TempDir(), o)
	record := make([]byte, size)
	for i := range record {
		record[i] = byte(i * 31)
	}
	var ours, raw, ratio []float64
	var appends, commits uint64
	for b.Loop() {
		before := l.Stats()
		ours = append(ours, appendFor(b, l, record, appenders))
		after := l.Stats()
		appends += after.Appends - before.Appends
		commits += after.Commits - before.Commits
		require.NoError(b, l.Release(l.Last()))
		raw = append(raw, rawFor(b, record, max(1, int(appends/commits))))
		ratio = append(ratio, ours[len(ours)-1]/raw[len(raw)-1])
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(ours)/1e6, "MB/s")
	b.ReportMetric(median(raw)/1e6, "raw_MB/s")
	b.ReportMetric(median(ratio), "x_raw")
	b.ReportMetric(float64(appends)/float64(commits), "records/sync")
}

func median(values []float64) float64 {
	values = slices.Sorted(slices.Values(values))
	return values[len(values)/2]
}

func appendFor(b *testing.B, l *Log, record []byte, appenders int) float64 {
	var wg sync.WaitGroup
	before, start := l.Stats().Appends, time.Now()
	for range appenders {
		wg.Go(func() {
			for time.Since(start) < burst {
				if _, err := l.Append(b.Context(), record); !assert.NoError(b, err) {
					return
				}
			}
		})
	}
	wg.Wait()
	return float64(l.Stats().Appends-before) * float64(len(record)) / time.Since(start).Seconds()
}

func rawFor(b *testing.B, record []byte, group int) float64 {
	name := filepath.Join(b.TempDir(), "raw")
	f, err := os.Create(name)
	require.NoError(b, err)
	var at int64
	start := time.Now()
	for time.Since(start) < burst {
		for range group {
			n, err := f.WriteAt(record, at)
			require.NoError(b, err)
			at += int64(n)
		}
		require.NoError(b, syncData(f))
	}
	rate := float64(at) / time.Since(start).Seconds()
	require.NoError(b, f.Close())
	require.NoError(b, os.Remove(name))
	return rate
}

// BenchmarkCommit measures what a record costs the processor: the disk is in
// memory and syncs nothing.
func BenchmarkCommit(b *testing.B) {
	for _, size := range []int{1 << 10, 64 << 10} {
		b.Run(fmt.Sprintf("record=%dKiB", size>>10), func(b *testing.B) {
			o := DefaultOptions()
			o.ReserveBytes = 0
			l := openTest(b, nullDisk{newMemDisk()}, o)
			record := make([]byte, size)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				lsn, err := l.Append(b.Context(), record)
				require.NoError(b, err)
				if lsn%1024 == 0 {
					require.NoError(b, l.Release(lsn))
				}
			}
		})
	}
}

// nullDisk forgets what is written.
type nullDisk struct{ *memDisk }

func (nullDisk) create(string) (file, error) { return nullFile{}, nil }

func (nullDisk) rename(string, string) error { return nil }

type nullFile struct{}

func (nullFile) WriteAt(b []byte, _ int64) (int, error) { return len(b), nil }
func (nullFile) Truncate(int64) error                   { return nil }
func (nullFile) Sync() error                            { return nil }
func (nullFile) Close() error                           { return nil }
func (nullFile) allocate(int64) error                   { return nil }
