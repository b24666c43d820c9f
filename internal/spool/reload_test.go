package spool

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/objectstore"
)

// Guarantees that the writer's name is on the disk before the first record,
// stays while the log goes on, and changes with a log that counts anew: names of
// files would come again.
func TestWriterName(t *testing.T) {
	b := newBench(t)
	known := func() string {
		name, err := os.ReadFile(filepath.Join(b.options.Directory, writerFile))
		if err != nil {
			require.ErrorIs(t, err, os.ErrNotExist)
		}
		return string(name)
	}
	b.options.step = func(step string) {
		if step == stepAppend {
			require.Equal(t, b.logWriter, known())
		}
	}
	b.start()
	require.Empty(t, known(), "a log that is not used needs no name")
	require.NoError(t, b.Consume(t.Context(), "a", spans(0, 1, noon)))
	first := known()
	require.Len(t, first, writerLength)

	for _, stop := range []func(){b.crash, b.shutdown} {
		stop()
		b.start()
		require.Equal(t, first, b.logWriter)
	}
	b.shutdown()
	require.NoError(t, os.RemoveAll(filepath.Join(b.options.Directory, "log")))
	b.start()
	require.NotEqual(t, first, b.logWriter)
	require.NoError(t, b.Consume(t.Context(), "a", spans(1, 1, noon)))
	require.NotEqual(t, first, known())
	b.shutdown()
	b.requireItems(2)
}

// watchedStore tells when a file is offered, and takes it when its context ends.
type watchedStore struct {
	objectstore.Store
	offered chan string
}

func (s *watchedStore) PutIfAbsent(ctx context.Context, o objectstore.Object) (bool, error) {
	s.offered <- o.Key
	<-ctx.Done()
	return false, ctx.Err()
}

// A shutdown in a hurry calls off what is on its way to the store and offers it
// nothing more; the next engine stores all of it.
func TestHurry(t *testing.T) {
	b := newBench(t)
	lake := b.options.Store
	store := &watchedStore{lake, make(chan string, 10)}
	b.options.Store, b.options.Timeout = store, 0
	b.start()
	require.NoError(t, b.Consume(t.Context(), "a", spans(0, 10, noon)))
	b.seal(everything)
	<-store.offered
	require.NoError(t, b.Consume(t.Context(), "b", spans(10, 10, noon)))
	b.Hurry()
	b.shutdown()
	require.Empty(t, store.offered)
	require.Empty(t, b.reasons)

	b.options.Store = lake
	b.start()
	b.shutdown()
	b.requireItems(20)
}
