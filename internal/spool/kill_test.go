package spool

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zaptest"
)

// killSteps are where TestKill kills, and at most after how many times. The
// empty one is any time.
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
	{stepBody, 12},
	{stepMark, 8},
	{stepTruncate, 8},
	{stepMarked, 8},
	{stepForget, 8},
	{stepForgot, 8},
	{"", 1},
}

// mortal is a kind, whatever its payloads.
type mortal interface {
	name() string
	run(p plan) error
	requireAll(of *killer)
}

func (k kind[D]) name() string { return k.signal }

// mortals are the signals whose processes are killed.
var mortals = []mortal{tracesKind, logsKind, metricsKind}

// killsVariable says how many processes TestKill kills at each step with each
// signal and store.
const killsVariable = "SPOOL_TEST_KILLS"

// TestKill kills processes that consume, roll and store with SIGKILL, 216 times:
// at each step of the protocol and at random times, with each signal, and with a
// directory and an S3 server as the store. Each next process recovers what the
// ones before have left. In the end every acknowledged payload is in exactly one
// object per stream and hour, no other is there twice or in part, and the spool
// is empty.
func TestKill(t *testing.T) {
	kills := 2
	if set := os.Getenv(killsVariable); set != "" {
		var err error
		kills, err = strconv.Atoi(set)
		require.NoError(t, err, killsVariable)
	}
	s3 := newGateway(t)
	for i, s := range killSteps {
		for j, m := range mortals {
			for l, store := range []string{"directory", "s3"} {
				// What differs in signal and store is killed at other times, too.
				turn, turns := len(mortals)*l+j, 2*len(mortals)
				if few := testing.Short() || underRace; few && turn != i%turns {
					continue
				}
				t.Run(fmt.Sprintf("step=%s/%s/%s", cmp.Or(s.step, "any"), m.name(), store), func(t *testing.T) {
					t.Parallel()
					k := &killer{t: t, acked: map[int]bool{}}
					k.plan = plan{Signal: m.name(), Dir: memoryDir(t), Step: s.step}
					k.lake = k.plan.lake()
					if store == "s3" {
						s3.require(t)
						k.plan.Endpoint, k.plan.Prefix = s3.url, fmt.Sprint("lake-", i, "-", j)
						k.lake = filepath.Join(s3.dir, bucket, k.plan.Prefix)
					}
					for round := range kills {
						k.round(1 + (round*turns+turn)*s.times/(kills*turns))
					}
					m.requireAll(k)
				})
			}
		}
	}
}

// killer kills one process after the other over the same directory.
type killer struct {
	t      *testing.T
	plan   plan
	lake   string // directory of the store's objects
	rounds int
	acked  map[int]bool // numbers of payloads
}

// round starts a process, reads what it acknowledges, and waits until it is
// dead.
func (k *killer) round(nth int) {
	k.rounds++
	p := k.plan
	p.First, p.Nth = k.rounds*1_000_000, nth
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
func (k kind[D]) requireAll(of *killer) {
	p := of.plan
	p.Step = ""
	store, err := p.openStore()
	require.NoError(of.t, err)
	b := &bench[D]{t: of.t, kind: k, lake: of.lake}
	b.options = p.options(store, b, zaptest.NewLogger(of.t))
	b.start()
	require.Zero(of.t, b.Stats().Log.Lost)
	b.shutdown()
	require.NoError(of.t, store.Close())
	require.Empty(of.t, b.lost)
	b.requireNumbered(of.acked, nil)
	b.requireNumberedBySQL(of.acked)
	b.requireEmpty()
	of.t.Logf("%d kills, %d payloads acknowledged", of.rounds, len(of.acked))
}
