// Command faults measures whether a stream goes on undisturbed while another one
// fails, by its destination or a panic: with our distribution, and with a collector
// that has contrib's routing connector instead. Both run as processes, side by
// side, under the same load. It prints a Markdown table and fails if ours
// misses the bars. docs/performance.md holds the last results.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

type options struct {
	ours, panicking, contrib string

	signal     string
	cases      string
	during     time.Duration
	update     string
	reportOnly bool
}

func main() {
	var o options
	flag.StringVar(&o.ours, "ours", "", "`program`: our distribution")
	flag.StringVar(&o.panicking, "panicking", "", "`program`: our router with a processor that panics")
	flag.StringVar(&o.contrib, "contrib", "", "`program`: the collector with contrib's routing connector, and such a processor")
	flag.StringVar(&o.signal, "signal", "logs", "`signal` to measure: traces, logs, metrics or profiles")
	flag.StringVar(&o.cases, "cases", "", "regular `expression`: measure the cases with a matching name")
	flag.DurationVar(&o.during, "fault-duration", 15*time.Second, "how long the destination fails")
	flag.StringVar(&o.update, "update", "", "Markdown `file` whose table for the signal is replaced by the new one")
	flag.BoolVar(&o.reportOnly, "report-only", false, "succeed even if ours misses the bars")
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		os.Exit(1)
	}
}

// run measures the selected cases, prints the table and judges it.
func run(ctx context.Context, o options) error {
	selected, err := selectCases(o.cases)
	if err != nil {
		return err
	}
	w, err := wireOf(o.signal)
	if err != nil {
		return err
	}
	if o.update != "" { // Find what is wrong with the file before minutes of measuring.
		if err := checkFile(o.update, w.opening()); err != nil {
			return err
		}
	}
	contestants := []contestant{{ours, o.ours, o.panicking, "datastreamrouter"}}
	if w.oursOnly {
		fmt.Fprintf(os.Stderr, "contrib's routing connector does not take %s: ours alone\n", w.signal)
	} else {
		contestants = append(contestants, contestant{contrib, o.contrib, o.contrib, "routing"})
	}
	t := timing{warmUp: 3 * time.Second, before: 8 * time.Second, during: o.during, recovery: 8 * time.Second}
	results, err := measureAll(ctx, w, selected, contestants, t, func(r result) {
		fmt.Fprintf(os.Stderr, "%-22s %-8s a keeps %5.1f %%, %.4f repeated per record", r.isolationCase, r.who, 100*r.a.kept, r.a.repeated)
		if r.ended {
			fmt.Fprint(os.Stderr, "; ", r.stopped)
		}
		fmt.Fprintln(os.Stderr)
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stdout, "\n%s\n", w.report(results))
	if o.update != "" {
		if err := updateFile(o.update, w.opening(), w.report(results)); err != nil {
			return err
		}
	}
	reasons := verdict(results)
	if len(reasons) == 0 || o.reportOnly {
		return nil
	}
	return errors.New("below the bars:\n  " + strings.Join(reasons, "\n  "))
}
