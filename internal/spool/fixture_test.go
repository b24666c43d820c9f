package spool

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/goleak"
	"go.uber.org/zap/zaptest"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnread"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/objectstore"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/wal"
)

func TestMain(m *testing.M) {
	// The tests must not depend on the AWS settings of whoever runs them.
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_SESSION_TOKEN": "",
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
		"AWS_ENDPOINT_URL": "", "AWS_ENDPOINT_URL_S3": "", "NO_PROXY": "127.0.0.1",
	} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	if plan := os.Getenv(childPlan); plan != "" {
		fmt.Fprintln(os.Stderr, runChild(plan))
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

type traces = ptrace.Traces

// bench is an engine over a directory store, and what it told its observer.
type bench[D any] struct {
	t       *testing.T
	kind    kind[D]
	options Options
	lake    string // directory of the store
	*Engine[D]

	mu                          sync.Mutex
	sealed, stored, lost        []File
	existed, late, past, future int
	reasons                     []Reason
}

// newBench returns a bench of traces whose engine is not open yet.
func newBench(t *testing.T) *bench[traces] { return newBenchOf(t, tracesKind) }

func newBenchOf[D any](t *testing.T, k kind[D]) *bench[D] {
	b := &bench[D]{t: t, kind: k, lake: filepath.Join(memoryDir(t), "lake")}
	store, err := objectstore.OpenDir(b.lake)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	b.options = Options{
		Directory: filepath.Join(memoryDir(t), "spool"), Durable: true,
		Log:     wal.Options{SegmentBytes: 1 << 20, MaxBytes: 64 << 20},
		Roll:    Roll{MaxAge: time.Hour, MaxBytes: 1 << 30, MaxRows: 1 << 30},
		MaxPast: 48 * time.Hour, MaxFuture: time.Hour,
		MaxOpenFiles: 100, MaxOpenBytes: 1 << 30, MaxSealedBytes: 1 << 30,
		Uploads: 2, Timeout: 10 * time.Second, Drain: 10 * time.Second,
		Store: store, Observer: b, Logger: zaptest.NewLogger(t),
	}
	return b
}

// memoryDir returns a directory in memory, if there is such a thing: a process
// that is killed leaves the same behind there as on a disk.
func memoryDir(t *testing.T) string {
	const shm = "/dev/shm"
	if info, err := os.Stat(shm); err != nil || !info.IsDir() {
		return t.TempDir()
	}
	dir, err := os.MkdirTemp(shm, "spool-test-") //nolint:usetesting // That would be on the disk.
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	return dir
}

func (b *bench[D]) start() {
	b.t.Helper()
	payload, err := b.kind.payload(1000)
	require.NoError(b.t, err)
	b.Engine, err = Open(b.t.Context(), b.options, payload)
	require.NoError(b.t, err)
}

func (b *bench[D]) shutdown() {
	b.t.Helper()
	require.NoError(b.t, b.Shutdown(b.t.Context()))
}

// crash leaves everything as a process leaves it that is killed: nothing is
// sealed, and nothing is tidied up.
func (b *bench[D]) crash() {
	b.t.Helper()
	b.stop()
	b.spool.close()
	b.workers.Wait()
	require.NoError(b.t, b.close())
}

func (b *bench[D]) Sealed(f File, _ time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sealed = append(b.sealed, f)
}

func (b *bench[D]) Stored(f File, _ time.Duration, existed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stored = append(b.stored, f)
	if existed {
		b.existed++
	}
}

func (b *bench[D]) Lost(f File, reason Reason) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lost, b.reasons = append(b.lost, f), append(b.reasons, reason)
}

func (b *bench[D]) Late(_ string, rows int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.late += rows
}

func (b *bench[D]) Misplaced(_ string, past, future int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.past, b.future = b.past+past, b.future+future
}

// noon is when the tests' events happen, as far as it matters: an hour that has
// ended, so that no test runs across its end.
var noon = time.Now().UTC().Truncate(time.Hour).Add(-2 * time.Hour)

// objects returns the numbers of the items in each object of the store, by key
// without the file's name.
func (b *bench[D]) objects() map[string][]int {
	b.t.Helper()
	all := make(map[string][]int)
	err := filepath.WalkDir(b.lake, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".parquet") {
			return err
		}
		dir, err := filepath.Rel(b.lake, filepath.Dir(path))
		require.NoError(b.t, err)
		all[dir] = append(all[dir], b.object(path)...)
		return nil
	})
	require.NoError(b.t, err)
	return all
}

// object returns the numbers of the items in an object.
func (b *bench[D]) object(path string) []int {
	b.t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(b.t, err)
	f, err := columnread.Open(bytes.NewReader(data), int64(len(data)))
	require.NoError(b.t, err, path)
	numbers, err := b.kind.numbers(f)
	require.NoError(b.t, err, path)
	return numbers
}

// requireItems asserts that the store holds each of the first n items once, and
// no other.
func (b *bench[D]) requireItems(n int) {
	b.t.Helper()
	seen := b.numbers()
	for i := range n {
		require.True(b.t, seen[i], "item %d is missing", i)
	}
	require.Len(b.t, seen, n)
}

// numbers returns the numbers of the items in the store, of which each may be
// there once.
func (b *bench[D]) numbers() map[int]bool {
	b.t.Helper()
	seen := make(map[int]bool)
	for _, numbers := range b.objects() {
		for _, n := range numbers {
			require.False(b.t, seen[n], "item %d is there twice", n)
			seen[n] = true
		}
	}
	return seen
}

// fickleStore fails while it is told to.
type fickleStore struct {
	objectstore.Store
	mu    sync.Mutex
	err   error
	after error // returned after the object was stored
}

func (s *fickleStore) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

// loseAnswer makes the next put fail after the object was stored.
func (s *fickleStore) loseAnswer() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.after = errors.New("connection reset")
}

func (s *fickleStore) PutIfAbsent(ctx context.Context, o objectstore.Object) (bool, error) {
	s.mu.Lock()
	err, after := s.err, s.after
	s.after = nil
	s.mu.Unlock()
	if err != nil {
		return false, err
	}
	existed, err := s.Store.PutIfAbsent(ctx, o)
	return existed, errors.Join(err, after)
}
