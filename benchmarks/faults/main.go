// Command faults measures whether a stream goes on undisturbed while the
// destination of another one fails: with our distribution, and with a collector
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
	ours, contrib string
	cases         string
	during        time.Duration
	update        string
	reportOnly    bool
}

func main() {
	var o options
	flag.StringVar(&o.ours, "ours", "", "`program`: our distribution")
	flag.StringVar(&o.contrib, "contrib", "", "`program`: the collector with contrib's routing connector")
	flag.StringVar(&o.cases, "cases", "", "regular `expression`: measure the cases with a matching name")
	flag.DurationVar(&o.during, "fault-duration", 15*time.Second, "how long the destination fails")
	flag.StringVar(&o.update, "update", "", "Markdown `file` whose table is replaced by the new one")
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
	contestants := []contestant{{ours, o.ours, "datastreamrouter"}, {contrib, o.contrib, "routing"}}
	t := timing{warmUp: 3 * time.Second, before: 8 * time.Second, during: o.during, recovery: 8 * time.Second}
	results, err := measureAll(ctx, selected, contestants, t, func(r result) {
		fmt.Fprintf(os.Stderr, "%-22s %-8s a keeps %5.1f %%, %.4f repeated per record\n", r.isolationCase, r.who, 100*r.a.kept, r.a.repeated)
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stdout, "\n%s\n", table(results))
	if o.update != "" {
		if err := updateFile(o.update, table(results)); err != nil {
			return err
		}
	}
	reasons := verdict(results)
	if len(reasons) == 0 || o.reportOnly {
		return nil
	}
	return errors.New("below the bars:\n  " + strings.Join(reasons, "\n  "))
}
