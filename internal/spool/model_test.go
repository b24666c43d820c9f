package spool

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// model drives an engine, and knows what must be in the store in the end.
type model struct {
	*bench[traces]
	store *fickleStore
	away  bool // The directory of the files is.
	next  int

	consumed sync.Mutex
	acked    map[int]bool // numbers of payloads that must be there
	volatile map[int]bool // acknowledged without a log, since the start
	torn     map[int]bool // of which any part may be missing
}

func newModel(t *testing.T) *model {
	m := &model{bench: newBench(t), acked: map[int]bool{}, volatile: map[int]bool{}, torn: map[int]bool{}}
	m.store = &fickleStore{Store: m.options.Store}
	p := plan{Dir: memoryDir(t)}
	logger := m.options.Logger
	m.options = p.options(m.store, m.bench, logger)
	m.options.Drain = 50 * time.Millisecond
	m.start()
	return m
}

// do takes a step of the schedule.
func (m *model) do(step byte) {
	arg := int(step >> 4)
	switch step & 15 {
	default:
		for range 1 + arg {
			m.consume(m.t.Context())
		}
	case 8:
		var wg sync.WaitGroup
		for range 2 + arg {
			wg.Go(func() { m.consume(m.t.Context()) })
		}
		wg.Wait()
	case 9:
		ctx, cancel := context.WithTimeout(m.t.Context(), time.Duration(arg)*100*time.Microsecond)
		m.consume(ctx)
		cancel()
	case 10:
		m.seal(everything)
	case 11:
		m.store.fail([]error{nil, errors.New("slow down")}[arg%2])
	case 12:
		m.store.loseAnswer()
	case 13:
		m.move(arg%2 == 1)
	case 14:
		m.restart(m.crash, arg)
	case 15:
		m.restart(m.shutdown, arg)
	}
}

// consume sends a payload, and notes what is promised of it.
func (m *model) consume(ctx context.Context) {
	m.consumed.Lock()
	m.next++
	n := m.next
	m.consumed.Unlock()
	stream, td := tracesKind.numbered(n)
	err := m.Consume(ctx, stream, td)
	m.consumed.Lock()
	defer m.consumed.Unlock()
	switch {
	case err == nil && m.options.Durable:
		m.acked[n] = true
	case err == nil:
		m.volatile[n] = true
	case !errors.Is(err, ErrBusy) && ctx.Err() == nil:
		require.NoError(m.t, err)
	}
}

// move takes the directory of the files away, or puts it back.
func (m *model) move(away bool) {
	if m.away == away {
		return
	}
	m.away = away
	files := filepath.Join(m.options.Directory, "files")
	from, to := files, files+".gone"
	if !away {
		from, to = to, from
	}
	require.NoError(m.t, os.Rename(from, to))
}

// restart ends the engine, and starts another with other options.
func (m *model) restart(end func(), arg int) {
	end()
	m.mu.Lock()
	if lost := len(m.lost) > 0; lost || !m.shut {
		require.False(m.t, lost && m.options.Durable, "nothing is lost with a log")
		maps.Copy(m.torn, m.volatile)
	} else {
		maps.Copy(m.acked, m.volatile)
	}
	m.lost = nil
	m.mu.Unlock()
	m.volatile = map[int]bool{}
	m.move(false)
	m.options.Durable = arg%4 > 0
	m.options.MaxPast = time.Duration(1+arg%3*700) * time.Hour
	m.options.MaxOpenFiles = 1 + arg%5
	m.start()
}

// requireAll lets everything drain, and looks into the store.
func (m *model) requireAll() {
	m.store.fail(nil)
	m.options.Drain = 30 * time.Second
	m.restart(m.crash, 1) // The next process has no failures to wait for.
	m.restart(m.shutdown, 1)
	m.shutdown()
	m.requireNumbered(m.acked, m.torn)
	m.requireEmpty()
}

// Whatever happens in whatever order, each acknowledged payload is stored once.
func TestModel(t *testing.T) {
	seeds := 30
	switch {
	case testing.Short():
		seeds = 5
	case underRace:
		seeds = 15
	}
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			t.Parallel()
			m := newModel(t)
			rng := rand.New(rand.NewPCG(seed, 0))
			for range 60 {
				m.do(byte(rng.Uint32()))
			}
			m.requireAll()
			require.NotEmpty(t, m.acked)
		})
	}
}

// FuzzModel is TestModel with any schedule.
func FuzzModel(f *testing.F) {
	f.Add([]byte{0xf0, 13 | 1<<4, 10, 13, 0xf0, 10, 14 | 1<<4, 0xf0, 15 | 1<<4})
	f.Add([]byte{11 | 1<<4, 0xf0, 10, 0xf8, 14, 0xf0, 10, 14 | 1<<4, 11, 12, 10})
	f.Fuzz(func(t *testing.T, schedule []byte) {
		if len(schedule) > 60 {
			return
		}
		m := newModel(t)
		for _, step := range schedule {
			m.do(step)
		}
		m.requireAll()
	})
}
