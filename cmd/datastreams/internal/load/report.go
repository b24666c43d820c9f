package load

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Report is what became of the load. As JSON it is the tool's contract with
// scripts.
type Report struct {
	Endpoint string `json:"endpoint"`
	Protocol string `json:"protocol"`
	// Seconds is how long it ran.
	Seconds float64 `json:"seconds"`
	// Signals holds the signals that were asked for, by name.
	Signals map[string]SignalReport `json:"signals"`
}

// SignalReport is what became of one signal. Sent + GivenUp is what was
// generated, unless the signal is unsupported; Rejected is part of Sent.
type SignalReport struct {
	// Sent counts the items of payloads that the collector took.
	Sent int64 `json:"sent"`
	// Payloads counts the payloads that the collector took.
	Payloads int64 `json:"payloads"`
	// Rejected counts the items that it took and said to have thrown away.
	Rejected int64 `json:"rejected"`
	// Refusals counts the attempts that it refused, retried or not.
	Refusals int64 `json:"refusals"`
	// GivenUp counts the items that were never taken.
	GivenUp int64 `json:"given_up"`
	// Unsupported is true if the collector takes no payloads of this signal.
	Unsupported bool `json:"unsupported"`
}

// counts is a SignalReport in the making.
type counts struct {
	sent, payloads, rejected, refusals, givenUp atomic.Int64
	unsupported                                 atomic.Bool
}

func (c *counts) took(n int, rejected int64) {
	c.sent.Add(int64(n))
	c.payloads.Add(1)
	c.rejected.Add(rejected)
}

func (c *counts) report() SignalReport {
	return SignalReport{
		Sent:        c.sent.Load(),
		Payloads:    c.payloads.Load(),
		Rejected:    c.rejected.Load(),
		Refusals:    c.refusals.Load(),
		GivenUp:     c.givenUp.Load(),
		Unsupported: c.unsupported.Load(),
	}
}

// monitor tells people how it goes. Its methods are safe for concurrent use.
type monitor struct {
	cfg    Config
	began  time.Time
	counts map[string]*counts

	mu  sync.Mutex // guards out
	out io.Writer
}

func newMonitor(cfg Config, out io.Writer) *monitor {
	m := &monitor{cfg: cfg, began: time.Now(), counts: make(map[string]*counts), out: out}
	for _, name := range cfg.Signals {
		m.counts[name] = &counts{}
	}
	return m
}

// sayf writes one line. A writer that fails must not stop the load, so its
// error is dropped.
func (m *monitor) sayf(format string, args ...any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, _ = fmt.Fprintf(m.out, format+"\n", args...)
}

// watch writes a status line now and then until all lanes have ended.
func (m *monitor) watch(lanes *sync.WaitGroup) {
	ended := make(chan struct{})
	go func() {
		lanes.Wait()
		close(ended)
	}()
	tick := time.NewTicker(m.cfg.StatusEvery)
	defer tick.Stop()
	before := m.report()
	for {
		select {
		case <-ended:
			return
		case <-tick.C:
			now := m.report()
			m.sayf("%s", now.since(before))
			before = now
		}
	}
}

func (m *monitor) report() *Report {
	r := &Report{
		Endpoint: m.cfg.Endpoint,
		Protocol: m.cfg.Protocol,
		Seconds:  time.Since(m.began).Seconds(),
		Signals:  make(map[string]SignalReport, len(m.counts)),
	}
	for name, c := range m.counts {
		r.Signals[name] = c.report()
	}
	return r
}

// since is the status line: totals, and rates since before.
func (r *Report) since(before *Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%4.0fs ", r.Seconds)
	var refusals, givenUp int64
	for _, sig := range signals {
		s, ok := r.Signals[sig.name]
		if !ok || s.Unsupported {
			continue
		}
		rate := float64(s.Sent-before.Signals[sig.name].Sent) / (r.Seconds - before.Seconds)
		fmt.Fprintf(&b, " %s %d (%.0f/s) ", sig.items, s.Sent, rate)
		refusals += s.Refusals
		givenUp += s.GivenUp
	}
	fmt.Fprintf(&b, " refused %d, given up %d", refusals, givenUp)
	return b.String()
}

// WriteText writes r as a table for people.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "sent to %s over %s in %.1f s\n", r.Endpoint, r.Protocol, r.Seconds)
	fmt.Fprintf(&b, "%-9s %12s %10s %10s %10s %10s\n", "", "sent", "per second", "refusals", "given up", "rejected")
	for _, sig := range signals {
		s, ok := r.Signals[sig.name]
		switch {
		case !ok:
		case s.Unsupported:
			fmt.Fprintf(&b, "%-9s not taken by the collector\n", sig.name)
		default:
			fmt.Fprintf(&b, "%-9s %12d %10.0f %10d %10d %10d\n",
				sig.name, s.Sent, float64(s.Sent)/r.Seconds, s.Refusals, s.GivenUp, s.Rejected)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
