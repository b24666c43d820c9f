package live

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
	"go.uber.org/goleak"
	"go.uber.org/zap"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/change"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMembershipIsSwapped(t *testing.T) {
	f := newFile(t)
	c := run(t, f)
	require.False(t, c.look(), "nothing has changed")
	f.write("payment", 10)
	require.False(t, c.look())
	require.Equal(t, []string{"payment"}, c.traces.applied)
	require.Equal(t, []string{"payment"}, c.logs.applied)
	_, number := c.Current()
	require.Equal(t, 2, number)
	require.Equal(t, []string{"start applied", "membership applied"}, f.states())
	require.Zero(t, c.reloads.Load())
	require.Equal(t, map[Outcome]int64{{change.Membership, Applied}: 1}, c.Counts())
}

// If one router does not take what others took, all get back what they had, and
// the change is made by a reload.
func TestRefusedSwapBecomesReload(t *testing.T) {
	f := newFile(t)
	c := run(t, f)
	c.traces.refuse = errors.New("no")
	f.write("payment", 10)
	require.True(t, c.look())
	require.Equal(t, []string{"payment", "cart"}, c.logs.applied)
	require.Equal(t, 1, c.checked)
	require.EqualValues(t, 1, c.reloads.Load())
}

func TestGraphIsReloaded(t *testing.T) {
	f := newFile(t)
	c := run(t, f)
	f.write("cart", 20)
	require.True(t, c.look())
	require.Equal(t, []string{"start applied", "graph applying"}, f.states())
	require.EqualValues(t, 1, c.reloads.Load())

	// Whatever the file says by now, what was checked is served.
	f.put("garbage")
	served, err := c.Serve(zap.NewNop())
	require.NoError(t, err)
	require.Equal(t, f.text("cart", 20), string(served.Data))
	c.up()
	require.Equal(t, []string{"start applied", "graph applied"}, f.states())
	require.Equal(t, int64(1), c.Counts()[Outcome{change.Graph, Applied}])
}

// Nothing that is wrong reaches the routers, the journal or the Collector, and
// it is dealt with once.
func TestMistakesChangeNothing(t *testing.T) {
	f := newFile(t)
	c := run(t, f)
	f.put("version: 2")
	require.False(t, c.look())
	require.False(t, c.look())
	c.check = errors.New(`exporters::debug/lake: unknown verbosity`)
	f.write("cart", 30)
	require.False(t, c.look())
	require.Equal(t, []string{"start applied"}, f.states())
	require.Zero(t, c.reloads.Load())
	require.Equal(t, map[Outcome]int64{{KindUnknown, Rejected}: 1, {change.Graph, Rejected}: 1}, c.Counts())
	require.WithinDuration(t, time.Now(), c.LastMistake(), time.Minute)

	f.write("cart", 10) // The mistake is taken back.
	require.False(t, c.look())
	require.NoError(t, os.Remove(f.path)) // As editors do for a moment.
	require.False(t, c.look())
	f.write("payment", 10)
	require.False(t, c.look())
	require.Equal(t, []string{"payment"}, c.traces.applied)
}

// The Collector's errors are told with the place in the document.
func TestLocate(t *testing.T) {
	r, err := Parse("datastreams.yaml", []byte(newFile(t).text("cart", 10)))
	require.NoError(t, err)
	require.ErrorContains(t, locate(errors.New("exporters::debug/lake: unknown verbosity"), r.Compiled), "datastreams.yaml:3:25: destinations.lake.debug: exporters::")
	require.ErrorContains(t, locate(errors.New(`for "probabilistic_sampler/checkout.1": no`), r.Compiled), "datastreams.yaml:5:")
	require.EqualError(t, locate(errors.New("receivers::otlp: no"), r.Compiled), "receivers::otlp: no")
}

// The next process goes back if the last did not come up, and stays there until
// the file changes.
func TestBootGuard(t *testing.T) {
	f := newFile(t)
	c := run(t, f)
	f.write("cart", 20)
	require.True(t, c.look())
	crash(c)

	for range 2 { // Also after another restart.
		c = run(t, f)
		current, number := c.Current()
		require.Equal(t, f.text("cart", 10), string(current.Data))
		require.Equal(t, 1, number)
		require.Equal(t, []string{"start applied", "graph failed"}, f.states())
		require.False(t, c.look())
		crash(c)
	}
	c = run(t, f)
	f.write("cart", 30)
	require.True(t, c.look())
}

// crash ends a process without any of its farewells.
func crash(c *collector) {
	documentsMu.Lock()
	defer documentsMu.Unlock()
	delete(documents, c.path)
}

// A collector that is told to end before it reloads has not failed.
func TestReloadThatNeverBegan(t *testing.T) {
	f := newFile(t)
	d, err := Open(f.path)
	require.NoError(t, err)
	_, err = d.Serve(zap.NewNop())
	require.NoError(t, err)
	c := &collector{Document: d, t: t}
	c.up()
	f.write("cart", 20)
	require.True(t, c.look())
	d.Release()
	require.Equal(t, []string{"start applied", "graph interrupted"}, f.states())
	c = run(t, f)
	current, _ := c.Current()
	require.Equal(t, f.text("cart", 20), string(current.Data))
}

// Run sees every way in which files change: renamed over, written in place, and
// by a symbolic link as in a mounted ConfigMap. Its end waits for nothing.
func TestRunWatches(t *testing.T) {
	f := newFile(t)
	target := filepath.Join(f.dir, "one.yaml")
	require.NoError(t, os.Rename(f.path, target))
	require.NoError(t, os.Symlink("one.yaml", f.path))
	c := run(t, f)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.Run(ctx, c.service(), Pace{Poll: 5 * time.Millisecond, Settle: 10 * time.Millisecond})
	}()
	for i, change := range []func(text string){
		func(text string) { require.NoError(t, os.WriteFile(target, []byte(text), 0o600)) },
		func(text string) {
			require.NoError(t, os.WriteFile(filepath.Join(f.dir, "two.yaml"), []byte(text), 0o600))
			require.NoError(t, os.Symlink("two.yaml", f.path+".link"))
			require.NoError(t, os.Rename(f.path+".link", f.path))
		},
		f.put,
	} {
		change(f.text(fmt.Sprint("service-", i), 10))
		require.Eventually(t, func() bool {
			current, _ := c.Current()
			return strings.Contains(string(current.Data), fmt.Sprint("service-", i))
		}, 10*time.Second, time.Millisecond)
	}
	cancel()
	<-done
	require.Equal(t, []string{"service-0", "service-1", "service-2"}, c.logs.applied)
}

// Two processes' worth of documents do not know of each other.
func TestDocumentsAreSeparate(t *testing.T) {
	one, two := newFile(t), newFile(t)
	a, b := run(t, one), run(t, two)
	one.write("payment", 10)
	require.False(t, a.look())
	require.False(t, b.look())
	require.Empty(t, b.logs.applied)
	again, err := Open(one.path)
	require.NoError(t, err)
	defer again.Release()
	require.Same(t, a.Document, again)
}
