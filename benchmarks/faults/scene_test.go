package main

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// What a proxy was forwarding when the toxic behind it closed the connection
// stays blocked in toxiproxy, for ever. That is rare, and one connection's worth.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2/toxics.(*ToxicStub).Run"),
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2.(*ToxicLink).read"))
}

// Each fault does what it says to a request, and no more after it has ended.
func TestFaults(t *testing.T) {
	const lasts = 500 * time.Millisecond
	for f, want := range map[fault]struct {
		errors, failed bool
		least, most    time.Duration
	}{
		none:      {least: 0, most: lasts},
		refuse:    {errors: true, least: lasts, most: 5 * time.Second},
		hang:      {errors: true, least: lasts, most: 5 * time.Second},
		slow:      {least: slowness, most: slowness + 3*time.Second},
		permanent: {errors: true, failed: true, least: 0, most: lasts},
		reset:     {errors: true, least: lasts, most: 5 * time.Second},
	} {
		t.Run(string(f), func(t *testing.T) {
			t.Parallel()
			tallies := map[string]*tally{streamA: new(tally), streamB: new(tally)}
			w := must(wireOf("logs"))
			scene, err := newScene(w, tallies, "")
			require.NoError(t, err)
			defer scene.stop()
			s, err := newSender(w, scene.proxy.Listen, tallies, true)
			require.NoError(t, err)
			defer s.stop()
			request := func() { s.deliver(t.Context(), []part{{stream: streamB, start: tallies[streamB].offer(10), n: 10}}) }
			request() // So that there is a connection.
			require.Equal(t, []int{1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, tallies[streamB].arrivals)

			require.NoError(t, scene.fail(f))
			healed := make(chan error, 1)
			time.AfterFunc(lasts, func() { healed <- scene.heal(t.Context()) })
			start := time.Now()
			request()
			took := time.Since(start)
			require.NoError(t, <-healed)

			require.Equal(t, want.errors, s.errors.Load() > 0)
			require.Equal(t, want.failed, s.failed.Load() > 0)
			require.GreaterOrEqual(t, took, want.least)
			require.Less(t, took, want.most)
			for _, n := range tallies[streamB].arrivals[10:] {
				require.Equal(t, !want.failed, n == 1)
			}
			require.Equal(t, !want.failed, tallies[streamB].acked[19])
		})
	}
}

// The sender keeps the rate, splits requests as it is told, and counts what
// finds no place while nobody answers.
func TestSenderIsBounded(t *testing.T) {
	for _, separate := range []bool{false, true} {
		tallies := map[string]*tally{streamA: new(tally), streamB: new(tally)}
		w := must(wireOf("logs"))
		scene, err := newScene(w, tallies, "")
		require.NoError(t, err)
		defer scene.stop()
		require.NoError(t, scene.fail(hang))
		s, err := newSender(w, scene.proxy.Listen, tallies, separate)
		require.NoError(t, err)
		defer s.stop()
		const lasts = time.Second
		started := time.Now()
		require.NoError(t, load(t.Context(), s, func() error {
			time.Sleep(lasts)
			return nil
		}))
		require.Less(t, time.Since(started), lasts+drainLimit+5*time.Second)

		offered := len(tallies[streamA].arrivals) + len(tallies[streamB].arrivals)
		require.InDelta(t, lasts.Seconds()*requestsPerSecond*recordsPerRequest, offered, 1000)
		require.InDelta(t, len(tallies[streamA].arrivals), len(tallies[streamB].arrivals), recordsPerRequest)
		require.Equal(t, offered-(backlog+workers)*recordsPerRequest, int(s.unsent.Load()))
		require.Equal(t, (backlog+workers)*recordsPerRequest, int(s.failed.Load()))
	}
}

// The file that makes a processor panic is there during the fault only.
func TestPanicsAreTriggeredByAFile(t *testing.T) {
	trigger := filepath.Join(t.TempDir(), "trigger")
	scene, err := newScene(must(wireOf("logs")), map[string]*tally{streamA: new(tally), streamB: new(tally)}, trigger)
	require.NoError(t, err)
	defer scene.stop()
	require.NoError(t, scene.heal(t.Context()))
	require.NoError(t, scene.fail(panics))
	require.FileExists(t, trigger)
	require.NoError(t, scene.heal(t.Context()))
	require.NoFileExists(t, trigger)
}

// A collector that ends before the fault has not been measured; one that ends
// with it has.
func TestPlayWithACollectorThatEnds(t *testing.T) {
	scene, err := newScene(must(wireOf("logs")), map[string]*tally{streamA: new(tally), streamB: new(tally)}, "")
	require.NoError(t, err)
	defer scene.stop()
	ended := make(chan struct{})
	close(ended)
	require.ErrorContains(t, scene.play(t.Context(), none, timing{warmUp: time.Hour}, ended), "ended before the fault")
}
