package ui

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
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

// slowest is how long a reload may take, in seconds. It includes the check of
// the graph; the machine has two cores, and a browser is using them.
const slowest = 1.5

// prerequisites skips where there is no browser, or no driver for it.
func prerequisites(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("there is no node")
	}
	if _, err := os.Stat(chromium()); err != nil {
		t.Skipf("there is no %s: apt-get install chromium, or name one by CHROMIUM", chromium())
	}
	if _, err := os.Stat("node_modules/playwright-core"); err != nil {
		t.Skip("there is no playwright-core: run `npm ci` in test/ui")
	}
}

func chromium() string {
	if path := os.Getenv("CHROMIUM"); path != "" {
		return path
	}
	return "/usr/bin/chromium"
}

var binaries = sync.OnceValues(func() (string, error) {
	if dir := os.Getenv("DATASTREAMS_BIN"); dir != "" {
		return dir, nil
	}
	dir, err := os.MkdirTemp("", "datastreams-ui-")
	if err != nil {
		return "", err
	}
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", dir+"/", "../../cmd/...")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return dir, nil
})

// TestMain removes the binaries that the tests have built.
func TestMain(m *testing.M) {
	code := m.Run()
	if os.Getenv("DATASTREAMS_BIN") == "" {
		if dir, err := binaries(); err == nil {
			_ = os.RemoveAll(dir)
		}
	}
	os.Exit(code)
}

// buffer is output that is read while it is written.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// collector is the built binary on a document of its own.
type collector struct {
	t             *testing.T
	dir, document string
	url           string
	otlp, health  string
	otlpHTTP      string
	log           buffer
	cmd           *exec.Cmd
}

// options are what the collectors of the tests differ in.
type options struct {
	mode       string // of the page
	http       string // more settings of the page's server
	extensions string // more extensions
	collector  string // more of the Collector's own configuration
	base       string // the path below which the page is
}

// newCollector writes the document of a machine on which nothing is set up.
func newCollector(t *testing.T, o options) *collector {
	c := &collector{t: t, dir: t.TempDir()}
	c.document = filepath.Join(c.dir, "datastreams.yaml")
	ports := make([]string, 5)
	for i := range ports {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer l.Close()
		ports[i] = l.Addr().String()
	}
	c.url, c.otlp, c.health = "http://"+ports[0]+o.base, ports[1], ports[3]
	c.otlpHTTP = "http://" + ports[4]
	text := fmt.Sprintf(`# What this machine does.
version: 1

settings:
  data_dir: %s
  metrics_endpoint: %s
  health_endpoint: %s

receivers:
  otlp: { protocols: { grpc: { endpoint: "%s" }, http: { endpoint: "%s" } } }

destinations:
  # Cheap, and everything.
  lake: { parquet: { roll: { max_age: 2s } } }
  lost: { otlp_http: { endpoint: "http://127.0.0.1:1" } }

streams:
  default: { destinations: [lake] }

collector:
  exporters: { debug/unused: { verbosity: basic } }
  extensions:
    datastreams: { mode: %s, poll_interval: 100ms, settle_time: 20ms, http: { endpoint: "%s"%s } }
%s%s
# The end.
`, filepath.Join(c.dir, "data"), ports[2], ports[3], ports[1], ports[4], o.mode, ports[0], o.http, o.extensions, o.collector)
	require.NoError(t, os.WriteFile(c.document, []byte(text), 0o600))
	return c
}

// newMachine is a machine on which there is nothing, not even a document. The
// collector takes the ports that it takes everywhere: the test skips where
// somebody has them.
func newMachine(t *testing.T) *collector {
	t.Helper()
	for _, port := range []string{"4317", "4318", "8888", "13133", "13134"} {
		l, err := net.Listen("tcp", "127.0.0.1:"+port)
		if err != nil {
			t.Skipf("the collector's own port is taken: %v", err)
		}
		require.NoError(t, l.Close())
	}
	dir := t.TempDir()
	return &collector{
		t: t, dir: dir, document: "datastreams.yaml?setup",
		url: "http://127.0.0.1:13134", otlp: "127.0.0.1:4317", otlpHTTP: "http://127.0.0.1:4318", health: "127.0.0.1:13133",
	}
}

func program(t *testing.T, name string) string {
	t.Helper()
	dir, err := binaries()
	require.NoError(t, err)
	return filepath.Join(dir, name)
}

// start starts the collector and waits until it serves the page.
func (c *collector) start() {
	c.t.Helper()
	cmd := exec.Command(program(c.t, "otelcol-datastreams"), "--config", "datastreams:"+c.document)
	cmd.Dir = c.dir
	cmd.Stdout, cmd.Stderr = &c.log, &c.log
	cmd.Env = append(os.Environ(), "VENDOR_TOKEN=v", "MASKING_KEY=01234567890123456789012345678901")
	require.NoError(c.t, cmd.Start())
	c.cmd = cmd
	c.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if c.t.Failed() {
			c.t.Logf("log of the collector:\n%s", tail(c.log.String(), 30))
		}
	})
	c.ready()
}

// readiness is the health check's.
func (c *collector) readiness() string { return "http://" + c.health }

// stop ends the collector in good order, quickly: an open page must not keep it.
func (c *collector) stop() {
	c.t.Helper()
	started := time.Now()
	require.NoError(c.t, c.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(c.t, c.cmd.Wait())
	require.Less(c.t, time.Since(started), 5*time.Second, "the open page kept the collector from ending")
}

// traffic is the demo.
type traffic struct {
	t   *testing.T
	cmd *exec.Cmd
	out buffer
	log buffer
}

func (c *collector) demo() *traffic {
	c.t.Helper()
	d := &traffic{t: c.t}
	d.cmd = exec.Command(program(c.t, "datastreams"), "demo", "--endpoint", c.otlp, "--rate", "200", "--profiles=false", "-o", "json")
	d.cmd.Stdout, d.cmd.Stderr = &d.out, &d.log
	require.NoError(c.t, d.cmd.Start())
	c.t.Cleanup(func() { _ = d.cmd.Process.Kill() })
	return d
}

// interrupt ends the demo, which says then what became of its data. What a
// reload has refused is to be taken before.
func (d *traffic) interrupt() {
	d.t.Helper()
	require.Eventually(d.t, func() bool {
		return strings.Count(d.log.String(), "trying again") == strings.Count(d.log.String(), "taken again")
	}, 30*time.Second, 200*time.Millisecond, "what was refused is not taken again")
	require.NoError(d.t, d.cmd.Process.Signal(os.Interrupt))
	require.NoError(d.t, d.cmd.Wait(), d.log.String())
}

// visit does one step with a browser. When it asks for a turn, that is done.
func (c *collector) visit(t *testing.T, step string, turns map[string]func()) {
	t.Helper()
	args := []string{"steps.mjs", step, c.url}
	if update {
		images, err := filepath.Abs("../../docs/images")
		require.NoError(t, err)
		args = append(args, images)
	}
	cmd := exec.CommandContext(t.Context(), "node", args...)
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	var complaints buffer
	cmd.Stderr = &complaints
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		word, ok := strings.CutPrefix(lines.Text(), "TURN ")
		if !ok {
			t.Log(lines.Text())
			continue
		}
		turns[word]()
		_, err := fmt.Fprintln(in, word)
		require.NoError(t, err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%s: %v\n%s\ncollector:\n%s", step, err, complaints.String(), tail(c.log.String(), 12))
	}
}

func tail(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
