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
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/goleak"
	"go.uber.org/zap/zaptest"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnar"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/columnread"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/objectstore"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/wal"
)

func TestMain(m *testing.M) {
	if plan := os.Getenv(childPlan); plan != "" {
		fmt.Fprintln(os.Stderr, runChild(plan))
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

type traces = ptrace.Traces

// bench is an engine over a directory store, and what it told its observer.
type bench struct {
	t       *testing.T
	options Options
	lake    string // directory of the store
	*Engine[ptrace.Traces]

	mu                    sync.Mutex
	sealed, stored, lost  []File
	existed, past, future int
	reasons               []Reason
}

// newBench returns a bench whose engine is not open yet.
func newBench(t *testing.T) *bench {
	b := &bench{t: t, lake: filepath.Join(memoryDir(t), "lake")}
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

func (b *bench) start() {
	b.t.Helper()
	payload, err := tracePayload(1000)
	require.NoError(b.t, err)
	b.Engine, err = Open(b.t.Context(), b.options, payload)
	require.NoError(b.t, err)
}

// tracePayload is for row groups of so many spans.
func tracePayload(groupRows int) (Payload[ptrace.Traces], error) {
	table, err := columnar.NewTraces(columnar.Options{GroupRows: groupRows})
	return Payload[ptrace.Traces]{
		Table:     table,
		Marshal:   (&ptrace.ProtoMarshaler{}).MarshalTraces,
		Unmarshal: (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces,
	}, err
}

func (b *bench) shutdown() {
	b.t.Helper()
	require.NoError(b.t, b.Shutdown(b.t.Context()))
}

// crash leaves everything as a process leaves it that is killed: nothing is
// sealed, and nothing is tidied up.
func (b *bench) crash() {
	b.t.Helper()
	b.stop()
	b.spool.close()
	b.workers.Wait()
	require.NoError(b.t, b.close())
}

func (b *bench) Sealed(f File, _ time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sealed = append(b.sealed, f)
}

func (b *bench) Stored(f File, _ time.Duration, existed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stored = append(b.stored, f)
	if existed {
		b.existed++
	}
}

func (b *bench) Lost(f File, reason Reason) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lost, b.reasons = append(b.lost, f), append(b.reasons, reason)
}

func (b *bench) Misplaced(_ string, past, future int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.past, b.future = b.past+past, b.future+future
}

// noon is when the tests' events happen, as far as it matters: an hour that has
// ended, so that no test runs across its end.
var noon = time.Now().UTC().Truncate(time.Hour).Add(-2 * time.Hour)

// spans returns a payload of spans that start at the time given, numbered from
// first on.
func spans(first, n int, at time.Time) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", fmt.Sprint("service-", first%7))
	list := rs.ScopeSpans().AppendEmpty().Spans()
	for i := range n {
		s := list.AppendEmpty()
		s.SetName(fmt.Sprint("span-", first+i))
		s.SetSpanID(pcommon.SpanID{1, byte((first + i) >> 16), byte((first + i) >> 8), byte(first + i)})
		s.SetStartTimestamp(pcommon.NewTimestampFromTime(at.Add(time.Duration(i) * time.Millisecond)))
	}
	return td
}

// objects returns the names of the spans in each object of the store, by key
// without the file's name.
func (b *bench) objects() map[string][]string {
	b.t.Helper()
	all := make(map[string][]string)
	err := filepath.WalkDir(b.lake, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".parquet") {
			return err
		}
		dir, err := filepath.Rel(b.lake, filepath.Dir(path))
		require.NoError(b.t, err)
		all[dir] = append(all[dir], b.names(path)...)
		return nil
	})
	require.NoError(b.t, err)
	return all
}

func (b *bench) names(path string) []string {
	b.t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(b.t, err)
	f, err := columnread.Open(bytes.NewReader(data), int64(len(data)))
	require.NoError(b.t, err, path)
	var names []string
	for td, err := range f.Traces(columnread.Options{}) {
		require.NoError(b.t, err)
		for _, rs := range td.ResourceSpans().All() {
			for _, ss := range rs.ScopeSpans().All() {
				for _, s := range ss.Spans().All() {
					names = append(names, s.Name())
				}
			}
		}
	}
	return names
}

// requireSpans asserts that the store holds each of the spans once, and no other.
func (b *bench) requireSpans(n int) {
	b.t.Helper()
	seen := make(map[string]int)
	for _, names := range b.objects() {
		for _, name := range names {
			seen[name]++
		}
	}
	for i := range n {
		require.Equal(b.t, 1, seen[fmt.Sprint("span-", i)], "span-%d", i)
	}
	require.Len(b.t, seen, n)
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
