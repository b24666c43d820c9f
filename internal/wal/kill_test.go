package wal

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// childDir is the environment variable that makes the test binary append to
// the log in that directory until it is killed.
const childDir = "WAL_TEST_CHILD_DIR"

// killOptions make a log that rolls and deletes while it is killed.
func killOptions() Options {
	return Options{SegmentBytes: 4 << 10, MaxBytes: 64 << 20, ReserveBytes: 64 << 10}
}

// runChild appends from several goroutines and says on stdout what was
// acknowledged ("a 17") and what it is about to release ("r 12").
func runChild(dir string) error {
	l, err := Open(dir, killOptions())
	if err != nil {
		return err
	}
	var (
		mu sync.Mutex
		wg sync.WaitGroup
	)
	say := func(what string, lsn uint64) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintln(os.Stdout, what, lsn)
	}
	errs := make(chan error, 4)
	for range cap(errs) {
		wg.Go(func() {
			for i := 0; ; i++ {
				lsn, err := l.Append(context.Background(), checkable(rand.Uint64(), rand.IntN(600)))
				if err != nil {
					errs <- err
					return
				}
				say("a", lsn)
				if upTo := max(l.Last(), 30) - 30; i%10 == 9 {
					say("r", upTo)
					if err := l.Release(upTo); err != nil {
						errs <- err
						return
					}
				}
			}
		})
	}
	wg.Wait()
	return <-errs
}

// checkable is a record that says what it must be.
func checkable(seed uint64, n int) []byte {
	rng := rand.New(rand.NewPCG(seed, uint64(n)))
	b := fmt.Appendf(nil, "%d %d ", seed, n)
	for range n {
		b = append(b, byte(rng.Uint32()))
	}
	return b
}

func isWhole(record []byte) bool {
	fields := strings.SplitN(string(record), " ", 3)
	if len(fields) != 3 {
		return false
	}
	seed, err := strconv.ParseUint(fields[0], 10, 64)
	n, errN := strconv.Atoi(fields[1])
	return err == nil && errN == nil && bytes.Equal(record, checkable(seed, n))
}

// TestKill kills a process that appends, a hundred times, and checks that every
// acknowledged record is there afterwards, whole, and that no LSN was
// acknowledged twice.
func TestKill(t *testing.T) {
	kills := 100
	if testing.Short() {
		kills = 10
	}
	dir := t.TempDir()
	acked := map[uint64]bool{}
	released, total := uint64(0), 0
	for range kills {
		for _, line := range runAndKill(t, dir) {
			lsn, err := strconv.ParseUint(line[2:], 10, 64)
			require.NoError(t, err)
			if line[0] == 'r' {
				released = max(released, lsn)
				continue
			}
			require.False(t, acked[lsn], "LSN %d was given twice", lsn)
			acked[lsn] = true
			total++
		}
		l, err := Open(dir, killOptions())
		require.NoError(t, err)
		left := stored(t, l, 0)
		require.Zero(t, l.Stats().Lost)
		require.NoError(t, l.Close())
		for lsn := range acked {
			record, ok := left[lsn]
			require.True(t, ok || lsn <= released, "acknowledged record %d is missing; released up to %d", lsn, released)
			require.True(t, !ok || isWhole([]byte(record)), "record %d is not what was appended", lsn)
		}
	}
	require.Greater(t, total, kills)
	t.Logf("%d records acknowledged, %d LSNs given", total, len(acked))
}

// runAndKill returns the whole lines that the child said.
func runAndKill(t *testing.T, dir string) []string {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())

	r := bufio.NewReader(stdout)
	if _, err := r.Peek(1); err != nil { // It is not up.
		require.NoError(t, cmd.Wait(), &stderr)
	}
	time.AfterFunc(time.Duration(rand.Int64N(int64(20*time.Millisecond))), func() { _ = cmd.Process.Kill() })
	var lines []string
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			require.ErrorIs(t, err, io.EOF)
			break
		}
		lines = append(lines, strings.TrimSpace(line))
	}
	var exit *exec.ExitError
	require.ErrorAs(t, cmd.Wait(), &exit)
	require.Empty(t, stderr.String())
	return lines
}
