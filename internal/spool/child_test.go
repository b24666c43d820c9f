package spool

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/objectstore"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/wal"
)

// childPlan is the environment variable that makes the test binary run an
// engine until it is killed; it holds a plan.
const childPlan = "SPOOL_TEST_CHILD"

// plan is what a child does, as JSON.
type plan struct {
	Signal   string
	Dir      string // of the spool, and of the store if that is one
	Endpoint string // of the S3 server otherwise,
	Prefix   string // and the place in its bucket
	First    int    // number of the first payload
	Step     string // where the child kills itself, at any time if it is empty,
	Nth      int    // and how many times it gets that far
}

// bucket is where plans put objects on an S3 server.
const bucket = "telemetry"

// openStore opens the store, which tells of stepBody.
func (p plan) openStore() (objectstore.Store, error) {
	if p.Endpoint == "" {
		store, err := objectstore.OpenDir(p.lake())
		return tellingStore{store, p.hook()}, err
	}
	store, err := objectstore.OpenS3(context.Background(), objectstore.S3Options{
		Bucket: bucket, Prefix: p.Prefix, Region: "us-east-1", Endpoint: p.Endpoint, PathStyle: true,
	})
	return tellingStore{store, p.hook()}, err
}

// stepBody comes between stepPut and stepMark: the store reads the file.
const stepBody = "body"

// tellingStore tells of each time that the store reads an object's body.
type tellingStore struct {
	objectstore.Store
	step hook
}

func (s tellingStore) PutIfAbsent(ctx context.Context, o objectstore.Object) (bool, error) {
	o.Body = tellingReader{o.Body, s.step}
	return s.Store.PutIfAbsent(ctx, o)
}

type tellingReader struct {
	io.ReaderAt
	step hook
}

func (r tellingReader) ReadAt(b []byte, off int64) (int, error) {
	r.step.at(stepBody)
	return r.ReaderAt.ReadAt(b, off)
}

// options make an engine do everything all the time.
func (p plan) options(store objectstore.Store, observer Observer, logger *zap.Logger) Options {
	return Options{
		Directory: filepath.Join(p.Dir, "spool"), Durable: true,
		Log:     wal.Options{SegmentBytes: 4 << 10, MaxBytes: 64 << 20, ReserveBytes: 64 << 10},
		Roll:    Roll{MaxAge: 30 * time.Millisecond, MaxBytes: 1 << 30, MaxRows: 40},
		MaxPast: 48 * time.Hour, MaxFuture: time.Hour,
		MaxOpenFiles: 4, MaxOpenBytes: 1 << 30, MaxSealedBytes: 1 << 30,
		Uploads: 2, Timeout: 10 * time.Second, Drain: 30 * time.Second,
		Store: store, Observer: observer, Logger: logger,
		step: p.hook(),
	}
}

func (p plan) hook() hook {
	var left atomic.Int64
	left.Store(int64(p.Nth))
	return func(step string) {
		if step == p.Step && left.Add(-1) == 0 {
			self, err := os.FindProcess(os.Getpid())
			if err == nil {
				err = self.Kill()
			}
			panic(fmt.Sprint("alive after the kill: ", err))
		}
	}
}

// runChild does what the plan says. It returns if something is wrong.
func runChild(encoded string) error {
	var p plan
	if err := json.Unmarshal([]byte(encoded), &p); err != nil {
		return err
	}
	for _, k := range mortals {
		if k.name() == p.Signal {
			return k.run(p)
		}
	}
	return fmt.Errorf("unknown signal %q", p.Signal)
}

// run consumes numbered payloads from several goroutines and says on stdout
// which were acknowledged.
func (k kind[D]) run(p plan) error {
	store, err := p.openStore()
	if err != nil {
		return err
	}
	payload, err := k.payload(8)
	if err != nil {
		return err
	}
	lost := make(lossReport, 100)
	e, err := Open(context.Background(), p.options(store, lost, zap.NewNop()), payload)
	if err != nil {
		return err
	}
	failed := make(chan error)
	next := atomic.Int64{}
	next.Store(int64(p.First))
	for range 3 {
		go func() {
			for {
				n := int(next.Add(1))
				stream, d := k.numbered(n)
				err := e.Consume(context.Background(), stream, d)
				switch {
				case errors.Is(err, ErrBusy):
				case err != nil:
					failed <- err
				default:
					fmt.Fprintln(os.Stdout, n)
				}
			}
		}()
	}
	select {
	case err := <-failed:
		return err
	case f := <-lost:
		return fmt.Errorf("lost %s", f.name())
	}
}

func (p plan) lake() string { return filepath.Join(p.Dir, "lake") }

// lossReport is an observer of losses only.
type lossReport chan File

func (lossReport) Sealed(File, time.Duration)       {}
func (lossReport) Stored(File, time.Duration, bool) {}
func (r lossReport) Lost(f File, _ Reason)          { r <- f }
func (lossReport) Late(string, int)                 {}
func (lossReport) Misplaced(string, int, int)       {}

// numbered returns payload n: of one of three streams, with up to four items of
// two hours, some of them out of bounds.
func (k kind[D]) numbered(n int) (stream string, d D) {
	at := noon.Add(time.Duration(n%2) * time.Hour)
	switch {
	case n%7 == 0:
		at = noon.Add(time.Hour - time.Millisecond) // Two hours.
	case n%11 == 0:
		at = noon.Add(-1000 * time.Hour)
	case n%13 == 0:
		at = noon.Add(1000 * time.Hour)
	}
	return string(rune('a' + n%3)), k.items(4*n, 1+n%4, at)
}

// requireNumbered asserts that the items of each acknowledged payload are in
// the store once, and those of others once or not at all, but of those in torn
// each for itself.
func (b *bench[D]) requireNumbered(acked, torn map[int]bool) {
	b.t.Helper()
	seen := b.numbers()
	for n := range acked {
		require.True(b.t, seen[4*n], "acknowledged payload %d", n)
	}
	for item := range seen {
		n := item / 4
		if torn[n] {
			continue
		}
		for i := range 1 + n%4 {
			require.True(b.t, seen[4*n+i], "item %d of payload %d: there are others of it", i, n)
		}
	}
}

// requireEmpty asserts that nothing is left in the spool.
func (b *bench[D]) requireEmpty() {
	b.t.Helper()
	files, err := os.ReadDir(filepath.Join(b.options.Directory, "files"))
	require.NoError(b.t, err)
	require.Empty(b.t, files)
	entries, err := os.ReadDir(b.options.Directory)
	require.NoError(b.t, err)
	names := []string{"files", "log"}
	if b.options.Durable {
		names = append(names, writerFile)
	}
	require.Len(b.t, entries, len(names))
	for i, name := range names {
		require.Equal(b.t, name, entries[i].Name())
	}
	require.Greater(b.t, b.log.First(), b.log.Last(), "the log is empty")
}
