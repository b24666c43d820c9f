package objectstore

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// place is a store under test and the view that a reader has of it.
type place struct {
	store Store
	// read returns the object under key, or nil if there is none.
	read func(t *testing.T, key string) []byte
	// keys returns the keys of all objects, temporary files included.
	keys func(t *testing.T) []string
}

// backends starts what each implementation needs and returns how to open an
// empty place in it. A new store has to pass as it is.
var backends = map[string]func(t *testing.T) func(t *testing.T) place{
	"dir":               func(*testing.T) func(*testing.T) place { return newDirPlace },
	"dir without links": func(*testing.T) func(*testing.T) place { return newLinklessPlace },
	"s3":                func(*testing.T) func(*testing.T) place { return newS3Place },
	"s3 gateway":        newGateway,
	"gcs":               func(*testing.T) func(*testing.T) place { return newGCSPlace },
	"gcs server":        newGCSServer,
	"azure":             func(*testing.T) func(*testing.T) place { return newAzurePlace },
	"azure server":      newAzurite,
}

func TestAcceptance(t *testing.T) {
	tests := []struct {
		name string
		test func(t *testing.T, p place)
	}{
		{"put", acceptPut},
		{"empty object", acceptEmpty},
		{"same key again", acceptRepeat},
		{"bad keys", acceptBadKeys},
		{"long key", acceptLongKey},
		{"canceled", acceptCanceled},
		{"concurrent", acceptConcurrent},
		{"check", func(t *testing.T, p place) { require.NoError(t, p.store.Check(t.Context())) }},
		{"absent", acceptAbsent},
		{"absent, after put", acceptAbsentAfterPut},
		{"absent, bad objects", acceptBadObjects},
		{"absent, short body", acceptShortBody},
		{"absent, canceled", acceptAbsentCanceled},
		{"absent, same bytes at once", acceptAbsentSame},
		{"absent, other bytes at once", acceptAbsentOther},
		{"sweep", acceptSweep},
	}
	for name, start := range backends {
		t.Run(name, func(t *testing.T) {
			open := start(t)
			for _, tt := range tests {
				t.Run(tt.name, func(t *testing.T) { tt.test(t, open(t)) })
			}
		})
	}
}

func acceptPut(t *testing.T, p place) {
	keys := []string{"top.parquet", "traces/v1/stream=a/dt=2026-11-22/hour=05/x.parquet", "stream=%2E%2E/y.parquet"}
	for _, key := range keys {
		require.NoError(t, p.store.Put(t.Context(), key, []byte(key)))
	}
	require.ElementsMatch(t, keys, p.keys(t))
	for _, key := range keys {
		require.Equal(t, key, string(p.read(t, key)))
	}
}

func acceptEmpty(t *testing.T, p place) {
	require.NoError(t, p.store.Put(t.Context(), "a/empty", nil))
	require.Equal(t, []string{"a/empty"}, p.keys(t))
	require.Empty(t, p.read(t, "a/empty"))
}

// Guarantees that a retry leaves one object, and that a writer of other bytes
// replaces them whole.
func acceptRepeat(t *testing.T, p place) {
	for range 3 {
		require.NoError(t, p.store.Put(t.Context(), "a/b", []byte("a longer first version")))
	}
	require.NoError(t, p.store.Put(t.Context(), "a/b", []byte("second")))
	require.Equal(t, []string{"a/b"}, p.keys(t))
	require.Equal(t, "second", string(p.read(t, "a/b")))
}

func acceptBadKeys(t *testing.T, p place) {
	for _, key := range []string{"", ".", "..", "/abs", "a//b", "a/", "../out", "a/../../out", "./a", `a\..\b`, "a\x00b"} {
		require.ErrorIs(t, p.store.Put(t.Context(), key, []byte("x")), ErrUnstorable, "%q", key)
	}
	require.Empty(t, p.keys(t))
}

func acceptLongKey(t *testing.T, p place) {
	key := "a/" + strings.Repeat("k", 1100)
	require.ErrorIs(t, p.store.Put(t.Context(), key, []byte("x")), ErrUnstorable)
	require.Empty(t, p.keys(t))
}

func acceptCanceled(t *testing.T, p place) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := p.store.Put(ctx, "a/b", []byte("x"))
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, ErrUnstorable)
	require.Empty(t, p.keys(t))
}

// Guarantees that a reader sees one of the versions that were put, never a
// mixture or a part.
func acceptConcurrent(t *testing.T, p place) {
	versions := [][]byte{bytes.Repeat([]byte("a"), 1<<16), bytes.Repeat([]byte("b"), 1<<17)}
	require.NoError(t, p.store.Put(t.Context(), "x/y", versions[0]))

	done := make(chan struct{})
	var readers, writers sync.WaitGroup
	readers.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			got := p.read(t, "x/y")
			assert.True(t, bytes.Equal(got, versions[0]) || bytes.Equal(got, versions[1]), "read a part of an object")
		}
	})
	for _, version := range versions {
		writers.Go(func() {
			for range 20 {
				assert.NoError(t, p.store.Put(t.Context(), "x/y", version))
			}
		})
	}
	writers.Wait()
	close(done)
	readers.Wait()
	require.Equal(t, []string{"x/y"}, p.keys(t))
}
