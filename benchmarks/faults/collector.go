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
	name   string
	binary string
	router string // The type of the connector.
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
	contestant
	addresses
	process *exec.Cmd
	log     *tail
	ended   chan struct{} // Closed when the process has ended.
}

// startCollector starts a process and waits until it is healthy. Stream a goes
// to toA, stream b through an exporter of the given buffer to toB. Its
// configuration is written to dir. Call stop.
func startCollector(ctx context.Context, dir string, who contestant, at addresses, b buffer, toA, toB string) (*collector, error) {
	host, port, err := net.SplitHostPort(at.metrics)
	if err != nil {
		return nil, err
	}
	var config bytes.Buffer
	if err := configTemplate.Execute(&config, map[string]any{
		"Peer": who.name == contrib, "Router": who.router, "Queue": b.settings(), "A": toA, "B": toB,
		"In": at.in, "Health": at.health, "MetricsHost": host, "MetricsPort": port,
	}); err != nil {
		return nil, err
	}
	path := filepath.Join(dir, who.name+".yaml")
	if err := os.WriteFile(path, config.Bytes(), 0o600); err != nil {
		return nil, err
	}
	c := &collector{contestant: who, addresses: at, process: exec.Command(who.binary, "--config", path), log: new(tail), ended: make(chan struct{})}
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
		select {
		case <-c.ended:
			return errors.New("it ended while starting")
		default:
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

// stop asks the process to end, and ends it if it does not within limit. An
// error says that it did not, or that it had ended before or badly.
func (c *collector) stop(limit time.Duration) error {
	defer c.kill()
	select {
	case <-c.ended:
		return fmt.Errorf("it ended early: %s: %s", c.process.ProcessState, c.log.last())
	default:
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
		return fmt.Errorf("%s: %s", c.process.ProcessState, c.log.last())
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
	const limit = 4 << 10
	t.mu.Lock()
	defer t.mu.Unlock()
	t.bytes = append(t.bytes, p...)
	t.bytes = t.bytes[max(0, len(t.bytes)-limit):]
	return len(p), nil
}

// last returns the last line.
func (t *tail) last() string {
	text := t.String()
	return text[strings.LastIndexByte(text, '\n')+1:]
}

// String returns what is kept.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.bytes))
}
