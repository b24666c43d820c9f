package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// flip changes a bit of a file.
func flip(t *testing.T, path string, rng *rand.Rand) {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NotEmpty(t, data)
	bit := rng.IntN(8 * len(data))
	data[bit/8] ^= 1 << (bit % 8)
	require.NoError(t, os.WriteFile(path, data, 0o600))
}

// Bits that flip in the log cost the records that they are in, and no others,
// and the loss is counted.
func TestDamagedLog(t *testing.T) {
	for seed := range uint64(10) {
		t.Run(fmt.Sprint("traces/seed=", seed), func(t *testing.T) { testDamagedLog(t, tracesKind, seed) })
		t.Run(fmt.Sprint("logs/seed=", seed), func(t *testing.T) { testDamagedLog(t, logsKind, seed) })
		t.Run(fmt.Sprint("metrics/seed=", seed), func(t *testing.T) { testDamagedLog(t, metricsKind, seed) })
	}
}

func testDamagedLog[D any](t *testing.T, k kind[D], seed uint64) {
	t.Parallel()
	b := newBenchOf(t, k)
	b.options.Log.SegmentBytes = 1 << 10
	b.start()
	acked := map[int]bool{}
	for n := range 40 {
		stream, d := k.numbered(n)
		require.NoError(t, b.Consume(t.Context(), stream, d))
		acked[n] = true
	}
	b.crash()
	rng := rand.New(rand.NewPCG(seed, 1))
	segments, err := filepath.Glob(filepath.Join(b.options.Directory, "log", "0*"))
	require.NoError(t, err)
	require.Greater(t, len(segments), 2)
	flips := 1 + rng.IntN(6)
	for range flips {
		flip(t, segments[rng.IntN(len(segments))], rng)
	}
	b.start()
	b.shutdown()
	stored := b.numbers()
	for item := range stored {
		delete(acked, item/4)
	}
	missing := len(acked)
	s := b.Stats().Log
	require.LessOrEqual(t, missing, flips)
	require.True(t, uint64(missing) == s.Lost || uint64(missing) > s.Lost && s.TornBytes > 0,
		"%d are missing, %d were counted, and %d bytes at the end", missing, s.Lost, s.TornBytes)
	b.requireNumbered(nil, nil)
	b.requireItemsBySQL(stored)
	require.Empty(t, b.lost)
	b.requireEmpty()
}

// keeping is what else keeps the log: the record before which it was written.
type keeping struct {
	durable    bool
	from, rows int // and how many of the 20 rows are in the log then
}

// A sealed file that the disk changes is never stored: it is written again as
// far as the log has its rows, and what is lost is counted.
func TestDamagedFile(t *testing.T) {
	damage := map[string]func(t *testing.T, path string){
		"bit": func(t *testing.T, path string) { flip(t, path, rand.New(rand.NewPCG(1, 1))) },
		"cut": func(t *testing.T, path string) { require.NoError(t, os.Truncate(path, 100)) },
		"gone": func(t *testing.T, path string) {
			require.NoError(t, os.Remove(path))
		},
	}
	for what, change := range damage {
		for name, k := range map[string]keeping{
			"log=all":    {true, 0, 20},
			"log=part":   {true, 2, 10},
			"log=none":   {true, 4, 0},
			"log=absent": {false, 4, 0},
		} {
			t.Run(what+"/"+name+"/traces", func(t *testing.T) { testDamagedFile(t, tracesKind, k, change, what == "gone") })
			t.Run(what+"/"+name+"/logs", func(t *testing.T) { testDamagedFile(t, logsKind, k, change, what == "gone") })
			t.Run(what+"/"+name+"/metrics", func(t *testing.T) { testDamagedFile(t, metricsKind, k, change, what == "gone") })
		}
	}
}

func testDamagedFile[D any](t *testing.T, of kind[D], k keeping, change func(t *testing.T, path string), gone bool) {
	t.Parallel()
	b := newBenchOf(t, of)
	store := &fickleStore{Store: b.options.Store, err: errors.New("service unavailable")}
	b.options.Store, b.options.Durable = store, k.durable
	b.options.Log.SegmentBytes = 200 // One record each.
	b.start()
	// An open file of another stream keeps the log from where it began.
	keep := func(at int) {
		if k.from == at {
			require.NoError(t, b.Consume(t.Context(), "keeper", of.items(100, 1, noon)))
		}
	}
	keep(0)
	require.NoError(t, b.Consume(t.Context(), "a", of.items(0, 10, noon)))
	require.NoError(t, b.Consume(t.Context(), "other", of.items(50, 1, noon)))
	b.sealStream("other")
	keep(2)
	require.NoError(t, b.Consume(t.Context(), "a", of.items(10, 10, noon)))
	b.sealStream("a")
	keep(4)
	paths, err := filepath.Glob(filepath.Join(b.options.Directory, "files", "*~20~*~a"+sealedSuffix))
	require.NoError(t, err)
	require.Len(t, paths, 1)
	change(t, paths[0])
	store.fail(nil)
	require.Eventually(t, func() bool { return b.Stats().SealedFiles == 0 }, 30*time.Second, 10*time.Millisecond)
	b.shutdown()

	stored := b.numbers()
	require.Len(t, stored, 2+k.rows)
	b.requireItemsBySQL(stored)
	kept, err := filepath.Glob(filepath.Join(b.options.Directory, "files", "*"+damagedSuffix))
	require.NoError(t, err)
	if k.rows == 20 {
		require.Empty(t, b.lost)
		require.Empty(t, kept)
		b.requireEmpty()
		return
	}
	require.Equal(t, []Reason{Damaged}, b.reasons)
	require.Equal(t, 20-k.rows, b.lost[0].Rows)
	require.Equal(t, !gone, len(kept) == 1)
}

func (b *bench[D]) sealStream(stream string) {
	b.seal(func(open []*openFile[D]) (files []*openFile[D]) {
		for _, f := range open {
			if f.stream == stream {
				files = append(files, f)
			}
		}
		return files
	})
}

// Damaged files that nobody fetches are bounded, in number and in bytes, those
// of earlier processes included. The oldest go first.
func TestDamagedFilesAreBounded(t *testing.T) {
	sealed := time.Now().Add(-time.Hour)
	for name, tt := range map[string]struct {
		files  int
		size   int64
		remain int
	}{
		"few":   {5, 10, 5},
		"many":  {maxDamagedFiles + 3, 10, maxDamagedFiles},
		"large": {5, 400, 2},
		"huge":  {2, 2000, 0},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.options.MaxSealedBytes = 1000 * damagedShare
			dir := filepath.Join(b.options.Directory, "files")
			require.NoError(t, os.MkdirAll(dir, 0o700))
			for i := range tt.files {
				// The names are not in the order of age.
				path := filepath.Join(dir, fmt.Sprintf("%03d%s", tt.files-i, damagedSuffix))
				require.NoError(t, os.WriteFile(path, make([]byte, tt.size), 0o600))
				require.NoError(t, os.Chtimes(path, sealed, sealed.Add(time.Duration(i)*time.Second)))
			}
			b.start()
			s := b.Stats()
			require.Equal(t, tt.remain, s.DamagedFiles)
			require.Equal(t, int64(tt.remain)*tt.size, s.DamagedBytes)
			require.EqualValues(t, tt.files-tt.remain, s.DamagedRemoved)
			for i := range tt.files {
				_, err := os.Stat(filepath.Join(dir, fmt.Sprintf("%03d%s", tt.files-i, damagedSuffix)))
				require.Equal(t, i < tt.files-tt.remain, errors.Is(err, fs.ErrNotExist), "file %d", i)
			}
			b.shutdown()
		})
	}
}

// The bound holds while the engine runs, too.
func TestDamagedFileBeyondBound(t *testing.T) {
	b := newBench(t)
	store := &fickleStore{Store: b.options.Store, err: errors.New("service unavailable")}
	b.options.Store, b.options.Durable = store, false
	b.options.MaxSealedBytes = damagedShare // One byte of damaged files.
	b.start()
	require.NoError(t, b.Consume(t.Context(), "a", spans(0, 10, noon)))
	b.sealStream("a")
	paths, err := filepath.Glob(filepath.Join(b.options.Directory, "files", "*"+sealedSuffix))
	require.NoError(t, err)
	require.Len(t, paths, 1)
	require.NoError(t, os.Truncate(paths[0], 100))
	store.fail(nil)
	require.Eventually(t, func() bool { return b.Stats().SealedFiles == 0 }, 30*time.Second, 10*time.Millisecond)
	b.shutdown()
	require.Equal(t, []Reason{Damaged}, b.reasons)
	require.EqualValues(t, 1, b.Stats().DamagedRemoved)
	require.Zero(t, b.Stats().DamagedFiles)
}
