package spool

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/objectstore"
)

// Rows are filed by stream and hour of event time, whatever the payload.
func TestPartitions(t *testing.T) {
	b := newBench(t)
	b.start()
	require.NoError(t, b.Consume(t.Context(), "a", spans(0, 10, noon)))
	require.NoError(t, b.Consume(t.Context(), "b", spans(10, 10, noon)))
	require.NoError(t, b.Consume(t.Context(), "a", spans(20, 10, noon.Add(time.Hour-5*time.Millisecond))))
	require.NoError(t, b.Consume(t.Context(), "a", spans(30, 1, noon.Add(-100*time.Hour))))
	require.NoError(t, b.Consume(t.Context(), "a", spans(31, 1, noon.Add(100*time.Hour))))
	require.NoError(t, b.Consume(t.Context(), "c", spans(32, 1, time.Now().Add(30*time.Minute))))
	require.Empty(t, b.objects(), "nothing is due")
	b.shutdown()
	b.requireItems(33)

	dir := func(stream string, at time.Time) string {
		return fmt.Sprintf("traces/v1/stream=%s/%s", stream, at.Format("dt=2006-01-02/hour=15"))
	}
	objects := b.objects()
	require.Len(t, objects[dir("a", noon)], 15)
	require.Len(t, objects[dir("b", noon)], 10)
	require.Len(t, objects[dir("a", noon.Add(time.Hour))], 5)
	now := time.Now().UTC()
	require.ElementsMatch(t, []int{30, 31}, objects[dir("a", now)], "what is out of bounds is filed under its arrival")
	require.Equal(t, []int{30, 1, 1}, []int{b.late, b.past, b.future})
}

// A file is sealed when it is old, large or long enough, and the log is let go.
func TestRoll(t *testing.T) {
	tests := map[string]func(*Options){
		"age":        func(o *Options) { o.Roll.MaxAge = 100 * time.Millisecond },
		"rows":       func(o *Options) { o.Roll.MaxRows = 1000 },
		"bytes":      func(o *Options) { o.Roll.MaxBytes = 100 },
		"open files": func(o *Options) { o.MaxOpenFiles = 1 },
		"memory":     func(o *Options) { o.MaxOpenBytes = 50_000 },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			change(&b.options)
			b.start()
			// Two streams, and more than a row group.
			require.NoError(t, b.Consume(t.Context(), "a", spans(0, 1500, noon)))
			require.NoError(t, b.Consume(t.Context(), "b", spans(1500, 1500, noon)))
			require.Eventually(t, func() bool { return len(b.objects()) > 0 }, 10*time.Second, 10*time.Millisecond)
			b.shutdown()
			b.requireItems(3000)
			require.Greater(t, b.log.First(), b.log.Last(), "the log is empty")
			files, err := os.ReadDir(filepath.Join(b.options.Directory, "files"))
			require.NoError(t, err)
			require.Empty(t, files)
		})
	}
}

// What was acknowledged survives a crash, once.
func TestCrash(t *testing.T) {
	b := newBench(t)
	b.options.Roll.MaxRows = 200
	n := 0
	for range 5 {
		b.start()
		for i := range 7 {
			require.NoError(t, b.Consume(t.Context(), string(rune('a'+i%3)), spans(n, 90, noon)))
			n += 90
		}
		b.crash()
	}
	b.start()
	b.shutdown()
	b.requireItems(n)
	require.Empty(t, b.lost)
}

// The answer of a store may get lost after it took a file, and the process may
// end before it is known to be stored.
func TestStoredTwice(t *testing.T) {
	b := newBench(t)
	store := &fickleStore{Store: b.options.Store, after: errors.New("connection reset")}
	b.options.Store = store
	b.start()
	require.NoError(t, b.Consume(t.Context(), "a", spans(0, 10, noon)))
	b.shutdown()
	require.Equal(t, 1, b.existed)
	b.requireItems(10)
}

// While the store is away data waits on the disk, up to a bound; then senders
// are told to wait.
func TestStoreAway(t *testing.T) {
	b := newBench(t)
	store := &fickleStore{Store: b.options.Store, err: errors.New("service unavailable")}
	b.options.Store = store
	b.options.Roll.MaxRows, b.options.MaxSealedBytes, b.options.Drain = 10, 10_000, time.Millisecond
	b.start()
	n := 0
	require.Eventually(t, func() bool {
		err := b.Consume(t.Context(), "a", spans(n, 10, noon))
		if err == nil {
			n += 10
			return false
		}
		require.ErrorIs(t, err, ErrBusy)
		return true
	}, 20*time.Second, 5*time.Millisecond)
	require.Positive(t, n)
	require.NotZero(t, b.Stats().SealedFiles)
	b.shutdown()
	require.Empty(t, b.objects())

	store.fail(nil)
	b.options.Drain = 10 * time.Second
	b.start()
	b.shutdown()
	b.requireItems(n)
}

// A file that the store will never take does not hold up the others, and does
// not come back from the log.
func TestUnstorable(t *testing.T) {
	b := newBench(t)
	store := &fickleStore{Store: b.options.Store, err: objectstore.ErrUnstorable}
	b.options.Store = store
	b.start()
	require.NoError(t, b.Consume(t.Context(), "a", spans(0, 10, noon)))
	b.seal(everything)
	require.Eventually(t, func() bool { b.mu.Lock(); defer b.mu.Unlock(); return len(b.lost) == 1 }, 10*time.Second, time.Millisecond)
	require.Equal(t, []Reason{Refused}, b.reasons)
	require.Equal(t, 10, b.lost[0].Rows)
	store.fail(nil)
	b.crash()
	b.start()
	b.shutdown()
	require.Empty(t, b.objects())
}

// A file of another writer under the same key stays, and ours is stored beside it.
func TestKeyTaken(t *testing.T) {
	b := newBench(t)
	b.start()
	require.NoError(t, b.Consume(t.Context(), "a", spans(0, 10, noon)))
	f := File{
		partition: partition{"a", hourOf(noon.UnixNano())}, span: span{0, 1}, writer: b.writer,
		First: noon, Last: noon.Add(9 * time.Millisecond), Rows: 10,
	}
	path := filepath.Join(b.lake, filepath.FromSlash(f.key("traces", 0)))
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path, []byte("theirs"), 0o600))
	b.shutdown()
	theirs, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "theirs", string(theirs))
	require.Len(t, b.object(strings.TrimSuffix(path, ".parquet")+"-r1.parquet"), 10)
}

// A file that cannot be written is written again from the log.
func TestUnwritable(t *testing.T) {
	b := newBench(t)
	b.start()
	require.NoError(t, b.Consume(t.Context(), "a", spans(0, 10, noon)))
	files := filepath.Join(b.options.Directory, "files")
	require.NoError(t, os.Rename(files, files+".gone"))
	b.seal(everything)
	require.NoError(t, b.Consume(t.Context(), "a", spans(10, 1500, noon)), "the log has it")
	require.Empty(t, b.sealed)
	require.NoError(t, os.Rename(files+".gone", files))
	require.Eventually(t, func() bool { b.seal(everything); return b.Stats().SealedFiles == 0 && len(b.pending) == 0 }, 20*time.Second, 50*time.Millisecond)
	b.shutdown()
	b.requireItems(1510)
	require.Empty(t, b.lost)
}

// Sealed files are given up at their age, if there is one.
func TestExpired(t *testing.T) {
	b := newBench(t)
	b.options.Store = &fickleStore{Store: b.options.Store, err: errors.New("service unavailable")}
	b.options.MaxSealedAge, b.options.Roll.MaxAge, b.options.Drain = 200*time.Millisecond, 50*time.Millisecond, time.Millisecond
	b.start()
	require.NoError(t, b.Consume(t.Context(), "a", spans(0, 10, noon)))
	require.Eventually(t, func() bool { b.mu.Lock(); defer b.mu.Unlock(); return len(b.lost) == 1 }, 20*time.Second, time.Millisecond)
	require.Equal(t, []Reason{Expired}, b.reasons)
	require.Zero(t, b.Stats().SealedBytes)
	b.shutdown()
}

// Without durability a crash loses what is open, but nothing is stored twice, and
// what the log held before is not lost.
func TestWithoutLog(t *testing.T) {
	b := newBench(t)
	b.start()
	require.NoError(t, b.Consume(t.Context(), "a", spans(0, 10, noon)))
	b.crash()
	b.options.Durable = false
	b.start()
	require.NoError(t, b.Consume(t.Context(), "a", spans(10, 10, noon)))
	b.shutdown()
	b.requireItems(20)
	b.start()
	require.NoError(t, b.Consume(t.Context(), "a", spans(20, 10, noon)))
	b.shutdown()
	b.requireItems(30)
	b.options.Durable = true
	b.start()
	require.NoError(t, b.Consume(t.Context(), "a", spans(30, 10, noon)))
	b.shutdown()
	b.requireItems(40)
	require.ErrorIs(t, b.Consume(t.Context(), "a", spans(40, 10, noon)), errShut)
}

// A file's name says all that is known of it.
func TestNames(t *testing.T) {
	f := File{
		partition: partition{"team%2Fa~b", -5}, span: span{1 << 60, 1<<60 + 5}, writer: "0123456789ab",
		First: time.Unix(0, -1).UTC(), Last: time.Unix(0, 1<<62).UTC(), Rows: 1 << 30,
	}
	got, err := parseName(f.name())
	require.NoError(t, err)
	require.Equal(t, f, got)
	f.stream = strings.Repeat("s", 150)
	require.LessOrEqual(t, len(f.name()+sealedSuffix), 255)
	for _, name := range []string{"", "a~b", strings.Replace(f.name(), "~", "~x.", 1), "~~~~~~~"} {
		_, err := parseName(name)
		require.Error(t, err, name)
	}
}

// The name of columnar's table is part of the key.
func TestKey(t *testing.T) {
	f := File{partition: partition{"a", hourOf(noon.UnixNano())}, span: span{1, 71}, writer: "0123456789ab", First: noon}
	require.Equal(t, "logs/v1/stream=a/"+noon.Format("dt=2006-01-02/hour=15/20060102T150405.000000000Z")+"-0123456789ab-1z.parquet", f.key("logs", 0))
	require.Equal(t, "v1", columnar.PathVersion)
}

// A shutdown that may not take long leaves open files to the next process, which
// has them in the log. Without one they are lost, and told so.
func TestShutdownEnds(t *testing.T) {
	for name, durable := range map[string]bool{"log": true, "memory": false} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.options.Durable = durable
			b.start()
			require.NoError(t, b.Consume(t.Context(), "a", spans(0, 10, noon)))
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			require.NoError(t, b.Shutdown(ctx))
			require.Empty(t, b.objects())
			require.Zero(t, b.Stats().OpenBytes)
			if !durable {
				require.Equal(t, []Reason{Unstored}, b.reasons)
				require.Equal(t, 10, b.lost[0].Rows)
				return
			}
			require.Empty(t, b.reasons)
			b.start()
			b.shutdown()
			b.requireItems(10)
		})
	}
}

// What waits in a directory that is removed is lost, not left to a next start.
func TestShutdownOfTemporary(t *testing.T) {
	b := newBench(t)
	core, logged := observer.New(zap.WarnLevel)
	b.options.Logger = zap.New(core)
	store := &fickleStore{Store: b.options.Store, err: errors.New("service unavailable")}
	b.options.Store, b.options.Durable, b.options.Temporary, b.options.Drain = store, false, true, time.Millisecond
	b.start()
	require.NoError(t, b.Consume(t.Context(), "a", spans(0, 10, noon)))
	b.shutdown()
	require.Equal(t, []Reason{Unstored}, b.reasons)
	require.Equal(t, 10, b.lost[0].Rows)
	require.Len(t, logged.FilterMessageSnippet("Lost files").All(), 1)
	require.Empty(t, logged.FilterMessageSnippet("wait in the spool").All())
}
