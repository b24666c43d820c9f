package spool

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zaptest"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/objectstore"
)

// killSteps are where TestKill kills, and at most after how many times. The
// empty ones are any time.
var killSteps = []struct {
	step  string
	times int
}{
	{stepAppend, 60},
	{stepApply, 60},
	{stepApplied, 60},
	{stepWrite, 2000},
	{stepFinish, 12},
	{stepRename, 12},
	{stepSync, 12},
	{stepSealed, 12},
	{stepRelease, 6},
	{stepReleased, 6},
	{stepPut, 12},
	{stepMark, 12},
	{stepTruncate, 12},
	{stepMarked, 12},
	{stepForget, 12},
	{stepForgot, 12},
	{"", 1},
	{"", 2},
	{"", 3},
	{"", 4},
}

// TestKill kills a process that consumes, rolls and stores with SIGKILL, 200
// times: at each step of the protocol and at random times. Each next process
// recovers what the ones before have left. In the end every acknowledged
// payload is in exactly one object per stream and hour, no other is there twice
// or in part, and the spool is empty.
func TestKill(t *testing.T) {
	kills := 10
	switch {
	case testing.Short():
		kills = 1
	case underRace:
		kills = 2
	}
	for _, s := range killSteps {
		t.Run("step="+cmp.Or(s.step, "any"), func(t *testing.T) {
			t.Parallel()
			k := &killer{t: t, dir: memoryDir(t), acked: map[int]bool{}}
			for i := range kills {
				k.round(plan{Step: s.step, Nth: 1 + i*s.times/kills})
			}
			k.requireAll()
		})
	}
}

// killer kills one process after the other over the same directory.
type killer struct {
	t      *testing.T
	dir    string
	rounds int
	acked  map[int]bool // numbers of payloads
}

// round starts a process, reads what it acknowledges, and waits until it is
// dead.
func (k *killer) round(p plan) {
	k.rounds++
	p.Dir, p.First = k.dir, k.rounds*1_000_000
	encoded, err := json.Marshal(p)
	require.NoError(k.t, err)
	cmd := exec.CommandContext(k.t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childPlan+"="+string(encoded))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	require.NoError(k.t, err)
	require.NoError(k.t, cmd.Start())
	patience := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	r := bufio.NewReader(stdout)
	if p.Step == "" {
		_, _ = r.Peek(1) // It is up.
		time.AfterFunc(rand.N(100*time.Millisecond), func() { _ = cmd.Process.Kill() })
	}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			require.ErrorIs(k.t, err, io.EOF)
			require.Empty(k.t, line)
			break
		}
		n, err := strconv.Atoi(strings.TrimSpace(line))
		require.NoError(k.t, err)
		k.acked[n] = true
	}
	var exit *exec.ExitError
	err = cmd.Wait()
	require.Empty(k.t, stderr.String())
	require.ErrorAs(k.t, err, &exit)
	require.True(k.t, patience.Stop(), "the step was not reached")
	require.Equal(k.t, -1, exit.ExitCode(), "it was killed")
}

// requireAll drains the spool and looks into the store.
func (k *killer) requireAll() {
	p := plan{Dir: k.dir}
	store, err := objectstore.OpenDir(p.lake())
	require.NoError(k.t, err)
	b := &bench{t: k.t, lake: p.lake()}
	b.options = p.options(store, b, zaptest.NewLogger(k.t))
	b.start()
	require.Zero(k.t, b.Stats().Log.Lost)
	b.shutdown()
	require.Empty(k.t, b.lost)
	b.requireNumbered(k.acked, nil)
	b.requireEmpty()
	require.NoError(k.t, store.Close())
	k.t.Logf("%d kills, %d payloads acknowledged", k.rounds, len(k.acked))
}
