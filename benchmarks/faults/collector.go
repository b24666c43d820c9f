package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"text/template"
	"time"
)

// contestant is a collector with one of the routers.
type contestant struct {
	name      string
	binary    string
	panicking string // The binary that has a processor which panics, too.
	router    string // The type of the connector.
}

// binaryFor returns the program that can fail in this way.
func (c contestant) binaryFor(f fault) string {
	if f == panics {
		return c.panicking
	}
	return c.binary
}

// setup is how a collector is started: for whom, for which case and signal,
// where it listens, and what it talks to.
type setup struct {
	contestant
	addresses
	isolationCase
	*wire
	toA, toB string // Where the streams go.
	trigger  string // The file that makes b's processor panic.
}

// config returns the collector's configuration.
func (s setup) config() ([]byte, error) {
	host, port, err := net.SplitHostPort(s.metrics)
	if err != nil {
		return nil, err
	}
	trigger := ""
	if s.fault == panics {
		trigger = s.trigger
	}
	var config bytes.Buffer
	err = configTemplate.Execute(&config, map[string]any{
		"Peer": s.name == contrib, "Router": s.router, "Queue": s.buffer.settings(), "A": s.toA, "B": s.toB, "Signal": s.signal,
		"Trigger": trigger, "In": s.in, "Health": s.health, "MetricsHost": host, "MetricsPort": port,
	})
	return config.Bytes(), err
}

// Names of the contestants.
const (
	ours    = "ours"
	contrib = "contrib"
)

//go:embed collector.yaml.tmpl
var configText string

var configTemplate = template.Must(template.New("collector.yaml").Parse(configText))

// addresses are where a collector listens, on loopback.
type addresses struct{ in, health, metrics string }

// freeAddresses finds n sets of addresses that nothing listens on. Those of
// collectors that start at the same time must come from one call.
func freeAddresses(n int) ([]addresses, error) {
	list := make([]addresses, n)
	for i := range list {
		for _, address := range []*string{&list[i].in, &list[i].health, &list[i].metrics} {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return nil, err
			}
			defer listener.Close() // Not before all are found.
			*address = listener.Addr().String()
		}
	}
	return list, nil
}

// collector is a running collector process.
type collector struct {
	setup
	process *exec.Cmd
	log     *tail
	ended   chan struct{} // Closed when the process has ended.
}

// startCollector starts a process and waits until it is healthy. Its
// configuration is written to dir. Call stop.
func startCollector(ctx context.Context, dir string, s setup) (*collector, error) {
	config, err := s.config()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, s.name+".yaml")
	if err := os.WriteFile(path, config, 0o600); err != nil {
		return nil, err
	}
	args := []string{"--config", path}
	if s.gate != "" {
		args = append(args, "--feature-gates="+s.gate)
	}
	c := &collector{setup: s, process: exec.Command(s.binaryFor(s.fault), args...), log: new(tail), ended: make(chan struct{})}
	c.process.Stdout, c.process.Stderr = c.log, c.log
	if err := c.process.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = c.process.Wait() // How it ended is in ProcessState.
		close(c.ended)
	}()
	if err := c.waitHealthy(ctx); err != nil {
		c.kill()
		return nil, fmt.Errorf("%w\n%s", err, c.log)
	}
	return c, nil
}

func (c *collector) waitHealthy(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		if c.hasEnded() {
			return errors.New("it ended while starting")
		}
		body, err := get(ctx, c.health)
		if err == nil {
			return body.Close()
		}
		if !sleep(ctx, 50*time.Millisecond) {
			return fmt.Errorf("not healthy: %w", err)
		}
	}
}

// hasEnded reports whether the process has ended.
func (c *collector) hasEnded() bool {
	select {
	case <-c.ended:
		return true
	default:
		return false
	}
}

// stop asks the process to end, and ends it if it does not within limit. An
// error says that it did not, or that it had ended before or badly.
func (c *collector) stop(limit time.Duration) error {
	defer c.kill()
	if c.hasEnded() {
		return fmt.Errorf("it ended early: %s: %s", c.process.ProcessState, c.log.reason())
	}
	if err := c.process.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-c.ended:
	case <-time.After(limit):
		return fmt.Errorf("it did not end within %s of SIGTERM", limit)
	}
	if !c.process.ProcessState.Success() {
		return fmt.Errorf("%s: %s", c.process.ProcessState, c.log.reason())
	}
	return nil
}

// kill ends the process, if it runs, and waits until it has ended.
func (c *collector) kill() {
	_ = c.process.Process.Kill() // It may have ended.
	<-c.ended
}

// tail keeps the end of what is written to it.
type tail struct {
	mu    sync.Mutex
	bytes []byte
}

func (t *tail) Write(p []byte) (int, error) {
	const limit = 16 << 10 // Room for the trace after a panic.
	t.mu.Lock()
	defer t.mu.Unlock()
	t.bytes = append(t.bytes, p...)
	t.bytes = t.bytes[max(0, len(t.bytes)-limit):]
	return len(p), nil
}

// reason returns the line that says why the process ended: that of a panic,
// which a trace follows, or the last one.
func (t *tail) reason() string {
	lines := strings.Split(t.String(), "\n")
	for _, line := range lines {
		if strings.HasPrefix(line, "panic: ") {
			return line
		}
	}
	return lines[len(lines)-1]
}

// String returns what is kept.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.bytes))
}
