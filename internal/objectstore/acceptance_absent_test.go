package objectstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// object returns an object of the bytes given.
func object(key, data string) Object {
	return Object{Key: key, Body: strings.NewReader(data), Size: int64(len(data)), Meta: map[string]string{"rows": "7"}}
}

// sizes are what a test of PutIfAbsent repeats itself for: S3 places take the
// large one in parts.
var sizes = map[string]int{"empty": 0, "small": 1000, "large": 11*mebi + 1}

// Guarantees that the first object under a key stays, and that its writer may
// ask for it as often as it likes.
func acceptAbsent(t *testing.T, p place) {
	for name, size := range sizes {
		data := strings.Repeat("x", size)
		key := "a/" + name
		for i := range 3 {
			existed, err := p.store.PutIfAbsent(t.Context(), object(key, data))
			require.NoError(t, err)
			require.Equal(t, i > 0, existed)
		}
		others := []string{data + "y", strings.Repeat("y", size)}
		if size == 0 {
			others = others[:1]
		}
		for _, other := range others {
			_, err := p.store.PutIfAbsent(t.Context(), object(key, other))
			require.ErrorIs(t, err, ErrConflict)
			require.NotErrorIs(t, err, ErrUnstorable)
			require.NotErrorIs(t, err, ErrUnavailable)
		}
		require.True(t, bytes.Equal([]byte(data), p.read(t, key)), "the object has changed")
	}
	require.Len(t, p.keys(t), len(sizes))
}

func acceptAbsentAfterPut(t *testing.T, p place) {
	require.NoError(t, p.store.Put(t.Context(), "a/b", []byte("put")))
	existed, err := p.store.PutIfAbsent(t.Context(), object("a/b", "put"))
	require.NoError(t, err)
	require.True(t, existed)
	_, err = p.store.PutIfAbsent(t.Context(), object("a/b", "tup"))
	require.ErrorIs(t, err, ErrConflict)
	require.NoError(t, p.store.Put(t.Context(), "a/b", []byte("tup")))
	require.Equal(t, "tup", string(p.read(t, "a/b")))
}

func acceptBadObjects(t *testing.T, p place) {
	objects := []Object{
		object("", "x"), object("../x", "x"), object("a/"+strings.Repeat("k", 1100), "x"),
		{Key: "a", Body: strings.NewReader(""), Size: -1},
		{Key: "a", Body: strings.NewReader(""), Meta: map[string]string{"Upper": ""}},
		{Key: "a", Body: strings.NewReader(""), Meta: map[string]string{"": ""}},
		{Key: "a", Body: strings.NewReader(""), Meta: map[string]string{"sha256": "00"}},
		{Key: "a", Body: strings.NewReader(""), Meta: map[string]string{"x": "a\r\nb"}},
		{Key: "a", Body: strings.NewReader(""), Meta: map[string]string{"x": strings.Repeat("v", maxMeta)}},
	}
	for i, obj := range objects {
		_, err := p.store.PutIfAbsent(t.Context(), obj)
		require.ErrorIs(t, err, ErrUnstorable, "object %d", i)
	}
	require.Empty(t, p.keys(t))
}

// A file that was cut after it had been sealed must not become an object.
func acceptShortBody(t *testing.T, p place) {
	for name, size := range sizes {
		obj := object("a/"+name, strings.Repeat("x", size))
		obj.Size++
		_, err := p.store.PutIfAbsent(t.Context(), obj)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		require.NotErrorIs(t, err, ErrConflict)
	}
	require.Empty(t, p.keys(t))
}

func acceptAbsentCanceled(t *testing.T, p place) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, size := range sizes {
		_, err := p.store.PutIfAbsent(ctx, object("a/"+name, strings.Repeat("x", size)))
		require.ErrorIs(t, err, context.Canceled)
		require.NotErrorIs(t, err, ErrUnstorable)
	}
	require.Empty(t, p.keys(t))
}

// Guarantees that all writers of the same bytes succeed. Which of them are told
// that it existed is for the counters: at least all but those that overlapped.
func acceptAbsentSame(t *testing.T, p place) {
	data := strings.Repeat("same", 1<<14)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			_, err := p.store.PutIfAbsent(t.Context(), object("a/b", data))
			assert.NoError(t, retried(err, func() error {
				_, err := p.store.PutIfAbsent(t.Context(), object("a/b", data))
				return err
			}))
		})
	}
	wg.Wait()
	require.Equal(t, []string{"a/b"}, p.keys(t))
	require.True(t, bytes.Equal([]byte(data), p.read(t, "a/b")))
}

// Guarantees that one of the writers of different bytes succeeds, that its
// bytes stay, and that all the others learn it.
func acceptAbsentOther(t *testing.T, p place) {
	var mu sync.Mutex
	var winners []string
	var wg sync.WaitGroup
	for i := range 8 {
		data := strings.Repeat(fmt.Sprint(i), 1<<16)
		wg.Go(func() {
			put := func() error {
				existed, err := p.store.PutIfAbsent(t.Context(), object("a/b", data))
				if err == nil && !existed {
					mu.Lock()
					winners = append(winners, data)
					mu.Unlock()
				}
				return err
			}
			if err := retried(put(), put); err != nil {
				assert.ErrorIs(t, err, ErrConflict)
			}
		})
	}
	wg.Wait()
	require.Len(t, winners, 1)
	require.True(t, bytes.Equal([]byte(winners[0]), p.read(t, "a/b")))
}

// retried repeats put as a spool would: for every error that may go away.
func retried(err error, put func() error) error {
	for range 20 {
		if err == nil || isFinal(err) {
			return err
		}
		time.Sleep(10 * time.Millisecond)
		err = put()
	}
	return err
}

// Guarantees that a sweep leaves objects and young pieces alone.
func acceptSweep(t *testing.T, p place) {
	for _, key := range []string{"lake/a/1", "lakeside/2", "3"} {
		require.NoError(t, p.store.Put(t.Context(), key, []byte("x")))
	}
	removed, err := p.store.Sweep(t.Context(), "lake", 0)
	require.NoError(t, err)
	require.Zero(t, removed)
	require.Len(t, p.keys(t), 3)
}

// isFinal tells whether a retry of the same object is pointless.
func isFinal(err error) bool { return errors.Is(err, ErrUnstorable) || errors.Is(err, ErrConflict) }
