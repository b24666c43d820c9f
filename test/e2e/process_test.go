package e2e

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var binaries = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "datastreams-e2e-")
	if err != nil {
		return "", err
	}
	// With the flags of `make build` and the image, the cache serves them all.
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", dir+"/", "../../cmd/...")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return dir, nil
})

// TestMain removes the binaries that the tests have built.
func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := binaries(); err == nil {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// binary returns the path of one of the programs below cmd.
func binary(t *testing.T, name string) string {
	t.Helper()
	dir, err := binaries()
	require.NoError(t, err)
	return filepath.Join(dir, name)
}

// tool returns the path of a program that the Makefile installs.
func tool(t *testing.T, target string) string {
	t.Helper()
	out, err := exec.Command("make", "--no-print-directory", "-s", "-C", "../..", "path-"+target).CombinedOutput()
	require.NoError(t, err, "make path-%s: %s", target, out)
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}

// process is a program that runs until the test ends or stops it.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	log  *syncBuffer
	done chan struct{}
}

type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// notable drops the collector's own info lines and keeps the last ones.
func notable(log string) string {
	var lines []string
	for line := range strings.Lines(log) {
		if !strings.Contains(line, "\tinfo\t") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines[max(0, len(lines)-40):], "")
}

// start runs a program. What is notable of its output is printed if the test
// fails.
func start(t *testing.T, env []string, path string, args ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(path, args...), log: new(syncBuffer), done: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	require.NoError(t, p.cmd.Start())
	go func() {
		_ = p.cmd.Wait()
		close(p.done)
	}()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("output of %s:\n%s", filepath.Base(path), notable(p.log.String()))
		}
	})
	return p
}

// kill ends the process at once.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// stop asks the process to end and waits until it has.
func (p *process) stop() {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case <-p.done:
	case <-time.After(30 * time.Second):
		p.t.Fatal("the process did not end within 30 s of SIGTERM")
	}
	require.Zero(p.t, p.cmd.ProcessState.ExitCode())
}

// collector starts the collector with a configuration of testdata and waits
// until it is healthy. The configuration refers to env by ${env:NAME}; HEALTH
// must be among it.
func collector(t *testing.T, config string, env map[string]string, args ...string) *process {
	t.Helper()
	p := launch(t, config, env, args...)
	eventually(t, 60*time.Second, func() error {
		select {
		case <-p.done:
			t.Fatalf("the collector ended")
		default:
		}
		answer, err := http.Get("http://" + env["HEALTH"])
		if err != nil {
			return err
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return fmt.Errorf("health: %s", answer.Status)
		}
		return nil
	})
	return p
}

// launch starts the collector, and does not wait for anything.
func launch(t *testing.T, config string, env map[string]string, args ...string) *process {
	t.Helper()
	var list []string
	for k, v := range env {
		list = append(list, k+"="+v)
	}
	return start(t, list, binary(t, "otelcol-datastreams"), append([]string{"--config", config}, args...)...)
}

// freePorts returns addresses on loopback that nothing listens on.
func freePorts(t *testing.T, names ...string) map[string]string {
	t.Helper()
	env := make(map[string]string)
	for _, name := range names {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer l.Close()
		env[name] = l.Addr().String()
	}
	return env
}

// eventually repeats check until it returns nil.
func eventually(t *testing.T, limit time.Duration, check func() error) {
	t.Helper()
	deadline := time.Now().Add(limit)
	for {
		err := check()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %v", limit, err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}
